/**
 * What one day (or any other stretch of time) of observations comes to. A pure left fold over the observations in the
 * order of their time, so that the same observations give the same bytes in whichever order they arrived.
 */
export interface DayRollup {
  readonly count: number;
  /** Running sum and what rounding has taken from it (Neumaier 1974); the sum is `totalOf(rollup)`. */
  readonly sum: number;
  readonly compensation: number;
  /** `Infinity` and `-Infinity` while there is no observation; first, last and their times are `NaN` then. */
  readonly min: number;
  readonly max: number;
  readonly first: number;
  /** Milliseconds since the Unix epoch. */
  readonly firstAt_ms: number;
  readonly last: number;
  readonly lastAt_ms: number;
}

/** The rollup of no observations. */
export const emptyRollup: DayRollup = Object.freeze({
  count: 0,
  sum: 0,
  compensation: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  first: Number.NaN,
  firstAt_ms: Number.NaN,
  last: Number.NaN,
  lastAt_ms: Number.NaN,
});

/** Takes in the next observation: `at_ms` must not be before the last one's. Values are finite. */
export function extendRollup(rollup: DayRollup, at_ms: number, value: number): DayRollup {
  const sum = rollup.sum + value;
  const started = rollup.count > 0;
  return {
    count: rollup.count + 1,
    sum,
    compensation: rollup.compensation + roundingOf(rollup.sum, value, sum),
    min: value < rollup.min ? value : rollup.min,
    max: value > rollup.max ? value : rollup.max,
    first: started ? rollup.first : value,
    firstAt_ms: started ? rollup.firstAt_ms : at_ms,
    last: value,
    lastAt_ms: at_ms,
  };
}

/**
 * Extends a rollup by the observations `start` (inclusive) to `end` (exclusive) of two columns in the order of time: the same
 * left fold as `extendRollup`, without an object for each of them. The form for bulk work.
 */
export function continueRollup(
  rollup: DayRollup,
  at_ms: ArrayLike<number>,
  values: ArrayLike<number>,
  start: number,
  end: number,
): DayRollup {
  if (end <= start) return rollup;
  let { sum, compensation, min, max } = rollup;
  for (let index = start; index < end; index += 1) {
    const value = values[index]!;
    const next = sum + value;
    compensation += roundingOf(sum, value, next);
    sum = next;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const started = rollup.count > 0;
  return {
    count: rollup.count + end - start,
    sum,
    compensation,
    min,
    max,
    first: started ? rollup.first : values[start]!,
    firstAt_ms: started ? rollup.firstAt_ms : at_ms[start]!,
    last: values[end - 1]!,
    lastAt_ms: at_ms[end - 1]!,
  };
}

/** The rollup of the observations `start` (inclusive) to `end` (exclusive) of two columns in the order of time. */
export function rollupOf(
  at_ms: ArrayLike<number>,
  values: ArrayLike<number>,
  start = 0,
  end = values.length,
): DayRollup {
  return continueRollup(emptyRollup, at_ms, values, start, end);
}

/**
 * One rollup of many, given in the order of their days and, within a day, of their series. Count, min, max, first and
 * last are exactly those of the pooled observations; the sum is exact up to one rounding for each rollup, and the same for
 * the same rollups. Of observations at the same instant the last given is the last, the first given the first.
 */
export function mergeRollups(rollups: Iterable<DayRollup>): DayRollup {
  let merged = emptyRollup;
  for (const rollup of rollups) {
    if (rollup.count === 0) continue;
    merged = merged.count === 0 ? rollup : mergeTwo(merged, rollup);
  }
  return merged;
}

/** The compensated sum of a rollup; 0 for none. Infinite where the sum left the range of doubles. */
export function totalOf(rollup: Pick<DayRollup, 'sum' | 'compensation'>): number {
  return Number.isFinite(rollup.sum) ? rollup.sum + rollup.compensation : rollup.sum;
}

/** What `sum = previous + value` lost by rounding; 0 where it overflowed, because nothing can make up for that. */
export function roundingOf(previous: number, value: number, sum: number): number {
  if (!Number.isFinite(sum)) return 0;
  return Math.abs(previous) >= Math.abs(value) ? previous - sum + value : value - sum + previous;
}

function mergeTwo(earlier: DayRollup, later: DayRollup): DayRollup {
  const sum = earlier.sum + later.sum;
  const startsLater = earlier.firstAt_ms <= later.firstAt_ms;
  const endsLater = later.lastAt_ms >= earlier.lastAt_ms;
  return {
    count: earlier.count + later.count,
    sum,
    compensation: earlier.compensation + later.compensation + roundingOf(earlier.sum, later.sum, sum),
    min: later.min < earlier.min ? later.min : earlier.min,
    max: later.max > earlier.max ? later.max : earlier.max,
    first: startsLater ? earlier.first : later.first,
    firstAt_ms: startsLater ? earlier.firstAt_ms : later.firstAt_ms,
    last: endsLater ? later.last : earlier.last,
    lastAt_ms: endsLater ? later.lastAt_ms : earlier.lastAt_ms,
  };
}
