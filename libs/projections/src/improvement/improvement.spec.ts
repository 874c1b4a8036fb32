import { describe, expect, it } from '@jest/globals';
import { periodFromLabel } from '#lib/analysis';
import { ImprovementQueries } from '../queries/improvement-queries.js';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf, WrittenViews } from '../testing/written-views.js';
import { reviewedPeriod } from './agenda.js';

const plan = (actionId: string, more: object = {}): object => ({
  actionId,
  unitId: 'air',
  kpiId: 'pm25-mean',
  title: { en: 'Sweep the street' },
  ownerId: 'ada',
  dueDate: '2026-10-31',
  expectedEffect: { value: 20, date: '2026-12-31' },
  valueAtPlanning: 35,
  plannedOn: '2026-10-02',
  ...more,
});
const place = { actionId: 'sweep', kpiId: 'pm25-mean', unitId: 'air' };

function story(): WrittenLog {
  const log = new WrittenLog().organisation().unit('air').kpi(kpiDefinition('pm25-mean'));
  log.say('kpi-pm25-mean', 'KpiActivated', { kpiId: 'pm25-mean', activatedOn: '2026-01-01' });
  log.say('review-r1', 'ReviewOpened', {
    reviewId: 'r1',
    unitId: 'air',
    period: '2026-09',
    openedOn: '2026-10-01',
    agenda: [{ kpiId: 'pm25-mean', reason: 'off-track', value: 35, expected: 22, attainment_percent: 60 }],
    asOf: '4',
  });
  const finding = {
    findingId: 'f1',
    goalId: 'clean-air',
    criteria: 'c',
    condition: 'too high',
    cause: 'c',
    effect: 'e',
  };
  log.say('review-r1', 'FindingRecorded', { reviewId: 'r1', unitId: 'air', finding });
  log.say('action-sweep', 'ActionPlanned', plan('sweep', { reviewId: 'r1', findingId: 'f1' }));
  log.say('review-r1', 'ReviewClosed', { reviewId: 'r1', unitId: 'air', conclusion: 'act', closedOn: '2026-10-03' });
  log.say('action-sweep', 'ActionProgressReported', { ...place, percent: 40, note: 'begun', reportedOn: '2026-10-09' });
  log.say('action-sweep', 'ActionCompleted', { ...place, completedOn: '2026-10-20', note: 'done' });
  const check = { checkedOn: '2026-11-02', period: '2026-10', value: 19, worked: 'yes', note: 'it did', asOf: '10' };
  return log.say('action-sweep', 'ActionEffectChecked', { ...place, check });
}

describe('improvement history', () => {
  it('tells of a review its agenda, findings, conclusion and actions, each step with its position', () => {
    const queries = new ImprovementQueries(viewsOf(story().events).source);
    const { items } = queries.reviews({ unitId: 'air' }, NOW);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      reviewId: 'r1',
      state: 'closed',
      closedOn: '2026-10-03',
      conclusion: 'act',
      agendaAsOf: '4',
      findings: [{ findingId: 'f1', position: '6' }],
      actions: [{ actionId: 'sweep', state: 'completed', progress_percent: 100, check: { worked: 'yes' } }],
    });
    expect(items[0]!.steps.map(({ position, note }) => [position, note])).toEqual([
      ['5', null],
      ['6', 'too high'],
      ['8', 'act'],
    ]);
  });

  it('finds reviews by unit, goal and KPI through the agenda alone, and actions by all three', () => {
    const log = new WrittenLog()
      .organisation()
      .unit('air')
      .kpi(kpiDefinition('pm25-mean', { goalId: 'breathe' }));
    log.say('kpi-pm25-mean', 'KpiActivated', { kpiId: 'pm25-mean', activatedOn: '2026-01-01' });
    const { items: agenda } = new ImprovementQueries(viewsOf(log.events).source).agenda('air', '2026-10', NOW);
    expect(agenda).toMatchObject([{ kpiId: 'pm25-mean', goalId: 'breathe', period: '2026-10', reason: 'no-data' }]);
    const opened = { unitId: 'air', period: '2026-10', openedOn: '2026-11-01', asOf: '4' };
    log.say('review-r1', 'ReviewOpened', { ...opened, reviewId: 'r1', agenda });
    log.say('review-r2', 'ReviewOpened', { ...opened, reviewId: 'r2', agenda: [] });
    log.say('action-sweep', 'ActionPlanned', plan('sweep', { goalId: 'breathe' }));
    log.say('action-plant', 'ActionPlanned', plan('plant', { kpiId: 'no2', unitId: 'water' }));
    const queries = new ImprovementQueries(viewsOf(log.events).source);
    const found = (filter: object): unknown => [
      queries.reviews(filter, NOW).items.map(({ reviewId }) => reviewId),
      queries.actions(filter, NOW).items.map(({ actionId }) => actionId),
    ];
    expect(found({ unitId: 'air' })).toEqual([['r2', 'r1'], ['sweep']]);
    expect(found({ goalId: 'breathe' })).toEqual([['r1'], ['sweep']]);
    expect(found({ kpiId: 'pm25-mean' })).toEqual([['r1'], ['sweep']]);
    expect(found({ goalId: 'other' })).toEqual([[], []]);
  });

  it('names the KPIs whose pages it changes', () => {
    const views = new WrittenViews();
    const touched = story().events.map((event) => [event.type, [...views.write([event]).kpiIds]]);
    expect(touched.slice(4)).toEqual([
      ['ReviewOpened', ['pm25-mean']],
      ['FindingRecorded', ['pm25-mean']],
      ['ActionPlanned', ['pm25-mean']],
      ['ReviewClosed', ['pm25-mean']],
      ['ActionProgressReported', ['pm25-mean']],
      ['ActionCompleted', ['pm25-mean']],
      ['ActionEffectChecked', ['pm25-mean']],
    ]);
    views.close();
  });

  it('is found by goal and KPI, and told as of a position', () => {
    const queries = new ImprovementQueries(viewsOf(story().events).source);
    expect(queries.reviews({ goalId: 'clean-air' }, NOW).items).toHaveLength(1);
    expect(queries.reviews({ goalId: 'clean-air' }, { ...NOW, asOf: '5' }).items).toHaveLength(0);
    expect(queries.reviews({ kpiId: 'pm25-mean' }, { ...NOW, asOf: '5' }).items[0]).toMatchObject({
      state: 'open',
      findings: [],
      actions: [],
    });
    expect(queries.actions({ kpiId: 'pm25-mean' }, { ...NOW, asOf: '9' }).items[0]).toMatchObject({
      state: 'in-progress',
      progress_percent: 40,
      check: null,
    });
    expect(queries.actions({ kpiId: 'other' }, NOW).items).toEqual([]);
    expect(queries.action('sweep', { ...NOW, asOf: '6' })).toBeNull();
    expect(queries.review('r1', NOW)).toMatchObject({ reviewId: 'r1' });
  });

  it('puts on the agenda each active KPI by its status, its open target change and its overdue actions', () => {
    const log = story()
      .observe(['pm25', '2026-10-05T00:00:00Z', 35], ['pm25', '2026-11-02T00:00:00Z', 7])
      .say('kpi-pm25-mean', 'TargetChangeProposed', {
        kpiId: 'pm25-mean',
        changeId: 'c1',
        target: { value: 40, date: '2026-12-31' },
        effectiveFrom: '2026-12-01',
        reason: 'too hard',
        proposedBy: 'ada',
      })
      .say('action-late', 'ActionPlanned', plan('late'));
    const queries = new ImprovementQueries(viewsOf(log.events).source);
    const { items, asOf } = queries.agenda('air', '2026-10', NOW);
    expect(items.map(({ reason, value }) => [reason, value])).toEqual([
      ['no-data', 35],
      ['overdue-action', 35],
      ['open-target-change', 35],
    ]);
    expect(asOf.position).toBe(String(log.position));
    expect(queries.agenda('water', '2026-10', NOW).items).toEqual([]);
  });

  it('takes the agenda of a review from the reviewed period, not from the newest figures', () => {
    const log = story()
      .observe(['pm25', '2026-09-05T00:00:00Z', 21], ['pm25', '2026-10-05T00:00:00Z', 35])
      .observe(['pm25', '2025-06-05T00:00:00Z', 50])
      .kpi(kpiDefinition('yearly', { period: 'year' }))
      .say('kpi-yearly', 'KpiActivated', { kpiId: 'yearly', activatedOn: '2026-01-01' });
    const queries = new ImprovementQueries(viewsOf(log.events).source);
    const valuesOf = (period: string): unknown =>
      Object.fromEntries(queries.agenda('air', period, NOW).items.map(({ kpiId, value }) => [kpiId, value]));
    expect(valuesOf('2026-09')).toEqual({ 'pm25-mean': 21, yearly: 50 });
    expect(valuesOf('2026-08')).toEqual({ 'pm25-mean': null, yearly: 50 });
    expect(valuesOf('2026-Q3')).toEqual({ 'pm25-mean': 21, yearly: 50 });
    expect(() => queries.agenda('air', 'autumn', NOW)).toThrow(/2026-11/);
  });
});

describe('the period of a KPI that a review looks at', () => {
  const calendar = { timeZone: 'UTC', fiscalYearStartMonth: 4 };
  it.each([
    ['2026-09', 'month', '2026-11-24', '2026-09', 'the same month'],
    ['2026-11', 'month', '2026-11-24', '2026-11', 'the running month, as far as it is'],
    ['2026-Q3', 'month', '2026-11-24', '2026-09', 'the last month of a quarter'],
    ['2026', 'month', '2026-11-24', '2026-11', 'no later than the running month'],
    ['2027', 'month', '2026-11-24', '2027-12', 'a period to come has nothing to show'],
    ['2026-11', 'quarter', '2026-11-24', '2026-Q3', 'the quarter that had ended by then'],
    ['2026-12', 'year', '2027-01-05', '2026', 'a year that ends with the month'],
    ['2026', 'fiscal-year', '2027-01-05', 'FY2026', 'a fiscal year that ends within the year'],
    ['2026-02', 'fiscal-year', '2026-03-05', 'FY2025', 'the fiscal year before'],
  ] as const)('in a review of %s, by %s, on %s is %s: %s', (review, kind, today, label, why) => {
    const { label: found } = reviewedPeriod(periodFromLabel(review, calendar), kind, today, calendar);
    expect([found, why]).toEqual([label, why]);
  });
});
