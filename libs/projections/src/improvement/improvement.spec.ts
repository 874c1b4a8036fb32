import { describe, expect, it } from '@jest/globals';
import { ImprovementQueries } from '../queries/improvement-queries.js';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';

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
      .observe(['pm25', '2026-10-05T00:00:00Z', 35])
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
    const { items, asOf } = queries.agenda('air', NOW);
    expect(items.map(({ reason, value }) => [reason, value])).toEqual([
      ['no-data', 35],
      ['overdue-action', 35],
      ['open-target-change', 35],
    ]);
    expect(asOf.position).toBe(String(log.position));
    expect(queries.agenda('water', NOW).items).toEqual([]);
  });
});
