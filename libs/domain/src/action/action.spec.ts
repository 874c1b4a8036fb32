import { describe, expect, it } from '@jest/globals';
import { anna, bo, person, TODAY } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type ActionCommand, actionDecider } from './action.js';

const { given, after } = scenario(actionDecider);
const ids = { actionId: 'zone', kpiId: 'clean-air', unitId: 'environment' };
const plan: ActionCommand = {
  type: 'PlanAction',
  actor: anna,
  ...ids,
  title: { en: 'Open the low emission zone' },
  ownerId: 'anna',
  dueDate: '2027-03-31',
  expectedEffect: { value: 50, date: '2027-12-31' },
  valueAtPlanning: 57,
  direction: 'down',
  today: TODAY,
};
const report = (percent: number, today = '2026-12-01', note = 'Signs ordered'): ActionCommand => ({
  type: 'ReportActionProgress',
  actor: anna,
  actionId: 'zone',
  percent,
  note,
  today,
});
const complete: ActionCommand = {
  type: 'CompleteAction',
  actor: anna,
  actionId: 'zone',
  note: 'Opened by the mayor',
  today: '2027-03-01',
};
const check: ActionCommand = {
  type: 'CheckActionEffect',
  actor: bo,
  actionId: 'zone',
  period: '2027-Q2',
  periodEndsOn: '2027-06-30',
  value: 52,
  judged: 'partly',
  worked: 'partly',
  note: 'Half of the way.',
  asOf: '99',
  today: '2027-07-01',
};
const cancel: ActionCommand = { type: 'CancelAction', actor: anna, actionId: 'zone', reason: 'No money is left.' };

describe('action: plan', () => {
  it('is planned once, whatever the KPI is worth by the second time', () => {
    expect(given().when(plan)).toMatchObject({ events: [{ type: 'ActionPlanned', data: { plannedOn: TODAY } }] });
    const again = { ...plan, valueAtPlanning: 58, today: '2028-01-01' } as ActionCommand;
    expect(after(plan).when(again)).toEqual(decided());
    expect(after(plan).when({ ...plan, ownerId: 'bo' } as ActionCommand)).toEqual(
      refused('conflict', 'ACTION.ALREADY_PLANNED'),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a due date in the past', { dueDate: '2026-11-23' }, 'dueDate'],
    ['an effect in the past', { expectedEffect: { value: 1, date: '2026-11-23' } }, 'expectedEffect.date'],
    ['no effect', { expectedEffect: undefined }, 'expectedEffect'],
    ['an effect without a number', { expectedEffect: { value: '50', date: '2027-12-31' } }, 'expectedEffect.value'],
    ['a value that is no number', { valueAtPlanning: undefined }, 'valueAtPlanning'],
    ['a finding of no review', { findingId: 'f1' }, 'reviewId'],
    ['no title', { title: {} }, 'title'],
  ])('refuses %s', (_what, change, where) => {
    expect(given().when({ ...plan, ...change } as ActionCommand)).toEqual(refused('invalid', 'ACTION.INVALID', where));
  });

  it('may be planned while its KPI has no value', () => {
    expect(given().when({ ...plan, valueAtPlanning: null } as ActionCommand)).toMatchObject({ events: [{}] });
  });

  it.each([
    ['down', 58, false],
    ['down', 57, true],
    ['down', 56, true],
    ['up', 56, false],
    ['up', 57, true],
    ['up', 58, true],
    ['range', 56, true],
    ['range', 58, true],
  ])('of a KPI that should go %s from 57, an effect of %d: planned %p', (direction, value, isPlanned) => {
    const outcome = given().when({
      ...plan,
      direction,
      expectedEffect: { value, date: '2027-12-31' },
    } as ActionCommand);
    if (isPlanned) expect(outcome).toMatchObject({ events: [{ type: 'ActionPlanned' }] });
    else expect(outcome).toEqual(refused('invalid', 'ACTION.INVALID', 'expectedEffect.value'));
  });

  it("does not record the direction, which is the KPI's to tell", () => {
    expect(after(plan).state.plan).not.toHaveProperty('direction');
  });
});

describe('action: progress and completion', () => {
  it('reports progress with unit and KPI; the same report twice is one', () => {
    expect(after(plan).when(report(40))).toEqual(
      decided({
        type: 'ActionProgressReported',
        data: { ...ids, percent: 40, note: 'Signs ordered', reportedOn: '2026-12-01' },
      }),
    );
    expect(after(plan, report(40)).when(report(40))).toEqual(decided());
    expect(after(plan, report(40)).when(report(30))).toMatchObject({ events: [{ data: { percent: 30 } }] });
    expect(after(plan, report(40)).state).toMatchObject({ status: 'in-progress', progress_percent: 40 });
  });

  it.each([-1, 100.1, Number.NaN])('refuses %p per cent', (percent) => {
    expect(after(plan).when(report(percent))).toEqual(refused('invalid', 'ACTION.PROGRESS_INVALID', 'percent'));
  });

  it('refuses a report from before the last step', () => {
    expect(after(plan, report(40)).when(report(50, '2026-11-30'))).toEqual(
      refused('invalid', 'ACTION.PROGRESS_INVALID', 'today'),
    );
  });

  it('is completed once; then nothing is reported, planned or cancelled', () => {
    const done = after(plan, report(40), complete);
    expect(done.state).toMatchObject({ status: 'completed', progress_percent: 100, completedOn: '2027-03-01' });
    expect(done.when(complete)).toEqual(decided());
    expect(done.when({ ...complete, note: 'Twice' } as ActionCommand)).toEqual(refused('conflict', 'ACTION.COMPLETED'));
    expect(done.when(report(90, '2027-04-01'))).toEqual(refused('conflict', 'ACTION.COMPLETED'));
    expect(done.when(cancel)).toEqual(refused('conflict', 'ACTION.COMPLETED'));
    expect(done.when(plan)).toEqual(refused('conflict', 'ACTION.COMPLETED'));
    expect(given().when(complete)).toEqual(refused('not-found', 'ACTION.UNKNOWN'));
  });
});

describe('action: effect check', () => {
  it('comes after completion, with the value and the position it was taken at', () => {
    expect(after(plan).when(check)).toEqual(refused('conflict', 'ACTION.NOT_COMPLETED'));
    const { period, value, judged, worked, note, asOf } = check;
    expect(after(plan, complete).when(check)).toEqual(
      decided({
        type: 'ActionEffectChecked',
        data: { ...ids, check: { checkedOn: '2027-07-01', period, value, judged, worked, note, asOf } },
      }),
    );
  });

  it('looks at a period that ends on the day of completion or later', () => {
    const early = { ...check, period: '2027-02', periodEndsOn: '2027-02-28' } as ActionCommand;
    expect(after(plan, complete).when(early)).toEqual(refused('invalid', 'ACTION.CHECK_TOO_EARLY', 'period'));
    expect(() => actionDecider.decide(early, after(plan, complete).state)).toThrow(/2027-02-28.*2027-03-01/);
    const sameDay = { ...check, periodEndsOn: '2027-03-01' } as ActionCommand;
    expect(after(plan, complete).when(sameDay)).toMatchObject({ events: [{}] });
  });

  it('keeps what the data say beside what the person says, who owes a note for it', () => {
    const kinder = { ...check, judged: 'no', worked: 'yes' } as ActionCommand;
    expect(after(plan, complete).when(kinder)).toMatchObject({
      events: [{ data: { check: { judged: 'no', worked: 'yes', note: 'Half of the way.' } } }],
    });
    expect(after(plan, complete).when({ ...kinder, note: '' } as ActionCommand)).toEqual(
      refused('invalid', 'ACTION.CHECK_INVALID', 'note'),
    );
    expect(after(plan, complete).when({ ...kinder, judged: undefined } as never)).toEqual(
      refused('invalid', 'ACTION.CHECK_INVALID', 'judged'),
    );
  });

  it.each(['kpi-owner', 'evaluator', 'admin'] as const)('is not made by who owns the action, also as %s', (role) => {
    expect(after(plan, complete).when({ ...check, actor: person('anna', role) } as ActionCommand)).toEqual(
      refused('forbidden', 'ACTION.OWN_CHECK'),
    );
  });

  it('is made once a period', () => {
    const checked = after(plan, complete, check);
    expect(checked.when({ ...check, today: '2027-07-02', asOf: '100' } as ActionCommand)).toEqual(decided());
    expect(checked.when({ ...check, worked: 'yes' } as ActionCommand)).toEqual(
      refused('conflict', 'ACTION.PERIOD_CHECKED'),
    );
    expect(checked.when({ ...check, period: '2027-Q3' } as ActionCommand)).toMatchObject({ events: [{}] });
  });

  it('judges nothing without a value, nor before the completion', () => {
    expect(after(plan, complete).when({ ...check, value: null, today: '2027-02-28' } as ActionCommand)).toEqual(
      refused('invalid', 'ACTION.CHECK_INVALID', 'worked', 'today'),
    );
    expect(after(plan, complete).when({ ...check, value: null, worked: 'unknown' } as ActionCommand)).toMatchObject({
      events: [{}],
    });
  });
});

describe('action: cancellation', () => {
  it('owes a reason and ends the action', () => {
    expect(after(plan).when(cancel)).toEqual(
      decided({ type: 'ActionCancelled', data: { ...ids, reason: 'No money is left.' } }),
    );
    expect(after(plan, cancel).when(cancel)).toEqual(decided());
    expect(after(plan, cancel).when({ ...cancel, reason: 'Nobody wants it.' } as ActionCommand)).toEqual(
      refused('conflict', 'ACTION.CANCELLED'),
    );
    expect(after(plan, cancel).when(report(10))).toEqual(refused('conflict', 'ACTION.CANCELLED'));
    expect(after(plan, cancel).when(check)).toEqual(refused('conflict', 'ACTION.NOT_COMPLETED'));
    expect(after(plan).when({ ...cancel, reason: 'No' } as ActionCommand)).toEqual(
      refused('invalid', 'ACTION.CANCELLATION_INVALID', 'reason'),
    );
  });
});
