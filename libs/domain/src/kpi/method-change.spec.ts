import { describe, expect, it } from '@jest/globals';
import { activation, anna, bo, cleanAir, defineCleanAir, person, TODAY } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type KpiCommand, type KpiCommandOf } from './kpi.commands.js';
import { kpiDecider } from './kpi.js';

const { given, after } = scenario(kpiDecider);
const kpiId = 'clean-air';
const reason = 'The council asked for quarterly maxima.';
const measure = { kind: 'statistic', statistic: 'max', series: ['environment/air/pm25/*'] } as const;
const content = { changeId: 'm1', method: { measure, weight: 30 }, effectiveFrom: TODAY, reason } as const;
const propose: KpiCommandOf<'ProposeMethodChange'> = {
  type: 'ProposeMethodChange',
  actor: anna,
  kpiId,
  ...content,
  today: TODAY,
};
const approve: KpiCommandOf<'ApproveMethodChange'> = {
  type: 'ApproveMethodChange',
  actor: bo,
  kpiId,
  changeId: 'm1',
  today: TODAY,
};
const reject: KpiCommandOf<'RejectMethodChange'> = {
  type: 'RejectMethodChange',
  actor: bo,
  kpiId,
  changeId: 'm1',
  reason: 'Maxima depend on single stations.',
};
const retire: KpiCommand = { type: 'RetireKpi', actor: anna, kpiId, reason: 'Replaced by a better one.', today: TODAY };
const proposed = [...activation, propose];

describe('method change: proposal', () => {
  it('records who proposes what, from when and why, and changes nothing yet', () => {
    expect(after(...activation).when(propose)).toEqual(
      decided({ type: 'MethodChangeProposed', data: { kpiId, ...content, proposedBy: 'anna' } }),
    );
    expect(after(...proposed).state.definition).toEqual(cleanAir);
    expect(after(...proposed).when({ ...propose, today: '2026-11-30' })).toEqual(decided());
  });

  it('refuses other content, another proposer or a decided change under the same id', () => {
    const taken = refused('conflict', 'KPI.METHOD_CHANGE.ID_TAKEN');
    expect(after(...proposed).when({ ...propose, method: { weight: 20 } })).toEqual(taken);
    expect(after(...proposed).when({ ...propose, actor: bo })).toEqual(taken);
    expect(after(...proposed, reject).when(propose)).toEqual(taken);
    expect(after(...proposed, approve).when(propose)).toEqual(taken);
  });

  it('is for active KPIs and for people', () => {
    expect(given().when(propose)).toEqual(refused('not-found', 'KPI.UNKNOWN'));
    expect(after(defineCleanAir).when(propose)).toEqual(refused('conflict', 'KPI.NOT_ACTIVE'));
    expect(after(...activation, retire).when(propose)).toEqual(refused('conflict', 'KPI.RETIRED'));
    const machine = { kind: 'source', id: 'anna', role: 'source' } as const;
    expect(after(...activation).when({ ...propose, actor: machine })).toEqual(
      refused('forbidden', 'KPI.METHOD_CHANGE.NOT_A_PERSON'),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no reason', { reason: undefined }, 'reason'],
    ['no id', { changeId: 'M 1' }, 'changeId'],
    ['no day', { effectiveFrom: 'soon' }, 'effectiveFrom'],
    ['a start before the activation', { effectiveFrom: '2026-11-23' }, 'effectiveFrom'],
    ['no method', { method: undefined }, 'method'],
    ['a method of nothing', { method: {} }, 'method'],
    ['a field that is no part of the method', { method: { weight: 30, direction: 'up' } }, 'method.direction'],
    ['a weight of 0', { method: { weight: 0 } }, 'method.weight'],
    ['an unknown period', { method: { period: 'week' } }, 'method.period'],
    ['a measure without series', { method: { measure: { ...measure, series: [] } } }, 'method.measure.series'],
  ])('refuses %s', (_what, change, where) => {
    expect(after(...activation).when({ ...propose, ...change } as KpiCommand)).toEqual(
      refused('invalid', 'KPI.METHOD_CHANGE.INVALID', where),
    );
  });

  it('refuses a method with which the KPI would not be SMART any more', () => {
    const toZero = { type: 'SetKpiTarget', actor: anna, kpiId, effectiveFrom: '2026-01-01' } as const;
    const aimed = { ...toZero, target: { value: 0, date: '2028-12-31' } };
    const story = activation.map((command) => (command.type === 'SetKpiTarget' ? aimed : command));
    expect(after(...story).when({ ...propose, method: { trajectory: 'geometric' } })).toEqual(
      refused('invalid', 'KPI.METHOD_CHANGE.INVALID', 'smart.achievable'),
    );
  });

  it('refuses a measure of series that nobody registered', () => {
    const lost = { ...propose, unmatchedSeries: ['environment/air/pm52/*'] };
    expect(after(...activation).when(lost)).toEqual(
      refused('invalid', 'KPI.METHOD_CHANGE.INVALID', 'smart.measurable'),
    );
  });

  it('refuses fields that do not change, and more than ten proposals at a time', () => {
    expect(after(...activation).when({ ...propose, method: { weight: 40, horizon: 'long', period: 'year' } })).toEqual(
      refused('conflict', 'KPI.METHOD_CHANGE.NO_CHANGE', 'method.weight', 'method.horizon'),
    );
    const ten = Array.from({ length: 10 }, (_, index) => ({ ...propose, changeId: `m${index}` }));
    expect(after(...activation, ...ten).when({ ...propose, changeId: 'm10' })).toEqual(
      refused('conflict', 'KPI.METHOD_CHANGE.TOO_MANY_OPEN'),
    );
  });
});

describe('method change: approval', () => {
  it('changes the named fields of the definition and nothing else', () => {
    expect(after(...proposed).when(approve)).toEqual(
      decided({ type: 'MethodChangeApproved', data: { kpiId, ...content, proposedBy: 'anna', approvedBy: 'bo' } }),
    );
    const { state } = after(...proposed, approve);
    expect(state.definition).toEqual({ ...cleanAir, measure, weight: 30 });
    expect(state.openMethodChanges).toEqual([]);
    expect(state.closedMethodChanges).toEqual([
      { ...content, proposedBy: 'anna', outcome: 'approved', decidedBy: 'bo' },
    ]);
    expect(state.closedChanges).toEqual([]);
  });

  it.each(['kpi-owner', 'evaluator', 'admin'] as const)('refuses the proposer, also as %s', (role) => {
    expect(after(...proposed).when({ ...approve, actor: person('anna', role) })).toEqual(
      refused('forbidden', 'KPI.METHOD_CHANGE.OWN_PROPOSAL'),
    );
  });

  it('happens once', () => {
    const approved = after(...proposed, approve);
    expect(approved.when(approve)).toEqual(decided());
    const other = refused('conflict', 'KPI.METHOD_CHANGE.DECIDED');
    expect(approved.when({ ...approve, actor: person('cai') })).toEqual(other);
    expect(approved.when(reject)).toEqual(other);
    expect(after(...activation).when(approve)).toEqual(refused('not-found', 'KPI.METHOD_CHANGE.UNKNOWN'));
  });

  it('waits for the day from which the change is to count', () => {
    const nextYear = { ...propose, effectiveFrom: '2027-01-01' };
    const waiting = after(...activation, nextYear);
    expect(waiting.when(approve)).toEqual(refused('conflict', 'KPI.METHOD_CHANGE.TOO_EARLY'));
    expect(waiting.when({ ...approve, today: '2027-01-01' })).toMatchObject({ events: [{}] });
  });

  it('refuses a proposal that grew old while it waited', () => {
    const outdated = (...where: string[]) => refused('conflict', 'KPI.METHOD_CHANGE.OUTDATED', ...where);
    expect(after(...proposed).when({ ...approve, today: '2027-11-26' })).toEqual(outdated('effectiveFrom'));
    const twin = { ...propose, changeId: 'm2' };
    const late = { ...approve, changeId: 'm2' };
    expect(after(...proposed, twin, approve).when(late)).toEqual(outdated('method'));
  });
});

describe('method change: rejection and retirement', () => {
  it('owes a reason, leaves the method as it is and happens once', () => {
    const { reason: why } = reject;
    expect(after(...proposed).when(reject)).toEqual(
      decided({ type: 'MethodChangeRejected', data: { kpiId, changeId: 'm1', reason: why, rejectedBy: 'bo' } }),
    );
    const rejected = after(...proposed, reject);
    expect(rejected.state.definition).toEqual(cleanAir);
    expect(rejected.when(reject)).toEqual(decided());
    expect(rejected.when(approve)).toEqual(refused('conflict', 'KPI.METHOD_CHANGE.DECIDED'));
    expect(after(...proposed).when({ ...reject, reason: '' })).toEqual(
      refused('invalid', 'KPI.METHOD_CHANGE.INVALID', 'reason'),
    );
    expect(after(...proposed).when({ ...reject, actor: anna })).toMatchObject({
      events: [{ data: { rejectedBy: 'anna' } }],
    });
  });

  it('lapses when the KPI is retired', () => {
    const { state } = after(...proposed, retire);
    expect(state.openMethodChanges).toEqual([]);
    expect(state.closedMethodChanges).toMatchObject([{ changeId: 'm1', outcome: 'lapsed' }]);
    expect(after(...proposed, retire).when(approve)).toEqual(refused('conflict', 'KPI.METHOD_CHANGE.DECIDED'));
  });
});
