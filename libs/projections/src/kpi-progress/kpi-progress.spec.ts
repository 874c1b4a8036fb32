import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOfViews } from '../digest.js';
import { KpiQueries } from '../queries/kpi-queries.js';
import { SeriesQueries } from '../queries/series-queries.js';
import { kpiDefinition, type Reading, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf, WrittenViews } from '../testing/written-views.js';

const TARGET_2026 = { value: 20, date: '2026-12-31' };
const TARGET_EASIER = { value: 40, date: '2026-12-31' };

/** A KPI with a baseline of 60 and a target of 20, two months of data, a correction, and then an easier target. */
function story(): WrittenLog {
  return new WrittenLog()
    .organisation('Asia/Shanghai')
    .series('pm25', { expectedInterval_ms: 24 * 3_600_000 })
    .unit('air')
    .kpi(kpiDefinition('pm25-mean'))
    .say('kpi-pm25-mean', 'KpiBaselineSet', { kpiId: 'pm25-mean', baseline: { value: 60, date: '2025-12-31' } })
    .say('kpi-pm25-mean', 'KpiTargetSet', {
      kpiId: 'pm25-mean',
      target: TARGET_2026,
      effectiveFrom: '2026-01-01',
    })
    .observe(['pm25', '2026-09-30T16:00:00Z', 30], ['pm25', '2026-10-31T15:59:59Z', 50])
    .observe(['pm25', '2026-10-31T16:00:00Z', 33])
    .observe(['pm25', '2026-10-31T15:59:59Z', 10])
    .say('kpi-pm25-mean', 'TargetChangeApproved', {
      kpiId: 'pm25-mean',
      changeId: 'c1',
      target: TARGET_EASIER,
      effectiveFrom: '2026-11-01',
      reason: 'measured near a road now',
      proposedBy: 'ada',
      approvedBy: 'grace',
    });
}

describe('KPI progress', () => {
  it('gives each period its value, the target in force at its end, attainment, expected value and status', () => {
    const { items } = new KpiQueries(viewsOf(story().events).source).periods('pm25-mean', NOW)!;
    expect(items.map(({ period, value, target, running }) => [period.label, value, target?.value, running])).toEqual([
      ['2026-11', 33, 40, true],
      ['2026-10', 20, 20, false],
    ]);
    expect(items[1]).toMatchObject({
      period: { startsOn: '2026-10-01', endsOn: '2026-10-31' },
      observations: 2,
      attainment_percent: 100,
      status: 'on-track',
      lastObservedAt: '2026-10-31T15:59:59.000Z',
    });
    expect(items[1]!.completeness_percent).toBeCloseTo((100 * 2) / 31, 9);
    expect(items[1]!.expected).toBeCloseTo(60 - (40 * 304) / 365, 9);
  });

  it('answers as of a position with the value before a late correction and the target before a change', () => {
    const queries = new KpiQueries(viewsOf(story().events).source);
    const labelled = (asOf: string) =>
      queries
        .periods('pm25-mean', { ...NOW, asOf })!
        .items.map(({ period, value, target }) => [period.label, value, target?.value]);
    expect(labelled('9')).toEqual([
      ['2026-11', 33, 20],
      ['2026-10', 20, 20],
    ]);
    expect(labelled('8')).toEqual([
      ['2026-11', 33, 20],
      ['2026-10', 40, 20],
    ]);
    expect(labelled('7')).toEqual([
      ['2026-11', null, 20],
      ['2026-10', 40, 20],
    ]);
    expect(queries.detail('pm25-mean', { ...NOW, asOf: '3' })).toBeNull();
  });

  it('takes the newest period with a value as the current one, and shows 13 periods', () => {
    const queries = new KpiQueries(viewsOf(story().events).source);
    const [summary] = queries.list({ unitId: 'air' }, NOW).items;
    expect(summary!.current.period.label).toBe('2026-11');
    expect(summary!.sparkline).toEqual([...new Array(11).fill(null), 20, 33]);
    expect(queries.list({ unitId: 'water' }, NOW).items).toEqual([]);
    expect(queries.list({ lifecycle: 'active' }, NOW).items).toEqual([]);
  });

  it('never counts a period to come: not as current, not in the list, not in the sparkline', () => {
    const log = story().observe(['pm25', '2126-11-01T00:00:00Z', 999], ['pm25', '2026-12-01T00:00:00Z', 998]);
    const onlyFuture = kpiDefinition('later', { measure: { kind: 'statistic', statistic: 'mean', series: ['no2'] } });
    log.kpi(onlyFuture).observe(['no2', '2126-11-01T00:00:00Z', 999]);
    const queries = new KpiQueries(viewsOf(log.events).source);
    const detail = queries.detail('pm25-mean', NOW)!;
    expect(detail.current).toMatchObject({ value: 33, running: true, period: { label: '2026-11' } });
    expect(detail.sparkline.slice(-2)).toEqual([20, 33]);
    const labelsOf = (kpiId: string, more: object = {}): unknown =>
      queries.periods(kpiId, { ...NOW, ...more })!.items.map(({ period }) => period.label);
    expect(labelsOf('pm25-mean')).toEqual(['2026-11', '2026-10']);
    const { nextCursor } = queries.periods('pm25-mean', { ...NOW, limit: 1 })!;
    expect(labelsOf('pm25-mean', { cursor: nextCursor })).toEqual(['2026-10']);
    expect(queries.detail('later', NOW)).toMatchObject({
      current: { value: null, running: true },
      warnings: ['NO_DATA', 'NO_TARGET'],
    });
    expect(labelsOf('later')).toEqual(['2026-11']);
    const inDecember = { now_ms: Date.parse('2026-12-15T00:00:00Z') };
    expect(queries.detail('pm25-mean', inDecember)!.current).toMatchObject({ value: 998, running: true });
  });

  it('computes all periods by an approved method from then on, and answers as of before by the old one', () => {
    const method = { measure: { kind: 'statistic', statistic: 'max', series: ['pm25'] }, weight: 30 };
    const change = { kpiId: 'pm25-mean', changeId: 'm1', method, effectiveFrom: '2026-11-01', reason: 'peaks count' };
    const log = story()
      .say('kpi-pm25-mean', 'MethodChangeProposed', { ...change, proposedBy: 'ada' })
      .say('kpi-pm25-mean', 'MethodChangeApproved', { ...change, proposedBy: 'ada', approvedBy: 'grace' });
    const valuesOf = (queries: KpiQueries, asOf?: number): unknown =>
      queries
        .periods('pm25-mean', { ...NOW, ...(asOf !== undefined && { asOf: String(asOf) }) })!
        .items.map(({ value }) => value);
    for (const size of [1, 100]) {
      const queries = new KpiQueries(viewsOf(log.events, size).source);
      expect(valuesOf(queries)).toEqual([33, 30]);
      expect(queries.detail('pm25-mean', NOW)).toMatchObject({ weight: 30, openMethodChanges: [] });
      const before = log.position - 1;
      expect(valuesOf(queries, before)).toEqual([33, 20]);
      expect(queries.detail('pm25-mean', { ...NOW, asOf: String(before) })).toMatchObject({
        weight: 100,
        definition: { measure: { statistic: 'mean' } },
        openMethodChanges: [{ changeId: 'm1', method, proposedBy: 'ada' }],
      });
    }
  });

  it('takes another value at the same time as a correction, which changes the figure', () => {
    const log = story().observe(['pm25', '2026-10-31T16:00:00Z', 133]).observe(['pm25', '2026-10-31T16:00:00Z', 34]);
    const views = viewsOf(log.events).source;
    expect(new KpiQueries(views).detail('pm25-mean', NOW)!.current.value).toBe(34);
    const series = new SeriesQueries(views);
    expect(series.series({ prefix: 'pm25' }, NOW).items[0]).toMatchObject({ repeats: 0, corrections: 3 });
    const from = '2026-10-31T16:00:00Z';
    expect(series.observations({ seriesKey: 'pm25', from, to: '2026-11-02T00:00:00Z' }, NOW)!.items).toMatchObject([
      { value: 34, replaced: [{ value: 133 }, { value: 33 }] },
    ]);
  });

  it('has no status for a headline that has become stale, while the figure of its period keeps the one it had', () => {
    const log = new WrittenLog().organisation().kpi(kpiDefinition('fresh', { staleAfter_days: 30 }));
    log
      .say('kpi-fresh', 'KpiTargetSet', { kpiId: 'fresh', target: TARGET_2026, effectiveFrom: '2026-01-01' })
      .observe(['pm25', '2026-03-20T00:00:00Z', 10]);
    const queries = new KpiQueries(viewsOf(log.events).source);
    const detail = queries.detail('fresh', NOW)!;
    expect(detail.current).toMatchObject({ value: 10, status: 'no-data' });
    expect(detail.warnings).toEqual(['STALE_DATA']);
    expect(queries.periods('fresh', NOW)!.items.at(-1)).toMatchObject({ value: 10, status: 'on-track' });
  });

  it('judges the running period by the target in force today, not by one that will be later', () => {
    const log = story().say('kpi-pm25-mean', 'TargetChangeApproved', {
      kpiId: 'pm25-mean',
      changeId: 'c2',
      target: { value: 50, date: '2027-12-31' },
      effectiveFrom: '2026-11-28',
      reason: 'from next week on',
      proposedBy: 'ada',
      approvedBy: 'grace',
    });
    const queries = new KpiQueries(viewsOf(log.events).source);
    const targetOn = (day: string): unknown =>
      queries
        .periods('pm25-mean', { now_ms: Date.parse(`${day}T06:00:00Z`) })!
        .items.find(({ period }) => period.label === '2026-11')!.target?.value;
    expect([targetOn('2026-11-24'), targetOn('2026-11-28'), targetOn('2026-12-02')]).toEqual([40, 50, 50]);
    expect(queries.explain('pm25-mean', '2026-11', NOW)!.positions.target).toBe('10');
  });

  it('does not judge a figure that accumulates before its period is over', () => {
    const measure = { kind: 'statistic', statistic: 'sum', series: ['accidents'] } as const;
    const log = new WrittenLog().organisation().kpi(kpiDefinition('accidents', { measure }));
    log
      .say('kpi-accidents', 'KpiTargetSet', { kpiId: 'accidents', target: TARGET_2026, effectiveFrom: '2026-01-01' })
      .observe(['accidents', '2026-11-20T00:00:00Z', 12]);
    const first = new KpiQueries(viewsOf(log.events).source).detail('accidents', NOW)!;
    expect(first.current).toMatchObject({ value: 12, status: 'running', attainment_percent: null, running: true });
    log.observe(['accidents', '2026-10-20T00:00:00Z', 30]);
    const queries = new KpiQueries(viewsOf(log.events).source);
    const { current, sparkline } = queries.detail('accidents', NOW)!;
    expect(current).toMatchObject({ period: { label: '2026-10' }, value: 30, status: 'off-track' });
    expect(sparkline.at(-1)).toBe(30);
    expect(queries.explain('accidents', '2026-11', NOW)!.attainment).toMatchObject({ status: 'running' });
  });

  it('explains a figure by its formula, its days and the positions it came from', () => {
    const queries = new KpiQueries(viewsOf(story().events).source);
    const explanation = queries.explain('pm25-mean', '2026-10', NOW)!;
    expect(explanation).toMatchObject({
      value: 20,
      formula: '40 / 2',
      method: { name: 'period-statistic', version: 1 },
      positions: { definition: '4', target: '6', observations: ['7', '9'], truncated: false },
    });
    expect(explanation.inputs[0]).toMatchObject({ name: 'value', series: ['pm25'], observations: 2 });
    expect(explanation.inputs[0]!.days.map(({ day, count }) => [day, count])).toEqual([
      ['2026-10-01', 1],
      ['2026-10-31', 1],
    ]);
    expect(queries.explain('pm25-mean', '2026-10', { ...NOW, asOf: '8' })).toMatchObject({
      value: 40,
      positions: { observations: ['7'] },
    });
    expect(() => queries.explain('pm25-mean', '2026-Q4', NOW)).toThrow(/2026-Q4/);
  });

  it('fills all periods of a KPI that is defined or redefined after its data', () => {
    const log = new WrittenLog().organisation('UTC', 4);
    for (let year = 2023; year <= 2026; year += 1) log.observe(['pm25', `${year}-03-15T00:00:00Z`, year]);
    log.kpi(kpiDefinition('yearly', { period: 'fiscal-year' }));
    const events = [...log.events];
    const queries = new KpiQueries(viewsOf(events, 1).source);
    expect(queries.periods('yearly', NOW)!.items.map(({ period, value }) => [period.label, value])).toEqual([
      ['FY2027', null],
      ['FY2026', 2026],
      ['FY2025', 2025],
      ['FY2024', 2024],
      ['FY2023', 2023],
    ]);
    log.say('kpi-yearly', 'KpiRedefined', {
      ...kpiDefinition('yearly', {
        period: 'year',
        measure: { kind: 'statistic', statistic: 'count', series: ['pm*'] },
      }),
      reason: 'calendar years are asked for',
    });
    const redefined = new KpiQueries(viewsOf(log.events, 2).source);
    expect(redefined.periods('yearly', NOW)!.items.map(({ period, value }) => [period.label, value])).toEqual([
      ['2026', 1],
      ['2025', 1],
      ['2024', 1],
      ['2023', 1],
    ]);
    expect(redefined.periods('yearly', { ...NOW, asOf: '6' })!.items[1]).toMatchObject({ value: 2026 });
  });

  it('computes ratios, shares, percentiles and exceedance days over a prefix of series', () => {
    const log = new WrittenLog().organisation();
    const measures = {
      ratio: {
        kind: 'ratio',
        numerator: { statistic: 'sum', series: ['late'] },
        denominator: { statistic: 'sum', series: ['all'] },
        scale: 100,
        complement: true,
      },
      share: { kind: 'share', comparison: 'above', threshold: 15, series: ['air/*'] },
      median: { kind: 'percentile', percentile: 50, series: ['air/*'] },
      days: {
        kind: 'days',
        dayStatistic: 'mean',
        comparison: 'above',
        threshold: 15,
        minimumObservations: 2,
        series: ['air/*'],
      },
    } as const;
    for (const [kpiId, measure] of Object.entries(measures)) log.kpi(kpiDefinition(kpiId, { measure }));
    log
      .observe(['late', '2026-10-01T00:00:00Z', 5], ['all', '2026-10-01T00:00:00Z', 50])
      .observe(['air/1', '2026-10-01T06:00:00Z', 10], ['air/2', '2026-10-01T06:00:00Z', 22])
      .observe(['air/1', '2026-10-02T06:00:00Z', 99], ['air/2', '2026-10-03T06:00:00Z', 14])
      .observe(['air/1', '2026-10-03T06:00:00Z', 12], ['airport', '2026-10-03T06:00:00Z', 1e6]);
    const queries = new KpiQueries(viewsOf(log.events).source);
    const figures = queries.list({}, NOW).items.map(({ kpiId, current }) => [kpiId, current.value]);
    expect(figures).toEqual([
      ['days', 1],
      ['median', 14],
      ['ratio', 90],
      ['share', 40],
    ]);
  });

  it('answers from the rollups while figures are marked as stale', () => {
    const views = viewsOf(story().events.slice(0, 7));
    const late = story().events.slice(7);
    views.write(late, false);
    expect(views.database.all('SELECT * FROM kpi_stale')).not.toEqual([]);
    const before = new KpiQueries(views.source).periods('pm25-mean', NOW)!.items;
    expect(digestOfViews(views.database)).toBe(digestOfViews(viewsOf(story().events).database));
    views.write([], true);
    expect(views.database.all('SELECT * FROM kpi_stale')).toEqual([]);
    expect(new KpiQueries(views.source).periods('pm25-mean', NOW)!.items).toEqual(before);
    expect(before[1]!.value).toBe(20);
  });

  it('leaves a KPI that cannot be computed stale, computes the others, and tells of it once', () => {
    const median = { kind: 'percentile', percentile: 50, series: ['broken'] } as const;
    const log = new WrittenLog().organisation().kpi(kpiDefinition('strange', { measure: median }));
    log.kpi(kpiDefinition('usual')).observe(['pm25', '2026-10-05T00:00:00Z', 7], ['broken', '2026-10-05T00:00:00Z', 7]);
    const views = new WrittenViews();
    views.write(log.events, false);
    const broken = "(SELECT series_id FROM series WHERE series_key = 'broken')";
    views.database.exec(`UPDATE observation_block SET payload = x'00' WHERE series_id = ${broken}`);
    const { troubles } = views.write([], true);
    expect(troubles).toMatchObject([{ projection: 'kpi-progress', kpiId: 'strange' }]);
    expect(views.write([], true).troubles).toEqual([]);
    const queries = new KpiQueries(views.source);
    expect(queries.detail('usual', NOW)!.current.value).toBe(7);
    expect(() => queries.detail('strange', NOW)).toThrow();
    expect(views.database.all('SELECT DISTINCT kpi_id FROM kpi_stale')).toEqual([{ kpi_id: 'strange' }]);
  });

  it('law: an answer as of a position is the answer that was given at that position', () => {
    const reading = fc.tuple(
      fc.constantFrom('pm25', 'pm10'),
      fc.integer({ min: 0, max: 90 * 24 }).map((hour) => Date.parse('2026-08-01T00:00:00Z') + hour * 3_600_000),
      fc.integer({ min: 0, max: 100 }),
    );
    const batches = fc.array(fc.array(reading, { minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 10 });
    const measure = fc.constantFrom(
      { kind: 'statistic', statistic: 'mean', series: ['pm*'] } as const,
      { kind: 'share', comparison: 'above', threshold: 50, series: ['pm25'] } as const,
    );
    const law = fc.property(batches, measure, fc.nat(), (all, kind, pick) => {
      const log = new WrittenLog().organisation('Europe/Zurich').kpi(kpiDefinition('k', { measure: kind }));
      for (const readings of all) log.observe(...(readings as Reading[]));
      const position = 2 + (pick % (log.position - 1));
      const then = viewsOf(log.events.slice(0, position));
      const now = viewsOf(log.events);
      const now_ms = log.events[position - 1]!.recordedAt_ms;
      const told = new KpiQueries(then.source).detail('k', { now_ms });
      expect(new KpiQueries(now.source).detail('k', { ...NOW, asOf: String(position) })).toEqual(told);
      const periods = new KpiQueries(then.source).periods('k', { now_ms })!.items;
      expect(new KpiQueries(now.source).periods('k', { ...NOW, asOf: String(position) })!.items).toEqual(periods);
      then.close();
      now.close();
    });
    fc.assert(law, { numRuns: 40 });
  });

  it('gives the same digest however the log was cut into transactions', () => {
    const events = story().events;
    const digest = digestOfViews(viewsOf(events).database);
    for (const size of [1, 2, 3]) expect(digestOfViews(viewsOf(events, size).database)).toBe(digest);
    const other = story().observe(['pm25', '2026-10-31T15:59:59Z', 11]);
    expect(digestOfViews(viewsOf(other.events).database)).not.toBe(digest);
  });
});
