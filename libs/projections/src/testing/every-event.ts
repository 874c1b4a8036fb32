import { type ProjectedEvent } from '../projection.js';
import { kpiDefinition, WrittenLog } from './written-log.js';

const target = { value: 20, date: '2026-12-31' };
const kpi = { kpiId: 'pm25-mean' };
const unit = { unitId: 'air' };
const change = (changeId: string): object => ({
  ...kpi,
  changeId,
  effectiveFrom: '2026-11-01',
  reason: 'measured near a road now',
  proposedBy: 'ada',
});
const finding = { findingId: 'f1', ...kpi, criteria: 'c', condition: 'too high', cause: 'c', effect: 'e' };
const action = { actionId: 'sweep', ...kpi, ...unit };

/**
 * A log in which every event type that the views know comes at least once. Its first `founding` events found what the
 * others go on with.
 */
export function everyEvent(): { readonly events: readonly ProjectedEvent[]; readonly founding: number } {
  const log = founded();
  const founding = log.position;
  decided(log);
  improved(log);
  observed(log);
  return { events: log.events, founding };
}

function founded(): WrittenLog {
  return new WrittenLog()
    .organisation('Europe/Zurich', 7)
    .say('source-sensors', 'SourceRegistered', { sourceId: 'sensors', name: { en: 'Sensors' } })
    .series('pm25', { expectedInterval_ms: 3_600_000, physicalRange: { min: 0 }, timeWindow: { maxAge_ms: 1e12 } })
    .series('old')
    .unit('air')
    .unit('water')
    .say('goal-clean', 'GoalSet', { goalId: 'clean', ...unit, name: { en: 'Clean air' }, dueDate: '2027-12-31' })
    .kpi(kpiDefinition('pm25-mean', { goalId: 'clean', staleAfter_days: 40 }))
    .kpi(kpiDefinition('retiring', { measure: { kind: 'share', comparison: 'above', threshold: 9, series: ['pm*'] } }))
    .say('review-r1', 'ReviewOpened', {
      reviewId: 'r1',
      ...unit,
      period: '2026-09',
      openedOn: '2026-10-01',
      agenda: [{ ...kpi, reason: 'off-track', value: 35, expected: 22, attainment_percent: 60 }],
      asOf: '4',
    })
    .say('action-sweep', 'ActionPlanned', {
      ...action,
      goalId: 'clean',
      reviewId: 'r1',
      findingId: 'f1',
      title: { en: 'Sweep the street' },
      ownerId: 'ada',
      dueDate: '2026-10-31',
      expectedEffect: { value: 20, date: '2026-12-31' },
      valueAtPlanning: 35,
      plannedOn: '2026-10-02',
    });
}

function decided(log: WrittenLog): void {
  const say = (type: string, data: object): unknown => log.say('kpi-pm25-mean', type, data);
  say('KpiBaselineSet', { ...kpi, baseline: { value: 60, date: '2025-12-31' } });
  say('KpiTargetSet', { ...kpi, target, effectiveFrom: '2026-01-01' });
  say('KpiActivated', { ...kpi, activatedOn: '2026-01-01' });
  say('KpiRedefined', { ...kpiDefinition('pm25-mean', { decimals: 2 }), reason: 'finer' });
  say('TargetChangeProposed', { ...change('c1'), target: { value: 40, date: '2026-12-31' } });
  say('TargetChangeApproved', { ...change('c1'), target: { value: 40, date: '2026-12-31' }, approvedBy: 'grace' });
  say('TargetChangeProposed', { ...change('c2'), target });
  say('TargetChangeRejected', { ...kpi, changeId: 'c2', reason: 'no', rejectedBy: 'grace' });
  say('MethodChangeProposed', { ...change('m1'), method: { weight: 50 } });
  say('MethodChangeApproved', { ...change('m1'), method: { weight: 50 }, approvedBy: 'grace' });
  say('MethodChangeProposed', { ...change('m2'), method: { period: 'quarter' } });
  say('MethodChangeRejected', { ...kpi, changeId: 'm2', reason: 'no', rejectedBy: 'grace' });
  log
    .say('kpi-retiring', 'KpiRetired', { kpiId: 'retiring', reason: 'replaced', retiredOn: '2026-11-01' })
    .say('unit-air', 'KpiSeatTaken', { ...unit, ...kpi, weight: 100, horizon: 'short' })
    .say('unit-air', 'UnitRenamed', { ...unit, name: { en: 'Air quality', 'zh-CN': '空气质量' } })
    .say('unit-air', 'KpiSeatFreed', { ...unit, kpiId: 'retiring' })
    .say('unit-water', 'UnitRetired', { unitId: 'water' })
    .say('goal-clean', 'GoalRevised', { goalId: 'clean', ...unit, name: { en: 'Cleaner air' }, reason: 'more' })
    .say('goal-clean', 'GoalClosed', { goalId: 'clean', outcome: 'dropped', reason: 'replaced' })
    .say('series-pm25', 'SeriesChanged', {
      seriesKey: 'pm25',
      sourceId: 'sensors',
      name: { en: 'PM' },
      unitOfMeasure: 'ug/m3',
      expectedInterval_ms: 7_200_000,
    })
    .say('series-old', 'SeriesRetired', { seriesKey: 'old' })
    .say('source-sensors', 'SourceKeyIssued', { sourceId: 'sensors', keyId: 'k1', keySha256: 'f'.repeat(64) })
    .say('source-sensors', 'SourceKeyRevoked', { sourceId: 'sensors', keyId: 'k1' })
    .say('source-sensors', 'SourceRetired', { sourceId: 'sensors' });
}

function improved(log: WrittenLog): void {
  const check = { checkedOn: '2026-11-02', period: '2026-10', value: 19, worked: 'yes', note: 'it did', asOf: '10' };
  log
    .say('review-r1', 'FindingRecorded', { reviewId: 'r1', ...unit, finding })
    .say('review-r1', 'ReviewClosed', { reviewId: 'r1', ...unit, conclusion: 'act', closedOn: '2026-10-03' })
    .say('action-sweep', 'ActionProgressReported', { ...action, percent: 40, note: 'begun', reportedOn: '2026-10-09' })
    .say('action-sweep', 'ActionCompleted', { ...action, completedOn: '2026-10-20', note: 'done' })
    .say('action-sweep', 'ActionEffectChecked', { ...action, check })
    .say('action-sweep', 'ActionCancelled', { ...action, reason: 'was done' });
}

function observed(log: WrittenLog): void {
  log
    .observe(
      ['pm25', '2026-10-05T00:00:00Z', 35],
      ['pm25', '2026-10-06T00:00:00Z', 3, 'E'],
      ['new', '2026-10-05T00:00:00Z', 1],
    )
    .observe(['pm25', '2026-10-05T00:00:00Z', 12], ['pm25', '2026-11-05T00:00:00Z', 8])
    .say('observations-sensors', 'ObservationsQuarantined', {
      sourceId: 'sensors',
      items: [
        { reason: 'not-finite', detail: 'NaN', series: 'pm25', original: 'NaN', encoding: 'utf8' },
        { reason: 'unknown-series', detail: 'x', series: 'x', observedAt_ms: 5, original: '1', encoding: 'utf8' },
      ],
    });
}
