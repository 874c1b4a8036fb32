import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyRollup, rollupOf } from './day-rollup.js';
import {
  compares,
  count,
  last,
  max,
  mean,
  min,
  percentile,
  ratio,
  shareComparing,
  statisticOfRollup,
  statisticOfRollups,
  sum,
} from './statistics.js';

const someValues = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 50 });

describe('statistics', () => {
  it('given no values, then every statistic is null', () => {
    expect([sum([]), mean([]), min([]), max([]), last([]), count([]), percentile([], 50)]).toEqual(Array(7).fill(null));
    expect(shareComparing([], 'above', 1)).toBeNull();
    for (const statistic of ['mean', 'sum', 'min', 'max', 'last', 'count'] as const)
      expect(statisticOfRollup(emptyRollup, statistic)).toBeNull();
  });

  it('given values, then the statistics of their rollup are the same', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const rollup = rollupOf(
          values.map((_, index) => index),
          values,
        );
        const byRollup = (['mean', 'sum', 'min', 'max', 'last', 'count'] as const).map((name) =>
          statisticOfRollup(rollup, name),
        );
        expect(byRollup).toEqual([mean(values), sum(values), min(values), max(values), last(values), count(values)]);
      }),
    );
  });

  it('given days, then their mean is the mean of all observations and not of the days', () => {
    const days = [rollupOf([1, 2, 3], [1, 1, 1]), rollupOf([4], [5])];
    expect([statisticOfRollups(days, 'mean'), statisticOfRollups(days, 'last')]).toEqual([2, 5]);
  });

  it('given a hundred thousand tenths, then the sum is exact', () => {
    expect(sum(Array(100_000).fill(0.1))).toBe(10_000);
    expect(mean(Array(100_000).fill(0.1))).toBe(0.1);
  });

  it('given a threshold, then each comparison treats equality as its name says', () => {
    const at = (value: number): boolean[] =>
      (['above', 'at-or-above', 'below', 'at-or-below'] as const).map((name) => compares(value, name, 5));
    expect([at(6), at(5), at(4)]).toEqual([
      [true, true, false, false],
      [false, true, false, true],
      [false, false, true, true],
    ]);
    expect(shareComparing([1, 5, 6, 7], 'above', 5)).toBe(50);
    expect(shareComparing([1, 5, 6, 7], 'at-or-above', 5)).toBe(75);
    expect(shareComparing([1, 5, 6, 7], 'below', 5)).toBe(25);
    expect(shareComparing([1, 5, 6, 7], 'at-or-below', 5)).toBe(50);
  });

  it("given R's quantile type 7, then the percentiles are the same", () => {
    // quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4, .5, .95, 1), type = 7)
    const values = [35, 20, 15, 50, 40];
    const asked = [5, 30, 40, 50, 95, 100].map((percent) => percentile(values, percent));
    [16, 23, 29, 35, 48, 50].forEach((expected, index) => expect(asked[index]).toBeCloseTo(expected, 12));
    expect(values).toEqual([35, 20, 15, 50, 40]);
    expect(percentile([7], 90)).toBe(7);
    expect(() => percentile([1], 101)).toThrow(RangeError);
  });

  it('given any values, then percentiles rise with the percentage and stay between the extremes', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(someValues, percent, percent, (values, one, other) => {
        const low = percentile(values, Math.min(one, other))!;
        const high = percentile(values, Math.max(one, other))!;
        const slack = Math.max(...values.map(Math.abs)) * 1e-12;
        expect(low).toBeLessThanOrEqual(high + slack);
        expect([low >= min(values)! - slack, high <= max(values)! + slack]).toEqual([true, true]);
      }),
    );
  });

  it('given a ratio, then scale and complement apply, and nothing is divided by 0', () => {
    const percent = { scale: 100, complement: false };
    expect(ratio(1, 4, percent)).toBe(25);
    expect(ratio(1, 4, { scale: 100, complement: true })).toBe(75);
    expect(ratio(186_122, 1_867_781, { scale: 100, complement: true })).toBeCloseTo(90.03512724457525, 12);
    expect([ratio(7, 100, percent), ratio(51_275.200000000004, 51_275.200000000004, percent)]).toEqual([7, 100]);
    expect(ratio(0, 51_275.200000000004, { scale: 100, complement: true })).toBe(100);
    expect([ratio(1, 0, percent), ratio(null, 4, percent), ratio(1, null, percent)]).toEqual([null, null, null]);
  });
});
