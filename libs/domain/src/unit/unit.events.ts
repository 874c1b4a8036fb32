import type { LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/**
 * An organisational unit. Stream `unit-<id>`. It holds the list of its active KPIs, so that "at most five" is decided in
 * one place: a KPI takes a seat here first and is activated then.
 */
export type UnitEvent =
  | DomainEventOf<
      'UnitRegistered',
      { readonly unitId: string; readonly name: LocalizedText; readonly parentUnitId?: string }
    >
  | DomainEventOf<'UnitRenamed', { readonly unitId: string; readonly name: LocalizedText }>
  | DomainEventOf<
      'KpiSeatTaken',
      { readonly unitId: string; readonly kpiId: string; readonly weight: number; readonly horizon: 'short' | 'long' }
    >
  | DomainEventOf<'KpiSeatFreed', { readonly unitId: string; readonly kpiId: string }>
  | DomainEventOf<'UnitRetired', { readonly unitId: string }>;
