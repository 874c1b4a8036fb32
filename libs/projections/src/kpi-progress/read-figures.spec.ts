import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Measure } from '#lib/domain';
import fc from 'fast-check';
import { KpiQueries } from '../queries/kpi-queries.js';
import { kpiDefinition, type Reading, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf, WrittenViews } from '../testing/written-views.js';
import { PeriodMeter } from './measure-period.js';

const HOUR_ms = 3_600_000;
const FROM_ms = Date.parse('2026-08-01T00:00:00Z');

const MEASURES: readonly Measure[] = [
  { kind: 'statistic', statistic: 'mean', series: ['pm*'] },
  { kind: 'statistic', statistic: 'sum', series: ['pm10', 'pm25'] },
  { kind: 'statistic', statistic: 'count', series: ['pm*'] },
  { kind: 'statistic', statistic: 'min', series: ['pm*'] },
  { kind: 'statistic', statistic: 'max', series: ['pm*'] },
  { kind: 'statistic', statistic: 'last', series: ['pm*'] },
  { kind: 'percentile', percentile: 90, series: ['pm*'] },
  { kind: 'share', comparison: 'above', threshold: 50, series: ['pm*'] },
  { kind: 'days', dayStatistic: 'mean', comparison: 'above', threshold: 40, minimumObservations: 1, series: ['pm*'] },
  { kind: 'days', dayStatistic: 'max', comparison: 'above', threshold: 40, minimumObservations: 1, series: ['pm*'] },
  {
    kind: 'ratio',
    numerator: { statistic: 'sum', series: ['pm10'] },
    denominator: { statistic: 'max', series: ['pm*'] },
    scale: 1,
    complement: false,
  },
];

/** A KPI, series that are registered and changed on the way, and batches of which later ones correct earlier ones. */
const written = fc
  .record({
    measure: fc.constantFrom(...MEASURES),
    period: fc.constantFrom('month' as const, 'quarter' as const),
    batches: fc.array(
      fc.array(
        fc.tuple(
          fc.constantFrom('pm25', 'pm10', 'pm1'),
          fc.integer({ min: 0, max: 60 }).map((step) => FROM_ms + step * 37 * HOUR_ms),
          fc.integer({ min: -1000, max: 1000 }).map((tenths) => tenths / 10),
        ),
        { minLength: 1, maxLength: 30 },
      ),
      { minLength: 2, maxLength: 8 },
    ),
    late: fc.nat(),
  })
  .map(({ measure, period, batches, late }) => {
    const log = new WrittenLog().organisation('Europe/Zurich').series('pm25', { expectedInterval_ms: 24 * HOUR_ms });
    log.kpi(kpiDefinition('k', { measure, period }));
    batches.forEach((readings, index) => {
      if (index === late % batches.length) log.series('pm10', { expectedInterval_ms: HOUR_ms });
      log.observe(...(readings as Reading[]));
    });
    return log;
  });

function everythingOf({ source }: WrittenViews, scope: { readonly now_ms: number; readonly asOf?: string }): unknown {
  const queries = new KpiQueries(source);
  const { items } = queries.periods('k', scope)!;
  return {
    detail: queries.detail('k', scope),
    list: queries.list({}, scope).items,
    items,
    explained: items.map(({ period }) => queries.explain('k', period.label, scope)),
  };
}

describe('figures of a KPI as of a moment', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('law: are those that were given then, by every measure and with corrections after, settled or not', () => {
    const law = fc.property(written, fc.nat(), fc.boolean(), (log, pick, settled) => {
      const position = 3 + (pick % (log.position - 2));
      const then = viewsOf(log.events.slice(0, position));
      const now = viewsOf(log.events.slice(0, position));
      now.write(log.events.slice(position), settled);
      const now_ms = log.events[position - 1]!.recordedAt_ms;
      const told = everythingOf(then, { now_ms, asOf: String(position) });
      expect(everythingOf(now, { ...NOW, asOf: String(position) })).toEqual(told);
      then.close();
      now.close();
    });
    fc.assert(law, { numRuns: 60 });
  });

  it('law: are the same whether they are stored or computed', () => {
    const law = fc.property(written, (log) => {
      const [stored, computed] = [viewsOf(log.events), new WrittenViews()];
      computed.write(log.events, false);
      expect(everythingOf(computed, NOW)).toEqual(everythingOf(stored, NOW));
      stored.close();
      computed.close();
    });
    fc.assert(law, { numRuns: 30 });
  });

  it('are measured once an answer, and not at all where there was nothing or nothing has changed', () => {
    const log = new WrittenLog().organisation().kpi(kpiDefinition('k'));
    log.observe(['pm25', '2026-05-10T00:00:00Z', 1], ['pm25', '2026-06-10T00:00:00Z', 2]);
    log.observe(['pm25', '2026-10-10T00:00:00Z', 3], ['pm25', '2026-11-10T00:00:00Z', 4]);
    const position = log.position;
    log.observe(['pm25', '2026-06-10T00:00:00Z', 20], ['pm25', '2026-11-10T00:00:00Z', 40]);
    const measured = jest.spyOn(PeriodMeter.prototype, 'measurePeriod');
    const views = viewsOf(log.events);
    const scope = { ...NOW, asOf: String(position) };
    measured.mockClear();
    const { sparkline, current } = new KpiQueries(views.source).detail('k', scope)!;
    expect(sparkline.slice(-7)).toEqual([1, 2, null, null, null, 3, 4]);
    expect(current).toMatchObject({ value: 4, period: { label: '2026-11' } });
    expect(measured.mock.calls.map(([{ startsOn }]) => startsOn)).toEqual(['2026-11-01', '2026-06-01']);
    measured.mockClear();
    new KpiQueries(views.source).detail('k', NOW);
    expect(measured).not.toHaveBeenCalled();
  });

  it('follow the calendar of the moment, not the one that came later', () => {
    const log = new WrittenLog().kpi(kpiDefinition('k', { period: 'fiscal-year' }));
    log.observe(['pm25', '2026-02-10T00:00:00Z', 1], ['pm25', '2026-09-10T00:00:00Z', 3]);
    const position = log.position;
    const told = new KpiQueries(viewsOf(log.events).source).periods('k', { ...NOW, asOf: String(position) });
    log.organisation('UTC', 7);
    const views = viewsOf(log.events);
    expect(new KpiQueries(views.source).periods('k', NOW)!.items.map(({ value }) => value)).toEqual([3, 1]);
    expect(new KpiQueries(views.source).periods('k', { ...NOW, asOf: String(position) })).toEqual(told);
  });
});
