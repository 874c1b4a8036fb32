import type { LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';
import type { CsvMapping } from '../source/source.events.js';

/** What is known about one time series before its first observation. */
export interface SeriesDefinition {
  /** For example `environment/air/pm25/station-3`. */
  readonly seriesKey: string;
  readonly sourceId: string;
  readonly name: LocalizedText;
  /** UCUM-like text, for example `ug/m3`; an observation that names another unit is quarantined. */
  readonly unitOfMeasure: string;
  /** Smallest and largest physically possible value, inclusive; outside is quarantined. */
  readonly physicalRange?: { readonly min?: number; readonly max?: number };
  /** How often a value is due, in milliseconds; absent: no completeness is computed. */
  readonly expectedInterval_ms?: number;
  /** How old an observation may be on arrival, and how far ahead of the clock; outside is quarantined. */
  readonly timeWindow?: { readonly maxAge_ms?: number; readonly maxAhead_ms?: number };
  readonly csv?: CsvMapping;
}

/** One time series of a source. Stream `series-<seriesKey>`. */
export type SeriesEvent =
  | DomainEventOf<'SeriesRegistered', SeriesDefinition>
  | DomainEventOf<'SeriesChanged', SeriesDefinition>
  | DomainEventOf<'SeriesRetired', { readonly seriesKey: string }>;
