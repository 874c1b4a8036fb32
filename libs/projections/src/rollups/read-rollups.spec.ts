import { describe, expect, it } from '@jest/globals';
import { dayNumber, emptyRollup, LocalDayIndex, mergeRollups } from '#lib/analysis';
import { WrittenLog } from '../testing/written-log.js';
import { viewsOf } from '../testing/written-views.js';
import { RollupReader } from './read-rollups.js';

const EVER_days = 1e7;
const days = new LocalDayIndex('UTC');
const log = new WrittenLog()
  .organisation()
  .observe(['a', '2026-03-02T01:00:00Z', 0.1], ['a', '2026-03-02T02:00:00Z', 0.2], ['b', '2026-03-05T00:00:00Z', 3])
  .observe(['a', '2026-03-02T01:00:00Z', 7], ['a', '2026-04-01T00:00:00Z', -4])
  .observe(['b', '2026-01-01T00:00:00Z', 9]);
const { database } = viewsOf(log.events);
const [A, B] = [1, 2];

describe('a reader of rollups', () => {
  it.each([undefined, 2, 3])('reads the sums alone as it reads them with the rest, at %s', (position) => {
    const reader = new RollupReader(database, days, position);
    const whole = reader.daysOf(A, -EVER_days, EVER_days);
    const sums = reader.daysOf(A, -EVER_days, EVER_days, -1, 'sums');
    expect(whole.length).toBe(position === 2 ? 1 : 2);
    expect(sums.map(({ rollup: _sums, ...rest }) => rest)).toEqual(whole.map(({ rollup: _all, ...rest }) => rest));
    for (const [index, { rollup }] of sums.entries()) {
      const { count, sum, compensation, lastAt_ms } = whole[index]!.rollup;
      expect(rollup).toMatchObject({ count, sum, compensation, lastAt_ms });
    }
    if (position === undefined) expect(sums[1]!.rollup).toMatchObject({ max: emptyRollup.max, min: emptyRollup.min });
    if (position === undefined) expect(whole[1]!.rollup).toMatchObject({ max: -4, min: -4, first: -4, last: -4 });
  });

  it('sums up a series as the merged rollups of its days, now and then', () => {
    for (const position of [undefined, 1, 2, 3]) {
      const reader = new RollupReader(database, days, position);
      for (const seriesId of [A, B, 77]) {
        const merged = mergeRollups(reader.daysOf(seriesId, -EVER_days, EVER_days).map(({ rollup }) => rollup));
        expect(reader.totalOf(seriesId)).toEqual({ ...merged, first: NaN, last: NaN });
      }
    }
    expect(new RollupReader(database, days).totalOf(A)).toMatchObject({ count: 3, min: -4, max: 7 });
  });

  it('finds the first and the last day of several series as of its position, up to a day', () => {
    const edges = (position: number | undefined, ...until: number[]): unknown[] => {
      const reader = new RollupReader(database, days, position);
      return [reader.edgeOf([A, B], 'first'), reader.edgeOf([A, B], 'last', ...until)];
    };
    const day = (date: string): number => dayNumber(date);
    expect(edges(undefined)).toEqual([day('2026-01-01'), day('2026-04-01')]);
    expect(edges(undefined, day('2026-03-31'))).toEqual([day('2026-01-01'), day('2026-03-05')]);
    expect(edges(3)).toEqual([day('2026-03-02'), day('2026-04-01')]);
    expect(edges(2)).toEqual([day('2026-03-02'), day('2026-03-05')]);
    expect(edges(1)).toEqual([undefined, undefined]);
    expect(new RollupReader(database, days).edgeOf([], 'first')).toBeUndefined();
  });
});
