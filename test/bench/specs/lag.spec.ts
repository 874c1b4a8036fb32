import { describe, expect, it } from '@jest/globals';
import { spread } from '../cases/history-queries.js';
import { lagsOf, quantileOf } from '../load/lag.js';

describe('the lag of the views', () => {
  it('is the time from an acknowledgement to the first look that shows it, whatever order the answers came in', () => {
    const acknowledged = [
      [12, 105],
      [10, 100],
      [11, 130],
    ] as const;
    const seen = [
      [9, 99],
      [11, 120],
      [12, 150],
    ] as const;
    expect(lagsOf(acknowledged, seen)).toEqual([20, 0, 45]);
  });

  it('is unknown of what was never seen', () => {
    expect(() => lagsOf([[10, 100]], [[9, 200]])).toThrow('position 10');
  });

  it('is told by nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([0, 0.5, 0.99, 1].map((share) => quantileOf(values, share))).toEqual([1, 100, 198, 200]);
    expect(() => quantileOf([], 0.5)).toThrow(RangeError);
  });
});

describe('the moments of the past', () => {
  it('cover the whole log, each once, and neighbours are not asked one after another', () => {
    const moments = spread(101, 10_100, 1_000);
    expect([Math.min(...moments), Math.max(...moments)]).toEqual([101, 10_100]);
    expect(new Set(moments).size).toBe(1_000);
    expect(moments.slice(1).every((moment, index) => Math.abs(moment - moments[index]!) > 100)).toBe(true);
  });
});
