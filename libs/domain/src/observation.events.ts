import type { DomainEventOf } from './decider.js';

/**
 * What arrived together, as columns. All columns have the same length n, 1 to 1,000; the whole is at most 64 KiB.
 * Observation i belongs to `series[seriesIndex[i]]`, was observed at `from_ms + step_ms[0] + … + step_ms[i]` (milliseconds since the
 * Unix epoch; steps may be negative, the first is 0) and has `value[i]` (a finite IEEE 754 double).
 */
export interface ObservationColumns {
  readonly sourceId: string;
  readonly series: readonly string[];
  readonly seriesIndex: readonly number[];
  readonly from_ms: number;
  readonly step_ms: readonly number[];
  readonly value: readonly number[];
  /** SDMX CL_OBS_STATUS letters (`A` normal is meant where the column or an entry is absent or null). */
  readonly flag?: readonly (string | null)[];
}

export type QuarantineReason =
  | 'unknown-series'
  | 'series-of-other-source'
  | 'outside-physical-range'
  | 'outside-time-window'
  | 'not-finite'
  | 'unit-mismatch';

/** Something that is an observation but cannot be counted yet; `original` are its bytes as they came. */
export interface QuarantinedObservation {
  readonly reason: QuarantineReason;
  /** In words, with the figures: `612 is above the largest possible value 500`. */
  readonly detail: string;
  readonly series?: string;
  readonly observedAt_ms?: number;
  readonly original: string;
  readonly encoding: 'utf8' | 'base64';
}

/** Stream `observations-<sourceId>`. */
export type ObservationEvent =
  | DomainEventOf<'ObservationsRecorded', ObservationColumns>
  | DomainEventOf<
      'ObservationsQuarantined',
      { readonly sourceId: string; readonly items: readonly QuarantinedObservation[] }
    >;

/** Most observations in one `ObservationsRecorded` event. */
export const OBSERVATIONS_PER_EVENT_MAX = 1000;
/** Largest `data` of one observation event, in bytes of JSON. */
export const OBSERVATION_EVENT_SIZE_MAX_bytes = 65_536;
