import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeriesQueries } from '../queries/series-queries.js';
import { type Reading, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf, type WrittenViews } from '../testing/written-views.js';

const days = (views: WrittenViews, asOf?: string) =>
  new SeriesQueries(views.source).rollups({ seriesKey: 'pm25' }, { ...NOW, asOf }).items;

/** Everything but the positions of change, with every bit of the numbers. */
function bytesOf(views: WrittenViews): string {
  const rows = views.database.all<Record<string, number>>(
    `SELECT series_key, day, count, sum, compensation, min, max, first, first_ms, last, last_ms
     FROM day_rollup JOIN series USING (series_id) ORDER BY series_key, day`,
  );
  return JSON.stringify(rows.map((row) => Object.values(row)));
}

describe('day rollups', () => {
  it('follow the local days of the organisation, 23 and 25 hours long when the clock changes', () => {
    const log = new WrittenLog().organisation('America/New_York');
    const from_ms = Date.parse('2026-03-07T05:00:00Z');
    const hours = Array.from({ length: 24 * 3 }, (_, hour): Reading => ['pm25', from_ms + hour * 3_600_000, 1]);
    log.observe(...hours);
    const autumn_ms = Date.parse('2026-11-01T04:00:00Z');
    log.observe(...Array.from({ length: 26 }, (_, hour): Reading => ['pm25', autumn_ms + hour * 3_600_000, 1]));
    const counted = days(viewsOf(log.events)).map(({ day, count }) => [day, count]);
    expect(counted).toEqual([
      ['2026-03-07', 24],
      ['2026-03-08', 23],
      ['2026-03-09', 24],
      ['2026-03-10', 1],
      ['2026-11-01', 25],
      ['2026-11-02', 1],
    ]);
  });

  it('answer as of a position before a late correction with the figure of that time', () => {
    const log = new WrittenLog()
      .observe(['pm25', '2026-11-01T06:00:00Z', 10], ['pm25', '2026-11-01T07:00:00Z', 20])
      .observe(['pm25', '2026-11-01T06:00:00Z', 40])
      .observe(['pm25', '2026-11-02T06:00:00Z', 1]);
    const views = viewsOf(log.events);
    expect(days(views, '1').map(({ mean }) => mean)).toEqual([15]);
    expect(days(views, '2').map(({ mean }) => mean)).toEqual([30]);
    expect(days(views).map(({ mean }) => mean)).toEqual([30, 1]);
  });

  it('are counted again when the time zone becomes known after the observations', () => {
    const late = new WrittenLog().observe(['pm25', '2026-11-01T23:30:00Z', 5]).organisation('Asia/Shanghai');
    expect(days(viewsOf(late.events, 1)).map(({ day }) => day)).toEqual(['2026-11-02']);
  });

  it('law: the same observations give the same bytes, in whichever order and however often they arrive', () => {
    const reading = fc.tuple(
      fc.constantFrom('pm25', 'no2'),
      fc.integer({ min: 0, max: 3 * 24 * 60 }).map((minute) => Date.parse('2026-03-28T00:00:00Z') + minute * 60_000),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    );
    const readings = fc.uniqueArray(reading, {
      selector: ([series, at]) => `${series} ${at}`,
      minLength: 1,
      maxLength: 400,
    });
    const law = fc.property(
      readings.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.array(fc.constantFrom(...all), { maxLength: 50 }),
          fc.integer({ min: 1, max: 60 }),
          fc.integer({ min: 1, max: 4 }),
        ),
      ),
      ([all, shuffled, again, perEvent, perTransaction]) => {
        const inOrder = new WrittenLog().organisation('Europe/Zurich').observe(...all);
        const scattered = new WrittenLog().organisation('Europe/Zurich');
        const arriving = [...shuffled, ...again];
        for (let start = 0; start < arriving.length; start += perEvent) {
          scattered.observe(...arriving.slice(start, start + perEvent));
        }
        const [one, two] = [viewsOf(inOrder.events), viewsOf(scattered.events, perTransaction)];
        expect(bytesOf(two)).toBe(bytesOf(one));
        one.close();
        two.close();
      },
    );
    fc.assert(law, { numRuns: 60 });
  });
});
