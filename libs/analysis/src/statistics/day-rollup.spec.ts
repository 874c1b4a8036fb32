import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DayRollup, emptyRollup, extendRollup, mergeRollups, rollupOf, totalOf } from './day-rollup.js';

interface Observed {
  readonly at_ms: number;
  readonly value: number;
}

const values = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
const observations = fc
  .uniqueArray(fc.record({ at_ms: fc.integer({ min: 0, max: 1_000_000 }), value: values }), {
    selector: (observed) => observed.at_ms,
    maxLength: 60,
  })
  .map((list) => list.sort((a, b) => a.at_ms - b.at_ms));

const foldOf = (list: readonly Observed[]): DayRollup =>
  list.reduce((rollup, { at_ms, value }) => extendRollup(rollup, at_ms, value), emptyRollup);
const bytesOf = (rollup: DayRollup): string =>
  Buffer.from(new Float64Array(Object.values(rollup)).buffer).toString('hex');

describe('DayRollup', () => {
  it('given the same observations in any order of arrival, when folded by time, then the bytes are the same', () => {
    const shuffled = observations.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, arrived]) => {
        const sorted = [...arrived].sort((a, b) => a.at_ms - b.at_ms);
        expect(bytesOf(foldOf(sorted))).toBe(bytesOf(foldOf(inOrder)));
      }),
    );
  });

  it('given columns, when rolled up in bulk, then the bytes are those of the fold', () => {
    fc.assert(
      fc.property(observations, fc.nat(20), (list, skipped) => {
        const start = Math.min(skipped, list.length);
        const at_ms = Float64Array.from(list, (observed) => observed.at_ms);
        const column = Float64Array.from(list, (observed) => observed.value);
        expect(bytesOf(rollupOf(at_ms, column, start))).toBe(bytesOf(foldOf(list.slice(start))));
      }),
    );
  });

  it('given days cut anywhere, when merged, then count, extremes, first and last are exact and the sum is close', () => {
    fc.assert(
      fc.property(observations, fc.array(fc.nat(60), { maxLength: 5 }), (list, cuts) => {
        const edges = [0, ...cuts.map((cut) => Math.min(cut, list.length)).sort((a, b) => a - b), list.length];
        const days = edges.slice(1).map((edge, index) => foldOf(list.slice(edges[index], edge)));
        const { sum: _sum, compensation: _compensation, ...exact } = mergeRollups(days);
        const whole = foldOf(list);
        expect(exact).toEqual((({ sum: _s, compensation: _c, ...rest }) => rest)(whole));
        const magnitude = list.reduce((total, { value }) => total + Math.abs(value), 0);
        const tolerance = Number.isFinite(magnitude) ? magnitude * 1e-15 : Number.POSITIVE_INFINITY;
        expect(Math.abs(totalOf(mergeRollups(days)) - totalOf(whole))).toBeLessThanOrEqual(tolerance);
        expect(bytesOf(mergeRollups(days))).toBe(bytesOf(mergeRollups(days.map((day) => ({ ...day })))));
      }),
    );
  });

  it('given values that plain addition loses, then the sum keeps them', () => {
    expect(totalOf(foldOf([1, 1e100, 1, -1e100].map((value, at_ms) => ({ at_ms, value }))))).toBe(2);
    expect(totalOf(foldOf(Array.from({ length: 10 }, (_, at_ms) => ({ at_ms, value: 0.1 }))))).toBe(1);
  });

  it('given a sum beyond the doubles, then it is infinite and not NaN', () => {
    expect(totalOf(foldOf([1.7e308, 1.7e308, 1].map((value, at_ms) => ({ at_ms, value }))))).toBe(Infinity);
  });

  it('given two series of one day, when merged, then the latest observation is the last, the later given at a tie', () => {
    const one = foldOf([
      { at_ms: 10, value: 1 },
      { at_ms: 50, value: 2 },
    ]);
    const other = foldOf([
      { at_ms: 10, value: 3 },
      { at_ms: 40, value: 4 },
    ]);
    expect(mergeRollups([one, other])).toMatchObject({ first: 1, firstAt_ms: 10, last: 2, lastAt_ms: 50, count: 4 });
    expect(mergeRollups([other, one])).toMatchObject({ first: 3, last: 2 });
    expect(mergeRollups([one, foldOf([{ at_ms: 50, value: 9 }])])).toMatchObject({ last: 9 });
  });

  it('given nothing, then the rollup is the empty one', () => {
    expect(mergeRollups([])).toBe(emptyRollup);
    expect(mergeRollups([emptyRollup, emptyRollup])).toBe(emptyRollup);
    expect(rollupOf([], [])).toBe(emptyRollup);
  });
});
