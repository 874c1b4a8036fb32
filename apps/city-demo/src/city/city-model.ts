import type { KpiPeriod, LocalizedText, Measure } from '#lib/domain';

export const MINUTE_MS = 60_000;
/** The city's clock ticks in quarters of an hour; every sensor sends at a multiple of it. */
export const TICK_MS = 15 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const both = (en: string, chinese: string): LocalizedText => ({ en, 'zh-CN': chinese });

/** How the true quantity behaves that a sensor looks at. Times are of the city's clock, which runs in UTC. */
export interface Signal {
  readonly base: number;
  /** Change per year, as a share of the base: −0.08 is eight percent less every year. */
  readonly trendPerYear: number;
  /** Height of the yearly wave as a share of the base; `coldest` peaks in mid January, `warmest` in mid July. */
  readonly season?: { readonly share: number; readonly peak: 'coldest' | 'warmest' };
  /** Multiplier by hour of the day, 24 entries. */
  readonly day: readonly number[];
  /** Multiplier on Saturday and Sunday. */
  readonly weekend: number;
  /** Standard deviation of the weather-like wander, as a share of the base, and of the noise of a single reading. */
  readonly wander: number;
  readonly noise: number;
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
}

/** What may be wrong with a sensor; shares are of time, rates are per day. */
export interface Faults {
  /** Drifts upwards by so much of the base a month until it is calibrated again, every `calibration_days`. */
  readonly drift?: { readonly perMonth: number; readonly calibration_days: number };
  /** How often a day it sticks at one value, and for how many hours at most. */
  readonly sticking?: { readonly perDay: number; readonly hours: number };
  readonly silence?: { readonly perDay: number; readonly hours: number };
  /** How often a day its readings of some hours arrive late, and how late at most. */
  readonly lateness?: { readonly perDay: number; readonly hours: number };
  /** How often a day it sends something impossible. */
  readonly impossible?: { readonly perDay: number; readonly value: number };
  /** How often a day some hours of readings are corrected a few days later. */
  readonly correction?: { readonly perDay: number; readonly hours: number };
}

export interface Sensor {
  readonly seriesKey: string;
  readonly sourceId: string;
  readonly name: LocalizedText;
  readonly unitOfMeasure: string;
  readonly interval_ms: number;
  readonly signal: Signal;
  readonly faults: Faults;
  /** A reading that is a part of another sensor's reading (breaches of attendances): its value times this signal. */
  readonly partOf?: string;
}

export interface CityKpi {
  readonly kpiId: string;
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  readonly direction: 'up' | 'down' | 'range';
  readonly measure: Measure;
  readonly period: KpiPeriod;
  readonly unitOfMeasure: string;
  readonly decimals: number;
  readonly horizon: 'short' | 'long';
  readonly weight: number;
  readonly limitations: LocalizedText;
  readonly trajectory?: 'linear' | 'geometric';
  readonly baseline: number;
  readonly target:
    | { readonly value: number }
    | { readonly range: { readonly low: number; readonly high: number; readonly tolerance: number } };
}

export interface CityUnit {
  readonly unitId: string;
  readonly name: LocalizedText;
  readonly ownerId: string;
  readonly goal: { readonly goalId: string; readonly name: LocalizedText; readonly description: LocalizedText };
  readonly kpis: readonly CityKpi[];
}

export interface CityDomain {
  readonly source: { readonly sourceId: string; readonly name: LocalizedText };
  readonly sensors: readonly Sensor[];
  readonly units: readonly CityUnit[];
}
