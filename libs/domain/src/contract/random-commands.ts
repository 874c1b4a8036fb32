import fc from 'fast-check';
import { type ActionCommand } from '../action/action.js';
import { type GoalCommand } from '../goal/goal.js';
import { type KpiCommand } from '../kpi/kpi.commands.js';
import { type OrganisationCommand } from '../organisation/organisation.js';
import { type PersonCommand } from '../person/person.js';
import { type ReviewCommand } from '../review/review.js';
import { type SeriesCommand } from '../series/series.js';
import { type SourceCommand } from '../source/source.js';
import { cleanAir, person, system } from '../testing/examples.js';
import { type UnitCommand } from '../unit/unit.js';

// Small pools, so that commands of one story meet the same ids, people, days and texts again and again.
export const from = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
const actor = from(person('anna'), person('anna', 'admin'), person('bo', 'evaluator'), person('cai', 'admin'), system);
const today = from('2026-11-24', '2026-11-25', '2027-06-01', '2028-12-31');
const now = from('2026-11-24T08:00:00.000Z', '2027-11-24T08:00:00.000Z');
const reason = from('The council decided so.', 'The station was moved.', 'no');
const name = from({ en: 'Air' }, { 'zh-CN': '空气' }, { en: 'Air', 'zh-CN': '空气' }, {});
const id = from('a', 'b', 'c', 'Not an id');
const figure = from(0, 35, 40, 60, 75, -0, Number.NaN);
const text = from('Done', 'Seen', ' ');

/** Commands of one type: fixed parts and drawn ones. */
const command = <Command extends { type: string }>(
  type: Command['type'],
  fields: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Command> =>
  fc.record({ type: fc.constant(type), actor, ...fields }) as unknown as fc.Arbitrary<Command>;

const baseline = fc.record({ value: figure, date: from('2026-01-01', '2026-02-30', '2027-01-01') });
const target = fc.record({ value: figure, date: from('2027-06-01', '2028-12-31', '2026-11-24') });
const effectiveFrom = from('2026-01-01', '2026-11-24', '2027-01-01');
const definition = Object.fromEntries(
  Object.entries({ ...cleanAir, limitations: undefined, staleAfter_days: undefined }).map(([field, value]) => [
    field,
    fc.constant(value) as fc.Arbitrary<unknown>,
  ]),
);
const kpiId = fc.constant('clean-air');
const weight = from(10, 40, 60, 0);
const changedDefinition = {
  ...definition,
  weight,
  direction: from('down', 'up', 'range'),
  trajectory: from('linear', 'geometric'),
  goalId: from('breathe', undefined),
};
const often = <Value>(arbitrary: fc.Arbitrary<Value>): { arbitrary: fc.Arbitrary<Value>; weight: number } => ({
  arbitrary,
  weight: 5,
});
/** Fewer ids than elsewhere: most decisions should find a proposal. */
const changeId = from('a', 'a', 'b', 'b', 'Not an id');
const method = from<unknown>(
  { weight: 30 },
  { weight: 60, horizon: 'short', period: 'quarter' },
  { trajectory: 'geometric' },
  { measure: { kind: 'statistic', statistic: 'max', series: ['environment/air/pm25/*'] } },
  { weight: -0 },
  {},
);
export const kpiCommand: fc.Arbitrary<KpiCommand> = fc.oneof(
  command<KpiCommand>('DefineKpi', changedDefinition),
  command<KpiCommand>('RedefineKpi', { ...changedDefinition, reason: fc.option(reason, { nil: undefined }) }),
  command<KpiCommand>('SetKpiBaseline', { kpiId, baseline, today }),
  command<KpiCommand>('SetKpiTarget', { kpiId, target, effectiveFrom }),
  command<KpiCommand>('ActivateKpi', { kpiId, today }),
  often(command<KpiCommand>('ProposeTargetChange', { kpiId, changeId, target, effectiveFrom, reason, today })),
  often(command<KpiCommand>('ApproveTargetChange', { kpiId, changeId, today })),
  often(command<KpiCommand>('RejectTargetChange', { kpiId, changeId, reason })),
  often(command<KpiCommand>('ProposeMethodChange', { kpiId, changeId, method, effectiveFrom, reason, today })),
  often(command<KpiCommand>('ApproveMethodChange', { kpiId, changeId, today })),
  often(command<KpiCommand>('RejectMethodChange', { kpiId, changeId, reason })),
  { weight: 1, arbitrary: command<KpiCommand>('RetireKpi', { kpiId, reason, today }) },
);

const unitId = fc.constant('environment');
export const unitCommand: fc.Arbitrary<UnitCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: command<UnitCommand>('RegisterUnit', { unitId, name, parentUnitId: from(undefined, 'city') }),
  },
  { weight: 1, arbitrary: command<UnitCommand>('RenameUnit', { unitId, name }) },
  {
    weight: 10,
    arbitrary: command<UnitCommand>('TakeKpiSeat', {
      unitId,
      kpiId: from('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'),
      weight,
      horizon: from('short', 'long'),
    }),
  },
  { weight: 2, arbitrary: command<UnitCommand>('FreeKpiSeat', { unitId, kpiId: from('k1', 'k2', 'k9') }) },
  { weight: 1, arbitrary: command<UnitCommand>('RetireUnit', { unitId }) },
);

const sha256 = from('a'.repeat(64), 'b'.repeat(64), 'secret');
const expiresAt = from(undefined, '2027-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z');
const personId = fc.constant('anna');
const role = from('admin', 'auditor', 'source');
export const personCommand: fc.Arbitrary<PersonCommand> = fc.oneof(
  command<PersonCommand>('RegisterPerson', { personId, role, unitId: from(undefined, 'environment') }),
  command<PersonCommand>('ChangePersonRole', { personId, role, unitId: from(undefined, 'environment') }),
  command<PersonCommand>('IssuePersonToken', { personId, tokenId: id, tokenSha256: sha256, expiresAt, now }),
  command<PersonCommand>('RevokePersonToken', { personId, tokenId: id }),
  command<PersonCommand>('DeactivatePerson', { personId }),
);
const sourceId = fc.constant('air');
export const sourceCommand: fc.Arbitrary<SourceCommand> = fc.oneof(
  command<SourceCommand>('RegisterSource', { sourceId, name }),
  command<SourceCommand>('IssueSourceKey', { sourceId, keyId: id, keySha256: sha256, expiresAt, now }),
  command<SourceCommand>('RevokeSourceKey', { sourceId, keyId: id }),
  command<SourceCommand>('RetireSource', { sourceId }),
);
const series = {
  seriesKey: fc.constant('air/1'),
  sourceId: id,
  name,
  unitOfMeasure: from('ug/m3', ''),
  physicalRange: from(undefined, { min: -0, max: 500 }, { min: undefined }, {}),
  csv: from(undefined, { time: { column: 't', format: 'local' }, timeZone: undefined, valueColumn: 'v' }),
};
export const seriesCommand = fc.oneof(
  command<SeriesCommand>('RegisterSeries', series),
  command<SeriesCommand>('ChangeSeries', series),
  command<SeriesCommand>('RetireSeries', { seriesKey: series.seriesKey }),
);
const goal = { goalId: fc.constant('g'), unitId: id, name, dueDate: from(undefined, '2030-12-31', '2030-12-32') };
export const goalCommand: fc.Arbitrary<GoalCommand> = fc.oneof(
  command<GoalCommand>('SetGoal', goal),
  command<GoalCommand>('ReviseGoal', { ...goal, reason }),
  command<GoalCommand>('CloseGoal', { goalId: goal.goalId, outcome: from('reached', 'missed', 'won'), reason }),
);
const reviewId = fc.constant('r');
export const reviewCommand: fc.Arbitrary<ReviewCommand> = fc.oneof(
  command<ReviewCommand>('OpenReview', {
    reviewId,
    unitId,
    period: from('2026-Q4', '2026', 'Q4'),
    agenda: from(
      [],
      [{ kpiId: 'a', goalId: 'g', reason: 'no-data', value: null, expected: -0, attainment_percent: null }],
      [{ kpiId: 'a', period: '2026-Q3', reason: 'no-data', value: null, expected: 1, attainment_percent: null }],
    ),
    asOf: from('0', '12'),
    today,
  }),
  ...Array.from({ length: 3 }, () =>
    command<ReviewCommand>('RecordFinding', {
      reviewId,
      findingId: id,
      kpiId: from(undefined, 'clean-air'),
      criteria: text,
      condition: fc.constant('c'),
      cause: fc.constant('c'),
      effect: text,
    }),
  ),
  command<ReviewCommand>('CloseReview', { reviewId, conclusion: reason, today }),
);
const actionId = fc.constant('x');
export const actionCommand: fc.Arbitrary<ActionCommand> = fc.oneof(
  command<ActionCommand>('PlanAction', {
    actionId,
    unitId,
    kpiId,
    title: name,
    ownerId: id,
    dueDate: from('2027-06-01', '2027-03-01'),
    expectedEffect: fc.constant({ value: 40, date: '2027-12-31' }),
    valueAtPlanning: from(null, 57, -0),
    direction: from('down', 'up', 'range'),
    today: fc.constant('2026-11-24'),
  }),
  command<ActionCommand>('ReportActionProgress', { actionId, percent: from(-0, 50, 100, 101), note: text, today }),
  command<ActionCommand>('CompleteAction', { actionId, note: text, today }),
  ...Array.from({ length: 2 }, () =>
    command<ActionCommand>('CheckActionEffect', {
      actionId,
      period: from('2027-Q2', '2027-Q3'),
      value: from(null, 52, -0),
      periodEndsOn: from('2027-06-30', '2026-12-31'),
      judged: from('yes', 'no'),
      worked: from('yes', 'unknown'),
      note: reason,
      asOf: from('7', '8'),
      today,
    }),
  ),
  command<ActionCommand>('CancelAction', { actionId, reason }),
);
export const organisationCommand = command<OrganisationCommand>('EstablishOrganisation', {
  name,
  timeZone: from('UTC', 'Asia/Shanghai', 'X'),
  fiscalYearStartMonth: from(1, 4, 13),
});
