import type { StreamTimes } from '../load/batch-stream.js';
import { BATCH_SIZE, SERIES_KEYS } from '../workload.js';

/** More than the door has ever taken: what a soak is prepared for. */
const BATCHES_PER_SECOND_MAX = 1_500;
/** Log and views together, with room: 38 were measured over a long history. */
const BYTES_PER_OBSERVATION = 50;
/** What a soak may fill of the free disk. */
const DISK_SHARE = 0.8;

const STARTS_AT_MS = Date.UTC(2010, 0, 1);
const ENDS_BEFORE_MS = Date.UTC(2026, 0, 1);
/** How far apart the readings of a series may be; the longest one whose stream ends in the past is taken. */
const INTERVALS_MS = [60_000, 10_000, 1_000] as const;

export interface SoakPlan {
  readonly batches_max: number;
  readonly times: StreamTimes;
  /** Batches a second where the disk does not hold full load for so long; absent: as fast as it goes. */
  readonly rate?: number;
}

/**
 * What to send for so long, given what is free on the disk.
 * @throws RangeError when the past does not hold that many observations even a second apart
 */
export function soakPlan(duration_ms: number, free_bytes: number): SoakPlan {
  const seconds = duration_ms / 1_000;
  const fitting = Math.floor((free_bytes * DISK_SHARE) / (seconds * BATCH_SIZE * BYTES_PER_OBSERVATION));
  const rate = fitting < BATCHES_PER_SECOND_MAX ? fitting : undefined;
  if (rate === 0) throw new RangeError('there is no room on the disk');
  const batches_max = Math.ceil(seconds * (rate ?? BATCHES_PER_SECOND_MAX));
  const steps = Math.ceil((batches_max * BATCH_SIZE) / SERIES_KEYS.length);
  const interval_ms = INTERVALS_MS.find((one) => STARTS_AT_MS + steps * one <= ENDS_BEFORE_MS);
  if (interval_ms === undefined) throw new RangeError('the past does not hold so many observations of the series');
  return { batches_max, times: { startsAt_ms: STARTS_AT_MS, interval_ms }, rate };
}
