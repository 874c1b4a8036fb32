import type { CsvMapping, SeriesDefinition } from '#lib/domain';

/**
 * How far ahead of the clock an observation may be where the registration says nothing: one day. A sensor's clock may be off,
 * and a sender may mix its zones up; but a date typed wrong (2126 for 2026) must not become the newest figure of a KPI. It is
 * quarantined and can be sent again. For forecasts, register `timeWindow.maxAhead_ms`: what is declared wins.
 */
export const MAX_AHEAD_DEFAULT_ms = 86_400_000;

/** A series' registration in the form the hot path reads: no optional field, so that every entry has the same shape. */
export interface RegisteredSeries {
  /** Dense number within this process, from 0; not stable across restarts. */
  readonly index: number;
  readonly seriesKey: string;
  readonly sourceId: string;
  readonly unitOfMeasure: string;
  /** Inclusive bounds; -Infinity and Infinity where none is registered. */
  readonly min: number;
  readonly max: number;
  /** Infinity where none is registered. */
  readonly maxAge_ms: number;
  /** MAX_AHEAD_DEFAULT_ms where none is registered. */
  readonly maxAhead_ms: number;
  readonly retired: boolean;
  readonly csv: CsvMapping | null;
  readonly definition: SeriesDefinition;
}

export function registeredSeriesFrom(definition: SeriesDefinition, index: number, retired: boolean): RegisteredSeries {
  return {
    index,
    seriesKey: definition.seriesKey,
    sourceId: definition.sourceId,
    unitOfMeasure: definition.unitOfMeasure,
    min: definition.physicalRange?.min ?? -Infinity,
    max: definition.physicalRange?.max ?? Infinity,
    maxAge_ms: definition.timeWindow?.maxAge_ms ?? Infinity,
    maxAhead_ms: definition.timeWindow?.maxAhead_ms ?? MAX_AHEAD_DEFAULT_ms,
    retired,
    csv: definition.csv ?? null,
    definition,
  };
}
