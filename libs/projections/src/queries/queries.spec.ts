import { describe, expect, it } from '@jest/globals';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';
import { KpiQueries } from './kpi-queries.js';
import { SeriesQueries } from './series-queries.js';
import { UnitQueries } from './unit-queries.js';

describe('units and goals', () => {
  const log = new WrittenLog()
    .organisation()
    .unit('air')
    .unit('water')
    .say('goal-clean', 'GoalSet', { goalId: 'clean', unitId: 'air', name: { en: 'Clean air' } })
    .kpi(kpiDefinition('pm25-mean', { goalId: 'clean' }))
    .say('unit-air', 'KpiSeatTaken', { unitId: 'air', kpiId: 'pm25-mean', weight: 100, horizon: 'short' })
    .say('unit-air', 'UnitRenamed', { unitId: 'air', name: { en: 'Air quality' } })
    .say('unit-water', 'UnitRetired', { unitId: 'water' })
    .say('goal-clean', 'GoalClosed', { goalId: 'clean', outcome: 'reached', reason: 'clean enough' });

  it('are told as they stand and as they stood', () => {
    const queries = new UnitQueries(viewsOf(log.events).source);
    expect(queries.units(NOW).items).toEqual([
      {
        unitId: 'air',
        name: { en: 'Air quality' },
        parentUnitId: null,
        activeKpis: 1,
        warnings: ['FEWER_THAN_THREE_KPIS', 'NO_LONG_HORIZON'],
      },
    ]);
    const then = queries.units({ ...NOW, asOf: '5' }).items;
    expect(then.map(({ unitId, name }) => [unitId, name.en])).toEqual([
      ['air', 'air'],
      ['water', 'water'],
    ]);
    expect(queries.unit('water', NOW)).toMatchObject({ unitId: 'water' });
    expect(queries.unit('fire', NOW)).toBeNull();
    expect(queries.goals({ unitId: 'air' }, NOW).items).toMatchObject([
      { goalId: 'clean', state: 'closed', outcome: 'reached', kpiIds: ['pm25-mean'] },
    ]);
    expect(queries.goals({ unitId: 'water' }, NOW).items).toEqual([]);
  });

  it('come in pages that follow each other without a gap', () => {
    const many = new WrittenLog().organisation();
    for (let index = 0; index < 7; index += 1) many.unit(`u${index}`);
    const queries = new UnitQueries(viewsOf(many.events).source);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = queries.units({ ...NOW, limit: 3, cursor });
      seen.push(...page.items.map(({ unitId }) => unitId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6']);
    expect(() => queries.units({ ...NOW, limit: 0 })).toThrow(/limit/);
  });
});

describe('series', () => {
  it('are summed up with what is missing and what was put in quarantine', () => {
    const log = new WrittenLog()
      .organisation()
      .series('pm25', { expectedInterval_ms: 3_600_000 })
      .observe(['pm25', '2026-11-01T00:00:00Z', 1], ['pm25', '2026-11-01T03:00:00Z', 2])
      .say('observations-sensors', 'ObservationsQuarantined', {
        sourceId: 'sensors',
        items: [
          { reason: 'not-finite', detail: 'NaN', series: 'pm25', original: 'NaN', encoding: 'utf8' },
          { reason: 'unknown-series', detail: 'x', series: 'x', observedAt_ms: 0, original: '1', encoding: 'utf8' },
        ],
      });
    const queries = new SeriesQueries(viewsOf(log.events).source);
    expect(queries.series({ prefix: 'pm' }, NOW).items).toEqual([
      {
        seriesKey: 'pm25',
        sourceId: 'sensors',
        name: { en: 'pm25' },
        unitOfMeasure: '1',
        observations: 2,
        firstObservedAt: '2026-11-01T00:00:00.000Z',
        lastObservedAt: '2026-11-01T03:00:00.000Z',
        expected: 4,
        missing: 2,
        repeats: 0,
        corrections: 0,
        mean: 1.5,
        sum: 3,
        min: 1,
        max: 2,
        quarantined: { 'not-finite': 1 },
      },
    ]);
    expect(queries.series({ sourceId: 'other' }, NOW).items).toEqual([]);
    const first = queries.quarantine({}, { ...NOW, limit: 1 });
    const second = queries.quarantine({}, { ...NOW, limit: 1, cursor: first.nextCursor });
    expect([first, second].map(({ items }) => items[0]!.reason)).toEqual(['unknown-series', 'not-finite']);
    expect(queries.quarantine({ seriesKey: 'pm25' }, { ...NOW, asOf: '3' }).items).toEqual([]);
    expect(queries.quarantine({ sourceId: 'sensors' }, NOW).items).toHaveLength(2);
  });
});

describe('an answer as of a moment', () => {
  it.each(['3', '2026-11-24T06:00:03.000Z', '2026-11-24T06:30:00.000Z'])(
    'asked for by %s, is the same before and after an unrelated event, whatever the clock says',
    (asOf) => {
      const log = new WrittenLog()
        .organisation()
        .kpi(kpiDefinition('pm25-mean', { staleAfter_days: 30 }))
        .observe(['pm25', '2026-11-20T00:00:00Z', 10]);
      const [before_ms, after_ms] = [NOW.now_ms, NOW.now_ms + 90 * 86_400_000];
      const told = (now_ms: number): unknown => {
        const queries = new KpiQueries(viewsOf(log.events).source);
        return [queries.detail('pm25-mean', { now_ms, asOf }), queries.periods('pm25-mean', { now_ms, asOf })];
      };
      const first = told(before_ms);
      expect(told(after_ms)).toEqual(first);
      log.unit('water');
      // The unrelated event comes after each of the moments.
      log.events[3] = { ...log.events[3]!, recordedAt_ms: NOW.now_ms };
      expect([told(before_ms), told(after_ms)]).toEqual([first, first]);
    },
  );

  it('that is still to come, is refused', () => {
    const queries = new UnitQueries(viewsOf(new WrittenLog().organisation().events).source);
    expect(() => queries.units({ ...NOW, asOf: '2027-01-01T00:00:00Z' })).toThrow(/to come/);
  });
});
