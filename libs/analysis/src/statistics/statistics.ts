import type { Comparison, SimpleStatistic } from '#lib/domain';
import { type DayRollup, mergeRollups, roundingOf, totalOf } from './day-rollup.js';

/** Sum by Neumaier's compensated summation, a left fold; null for no values. */
export function sum(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  let total = 0;
  let compensation = 0;
  for (const value of values) {
    const next = total + value;
    compensation += roundingOf(total, value, next);
    total = next;
  }
  return totalOf({ sum: total, compensation });
}

/** Arithmetic mean; null for no values. */
export function mean(values: readonly number[]): number | null {
  const total = sum(values);
  return total === null ? null : total / values.length;
}

/** Smallest value; null for none. */
export function min(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((least, value) => (value < least ? value : least));
}

/** Largest value; null for none. */
export function max(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((most, value) => (value > most ? value : most));
}

/** The last value in the order of time; null for none. */
export function last(values: readonly number[]): number | null {
  return values.at(-1) ?? null;
}

/** How many values there are; null for none, because no observation is "no data" and not a zero. */
export function count(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.length;
}

/** Whether a value lies so to the threshold. */
export function compares(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'above':
      return value > threshold;
    case 'at-or-above':
      return value >= threshold;
    case 'below':
      return value < threshold;
    case 'at-or-below':
      return value <= threshold;
  }
}

/** Percentage (0 to 100) of the values that compare so with the threshold; null for no values. */
export function shareComparing(values: readonly number[], comparison: Comparison, threshold: number): number | null {
  if (values.length === 0) return null;
  return (100 * countComparing(values, comparison, threshold)) / values.length;
}

/** How many of the values compare so with the threshold; 0 for no values. */
export function countComparing(values: readonly number[], comparison: Comparison, threshold: number): number {
  let matching = 0;
  for (const value of values) if (compares(value, comparison, threshold)) matching++;
  return matching;
}

/**
 * Percentile (0 to 100) with linear interpolation between the two nearest ranks: type 7 of Hyndman and Fan (1996), the
 * default of R and NumPy. Null for no values; throws RangeError for a percentile outside 0 to 100.
 */
export function percentile(values: readonly number[], percentile_percent: number): number | null {
  if (!(percentile_percent >= 0 && percentile_percent <= 100))
    throw new RangeError(`percentile ${percentile_percent} is not between 0 and 100`);
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const rank = ((sorted.length - 1) * percentile_percent) / 100;
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (rank - below) * (high - low);
}

/**
 * `scale × numerator / denominator`, or `scale × (1 − numerator / denominator)` as the complement. Null when one of them is
 * absent or the denominator is 0.
 */
export function ratio(
  numerator: number | null,
  denominator: number | null,
  { scale, complement }: { readonly scale: number; readonly complement: boolean },
): number | null {
  if (numerator === null || denominator === null || denominator === 0) return null;
  // One fraction, multiplied first: 1 − n/d would round twice, and 7 of 100 is 7. The whole is exactly the scale, because
  // a rounding beside it could miss a target of 100 %.
  const part = complement ? denominator - numerator : numerator;
  return part === denominator ? scale : (scale * part) / denominator + 0;
}

/** A simple statistic of what a rollup covers; null where it covers nothing. */
export function statisticOfRollup(rollup: DayRollup, statistic: SimpleStatistic): number | null {
  if (rollup.count === 0) return null;
  switch (statistic) {
    case 'mean':
      return totalOf(rollup) / rollup.count;
    case 'sum':
      return totalOf(rollup);
    case 'min':
      return rollup.min;
    case 'max':
      return rollup.max;
    case 'last':
      return rollup.last;
    case 'count':
      return rollup.count;
  }
}

/** A simple statistic of many rollups in the order of their days; see `mergeRollups`. */
export function statisticOfRollups(rollups: Iterable<DayRollup>, statistic: SimpleStatistic): number | null {
  return statisticOfRollup(mergeRollups(rollups), statistic);
}
