import { describe, expect, it } from '@jest/globals';
import { activation, anna, bo, defineCleanAir, person, setTarget, target, TODAY } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type KpiCommand, type KpiCommandOf } from './kpi.commands.js';
import { kpiDecider } from './kpi.js';

const { given, after } = scenario(kpiDecider);
const kpiId = 'clean-air';
const reason = 'The new motorway opens two years early.';
const content = { changeId: 'c1', target: { value: 40, date: '2028-12-31' }, effectiveFrom: '2027-01-01', reason };
const propose: KpiCommandOf<'ProposeTargetChange'> = {
  type: 'ProposeTargetChange',
  actor: anna,
  kpiId,
  ...content,
  today: TODAY,
};
const approve: KpiCommandOf<'ApproveTargetChange'> = {
  type: 'ApproveTargetChange',
  actor: bo,
  kpiId,
  changeId: 'c1',
  today: TODAY,
};
const reject: KpiCommandOf<'RejectTargetChange'> = {
  type: 'RejectTargetChange',
  actor: bo,
  kpiId,
  changeId: 'c1',
  reason: 'The motorway is no excuse.',
};
/** The KPI was activated three months before the proposal, so that a change can reach back. */
const activeSinceAugust = activation.map((command) =>
  'today' in command ? { ...command, today: '2026-08-20' } : command,
);
const proposed = [...activation, propose];

describe('target change: proposal', () => {
  it('records who proposes what, from when and why', () => {
    expect(after(...activation).when(propose)).toEqual(
      decided({ type: 'TargetChangeProposed', data: { kpiId, ...content, proposedBy: 'anna' } }),
    );
    expect(after(...proposed).state.targets).toEqual([{ target, effectiveFrom: '2026-01-01' }]);
  });

  it('takes the same proposal twice as one, also on a later day', () => {
    expect(after(...proposed).when({ ...propose, today: '2026-11-30' })).toEqual(decided());
  });

  it('refuses other content or another proposer under the same id', () => {
    expect(after(...proposed).when({ ...propose, target: { ...target, value: 41 } })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.ID_TAKEN'),
    );
    expect(after(...proposed).when({ ...propose, actor: bo })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.ID_TAKEN'),
    );
    expect(after(...proposed, reject).when(propose)).toEqual(refused('conflict', 'KPI.TARGET_CHANGE.ID_TAKEN'));
  });

  it('is for active KPIs', () => {
    expect(given().when(propose)).toEqual(refused('not-found', 'KPI.UNKNOWN'));
    expect(after(defineCleanAir, setTarget).when(propose)).toEqual(refused('conflict', 'KPI.NOT_ACTIVE'));
  });

  it('is for people', () => {
    const machine = { kind: 'source', id: 'anna', role: 'source' } as const;
    expect(after(...activation).when({ ...propose, actor: machine })).toEqual(
      refused('forbidden', 'KPI.TARGET_CHANGE.NOT_A_PERSON'),
    );
    expect(after(...activation).when({ ...propose, actor: person('Anna') })).toEqual(
      refused('invalid', 'KPI.TARGET_CHANGE.INVALID', 'actor.id'),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no reason', { reason: undefined }, 'reason'],
    ['a reason that says nothing', { reason: ' yes ' }, 'reason'],
    ['no id', { changeId: 'C 1' }, 'changeId'],
    ['a target on the wrong side of the baseline', { target: { ...target, value: 60 } }, 'target'],
    ['a target that is infinite', { target: { ...target, value: Number.POSITIVE_INFINITY } }, 'target.value'],
    ['a target for today', { target: { value: 40, date: TODAY }, effectiveFrom: '2026-11-01' }, 'target.date'],
    ['a start before the activation', { effectiveFrom: '2026-08-19' }, 'effectiveFrom'],
  ])('refuses %s', (_what, change, where) => {
    expect(after(...activeSinceAugust).when({ ...propose, ...change } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.TARGET_CHANGE.INVALID', where),
    );
  });

  it('may reach back to the activation, but not by more than 366 days', () => {
    const back = { ...propose, effectiveFrom: '2026-08-20' };
    expect(after(...activeSinceAugust).when(back)).toMatchObject({ events: [{}] });
    expect(after(...activeSinceAugust).when({ ...back, today: '2027-08-21' })).toMatchObject({ events: [{}] });
    expect(after(...activeSinceAugust).when({ ...back, today: '2027-08-22' })).toEqual(
      refused('invalid', 'KPI.TARGET_CHANGE.INVALID', 'effectiveFrom'),
    );
  });

  it('refuses a change that changes nothing, and more than ten at a time', () => {
    expect(after(...proposed, approve).when({ ...propose, changeId: 'c2' })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.NO_CHANGE'),
    );
    const ten = Array.from({ length: 10 }, (_, index) => ({ ...propose, changeId: `c${index}` }));
    expect(after(...activation, ...ten).when({ ...propose, changeId: 'c10' })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.TOO_MANY_OPEN'),
    );
  });
});

describe('target change: approval', () => {
  it('puts the target in force from its day on, and keeps the old one', () => {
    expect(after(...proposed).when(approve)).toEqual(
      decided({ type: 'TargetChangeApproved', data: { kpiId, ...content, proposedBy: 'anna', approvedBy: 'bo' } }),
    );
    const { state } = after(...proposed, approve);
    expect(state.targets.map((entry) => entry.target.value)).toEqual([35, 40]);
    expect(state.openChanges).toEqual([]);
    expect(state.closedChanges).toEqual([{ ...content, proposedBy: 'anna', outcome: 'approved', decidedBy: 'bo' }]);
  });

  it.each(['kpi-owner', 'evaluator', 'admin'] as const)('refuses the proposer, also as %s', (role) => {
    expect(after(...proposed).when({ ...approve, actor: person('anna', role) })).toEqual(
      refused('forbidden', 'KPI.TARGET_CHANGE.OWN_PROPOSAL'),
    );
  });

  it.each(['system', 'source'] as const)('refuses a machine (%s)', (kind) => {
    expect(after(...proposed).when({ ...approve, actor: { kind, id: 'bo', role: kind } })).toEqual(
      refused('forbidden', 'KPI.TARGET_CHANGE.NOT_A_PERSON'),
    );
  });

  it('happens once', () => {
    const approved = after(...proposed, approve);
    expect(approved.when(approve)).toEqual(decided());
    expect(approved.when({ ...approve, actor: person('cai') })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.DECIDED'),
    );
    expect(approved.when(reject)).toEqual(refused('conflict', 'KPI.TARGET_CHANGE.DECIDED'));
    expect(after(...activation).when(approve)).toEqual(refused('not-found', 'KPI.TARGET_CHANGE.UNKNOWN'));
    expect(given().when(approve)).toEqual(refused('not-found', 'KPI.UNKNOWN'));
  });

  it('refuses a proposal that grew old while it waited', () => {
    expect(after(...proposed).when({ ...approve, today: '2028-12-31' })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.OUTDATED', 'effectiveFrom', 'target.date'),
    );
  });

  it('refuses a proposal that does not fit a definition changed meanwhile', () => {
    const toZero = { ...propose, target: { value: 0, date: '2028-12-31' } };
    const geometric = { method: { trajectory: 'geometric' }, effectiveFrom: TODAY, reason, today: TODAY };
    const change = { kpiId, changeId: 'm1' };
    const asked = { type: 'ProposeMethodChange', actor: anna, ...change, ...geometric } as KpiCommand;
    const agreed = { type: 'ApproveMethodChange', actor: bo, ...change, today: TODAY } as KpiCommand;
    expect(after(...activation, toZero, asked, agreed).when(approve)).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.OUTDATED', 'target'),
    );
  });
});

describe('target change: rejection', () => {
  it('owes a reason and leaves the target as it is', () => {
    expect(after(...proposed).when(reject)).toEqual(
      decided({
        type: 'TargetChangeRejected',
        data: { kpiId, changeId: 'c1', reason: reject.reason, rejectedBy: 'bo' },
      }),
    );
    expect(after(...proposed, reject).state.targets).toHaveLength(1);
    expect(after(...proposed).when({ ...reject, reason: '' })).toEqual(
      refused('invalid', 'KPI.TARGET_CHANGE.INVALID', 'reason'),
    );
  });

  it('happens once', () => {
    const rejected = after(...proposed, reject);
    expect(rejected.when(reject)).toEqual(decided());
    expect(rejected.when({ ...reject, reason: 'On second thoughts.' })).toEqual(
      refused('conflict', 'KPI.TARGET_CHANGE.DECIDED'),
    );
    expect(rejected.when(approve)).toEqual(refused('conflict', 'KPI.TARGET_CHANGE.DECIDED'));
  });

  it('is how a proposer withdraws', () => {
    expect(after(...proposed).when({ ...reject, actor: anna })).toMatchObject({
      events: [{ data: { rejectedBy: 'anna' } }],
    });
  });
});
