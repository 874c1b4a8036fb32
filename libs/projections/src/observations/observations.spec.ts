import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOfViews } from '../digest.js';
import { SeriesQueries } from '../queries/series-queries.js';
import { type Reading, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';
import { addPositionsAt, observationsBetween } from './read-observations.js';

const MINUTE_ms = 60_000;
const START_ms = Date.parse('2026-03-29T00:00:00Z');
const values = (log: WrittenLog, asOf?: string): (readonly [string, number])[] => {
  const queries = new SeriesQueries(viewsOf(log.events).source);
  const page = queries.observations({ seriesKey: 'pm25' }, { ...NOW, asOf });
  return page.items.map(({ observedAt, value }) => [observedAt, value] as const);
};

describe('observations', () => {
  it('keeps the newest recorded value of a time, and the one it replaced with the positions it was in force', () => {
    const log = new WrittenLog()
      .observe(['pm25', '2026-11-01T06:00:00Z', 10])
      .observe(['pm25', '2026-11-01T06:00:00Z', 12])
      .observe(['pm25', '2026-11-01T06:00:00Z', 11]);
    const queries = new SeriesQueries(viewsOf(log.events).source);
    const { items } = queries.observations({ seriesKey: 'pm25' }, NOW);
    expect(items).toEqual([
      {
        seriesKey: 'pm25',
        observedAt: '2026-11-01T06:00:00.000Z',
        value: 11,
        flag: null,
        position: '3',
        replaced: [
          { value: 12, from: '2', until: '3' },
          { value: 10, from: '1', until: '2' },
        ],
      },
    ]);
  });

  it('answers as of a position with the value that was in force then', () => {
    const log = new WrittenLog()
      .observe(['pm25', '2026-11-01T06:00:00Z', 10])
      .observe(['pm25', '2026-11-01T07:00:00Z', 20])
      .observe(['pm25', '2026-11-01T06:00:00Z', 12]);
    expect(values(log, '1')).toEqual([['2026-11-01T06:00:00.000Z', 10]]);
    expect(values(log, '2').map(([, value]) => value)).toEqual([10, 20]);
    expect(values(log, '3').map(([, value]) => value)).toEqual([12, 20]);
  });

  it('are read in order across many blocks, from where and until they are asked for, and no more than are asked for', () => {
    const log = new WrittenLog();
    const all = Array.from({ length: 9_000 }, (_, index) => START_ms + index * MINUTE_ms);
    for (let start = 0; start < all.length; start += 900) {
      log.observe(...all.slice(start, start + 900).map((at, index): Reading => ['pm25', at, index]));
    }
    const { database } = viewsOf(log.events);
    const times = (from_ms: number, until_ms: number, limit?: number): number[] =>
      observationsBetween(database, 1, from_ms, until_ms, limit).map(({ at_ms }) => at_ms);
    expect(times(-9e15, 9e15)).toEqual(all);
    expect(times(all[100]!, all[8_000]!)).toEqual(all.slice(100, 8_000));
    expect(times(all[100]! + 1, 9e15, 5_000)).toEqual(all.slice(101, 5_101));
    expect(times(all[8_999]! + 1, 9e15)).toEqual([]);
    const brought = new Set<number>();
    addPositionsAt(brought, database, 1, all[900]!, all[1_801]!, 3);
    expect([...brought]).toEqual([2, 3]);
  });

  it('counts the same value again as a repeat that changes nothing, and another as a correction', () => {
    const log = new WrittenLog()
      .series('pm25')
      .observe(['pm25', '2026-11-01T06:00:00Z', 10])
      .observe(['pm25', '2026-11-01T06:00:00Z', 10])
      .observe(['pm25', '2026-11-01T06:00:00Z', 10, 'A'])
      .observe(['pm25', '2026-11-01T06:00:00Z', 10, 'E']);
    const queries = new SeriesQueries(viewsOf(log.events).source);
    expect(queries.series({}, NOW).items[0]).toMatchObject({ observations: 1, repeats: 2, corrections: 1 });
    expect(queries.series({}, { ...NOW, asOf: '3' }).items[0]).toMatchObject({ repeats: 1, corrections: 0 });
    expect(queries.observations({ seriesKey: 'pm25' }, NOW).items[0]).toMatchObject({ flag: 'E', position: '5' });
  });

  it('takes observations of a series that was never registered', () => {
    const log = new WrittenLog().observe(['pm25', '2026-11-01T06:00:00Z', 10]);
    expect(values(log)).toEqual([['2026-11-01T06:00:00.000Z', 10]]);
  });

  it('pages through more observations than a block holds, also as of the past', () => {
    const log = new WrittenLog();
    const readings = Array.from({ length: 700 }, (_, i): Reading => ['pm25', START_ms + i * MINUTE_ms, i]);
    log.observe(...readings.slice(0, 400));
    log.observe(...readings.slice(400));
    log.observe(['pm25', START_ms + 50 * MINUTE_ms, -1]);
    const queries = new SeriesQueries(viewsOf(log.events, 1).source);
    for (const [asOf, expected, at50] of [
      [undefined, 700, -1],
      ['2', 700, 50],
      ['1', 400, 50],
    ] as const) {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = queries.observations({ seriesKey: 'pm25' }, { ...NOW, asOf, limit: 130, cursor });
        seen.push(...page.items.map(({ value }) => value));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toHaveLength(expected);
      expect(seen[50]).toBe(at50);
      expect(seen[399]).toBe(399);
    }
  });

  it('law: the views are those of a plain map, however the log is cut into transactions', () => {
    const reading = fc.tuple(
      fc.constantFrom('pm25', 'no2'),
      fc.integer({ min: 0, max: 600 }).map((minute) => START_ms + minute * MINUTE_ms),
      fc.integer({ min: -3, max: 3 }),
    );
    const events = fc.array(fc.array(reading, { minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 12 });
    const law = fc.property(events, fc.integer({ min: 1, max: 5 }), fc.nat(), (batches, size, pick) => {
      const log = new WrittenLog();
      for (const readings of batches) log.observe(...readings);
      const asOf = 1 + (pick % log.position);
      const views = viewsOf(log.events, size);
      const queries = new SeriesQueries(views.source);
      for (const key of ['pm25', 'no2']) {
        const expected = modelOf(batches.slice(0, asOf), key);
        const page = queries.observations({ seriesKey: key }, { ...NOW, asOf: String(asOf), limit: 500 });
        const told = page.items.map(({ observedAt, value }) => [Date.parse(observedAt), value]);
        expect(told).toEqual(expected.slice(0, 500));
      }
      const whole = viewsOf(log.events);
      expect(digestOfViews(views.database)).toBe(digestOfViews(whole.database));
      views.close();
      whole.close();
    });
    fc.assert(law, { numRuns: 60 });
  });
});

function modelOf(batches: readonly (readonly Reading[])[], key: string): [number, number][] {
  const held = new Map<number, number>();
  for (const [series, at, value] of batches.flat()) if (series === key) held.set(Number(at), value);
  return [...held].sort((a, b) => a[0] - b[0]);
}
