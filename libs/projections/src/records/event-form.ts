import { isLocalDate, isTimeZone, measureProblems } from '#lib/domain';

/** What is wrong with a value, as a clause that begins with its place; null when it has the form. */
export type Form = (value: unknown, where: string) => string | null;

const must =
  (holds: (value: unknown) => boolean, what: string): Form =>
  (value, where) =>
    holds(value) ? null : `${where} is not ${what}`;

const text = must((value) => typeof value === 'string', 'a text');
const date = must(isLocalDate, 'a date');
const figure = must((value) => Number.isFinite(value), 'a finite number');
const anything: Form = () => null;

const optional =
  (form: Form): Form =>
  (value, where) =>
    value === undefined ? null : form(value, where);

const orNull =
  (form: Form): Form =>
  (value, where) =>
    value === null ? null : form(value, where);

const oneOf = (...words: readonly string[]): Form =>
  must((value) => typeof value === 'string' && words.includes(value), `one of ${words.join(', ')}`);

const listOf =
  (form: Form): Form =>
  (value, where) => {
    if (!Array.isArray(value)) return `${where} is no list`;
    for (let index = 0; index < value.length; index += 1) {
      const flaw = form(value[index], `${where}.${index}`);
      if (flaw !== null) return flaw;
    }
    return null;
  };

/** An object with these fields; others may be there, because later versions may add some. */
function object(fields: Readonly<Record<string, Form>>): Form {
  const entries = Object.entries(fields);
  return (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${where} is no object`;
    const given = value as Readonly<Record<string, unknown>>;
    for (const [name, form] of entries) {
      const flaw = form(given[name], `${where}.${name}`);
      if (flaw !== null) return flaw;
    }
    return null;
  };
}

const localized = object({ en: optional(text), 'zh-CN': optional(text) });
const wholeBetween = (min: number, max: number): Form =>
  must(
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    `a whole number, ${min} to ${max}`,
  );
const measure: Form = (value, where) => {
  const [problem] = measureProblems(value);
  return problem === undefined ? null : `${where}: ${problem.where} ${problem.what}`;
};

const unit = { unitId: text };
const kpi = { kpiId: text };
const definition = {
  ...kpi,
  ...unit,
  goalId: optional(text),
  name: localized,
  description: optional(localized),
  ownerId: text,
  direction: oneOf('up', 'down', 'range'),
  measure,
  period: oneOf('month', 'quarter', 'year', 'fiscal-year'),
  unitOfMeasure: text,
  decimals: figure,
  horizon: oneOf('short', 'long'),
  weight: figure,
  dataSource: optional(localized),
  limitations: optional(localized),
  staleAfter_days: optional(figure),
  trajectory: oneOf('linear', 'geometric'),
};
const target = object({
  value: optional(figure),
  range: optional(object({ low: figure, high: figure, tolerance: figure })),
  date,
});
const proposal = { ...kpi, changeId: text, effectiveFrom: date, reason: text, proposedBy: text };
const targetChange = { ...proposal, target };
const methodChange = {
  ...proposal,
  method: object({
    measure: optional(definition.measure),
    weight: optional(definition.weight),
    horizon: optional(definition.horizon),
    period: optional(definition.period),
    trajectory: optional(definition.trajectory),
  }),
};
const rejection = { ...kpi, changeId: text, reason: text, rejectedBy: text };
const goal = {
  goalId: text,
  ...unit,
  name: localized,
  description: optional(localized),
  parentGoalId: optional(text),
  dueDate: optional(date),
};
const series = {
  seriesKey: text,
  sourceId: text,
  name: localized,
  unitOfMeasure: text,
  expectedInterval_ms: optional(must((value) => Number.isFinite(value) && Number(value) > 0, 'a number above 0')),
};
const agendaItem = object({
  ...kpi,
  goalId: optional(text),
  period: optional(text),
  reason: text,
  value: orNull(figure),
  expected: orNull(figure),
  attainment_percent: orNull(figure),
});
const finding = object({
  findingId: text,
  kpiId: optional(text),
  goalId: optional(text),
  criteria: text,
  condition: text,
  cause: text,
  effect: text,
});
const action = { actionId: text, ...kpi, ...unit };
const worked = oneOf('yes', 'partly', 'no', 'unknown');
const check = object({
  checkedOn: date,
  period: text,
  value: orNull(figure),
  judged: optional(worked),
  worked,
  note: text,
  asOf: text,
});

/** What the views rely on in the data of each event type. */
const FORMS: Readonly<Record<string, Form>> = {
  OrganisationEstablished: object({
    name: localized,
    timeZone: must(isTimeZone, 'a time zone'),
    fiscalYearStartMonth: wholeBetween(1, 12),
  }),
  UnitRegistered: object({ ...unit, name: localized, parentUnitId: optional(text) }),
  UnitRenamed: object({ ...unit, name: localized }),
  KpiSeatTaken: object({ ...unit, ...kpi, weight: figure, horizon: oneOf('short', 'long') }),
  KpiSeatFreed: object({ ...unit, ...kpi }),
  UnitRetired: object(unit),
  GoalSet: object(goal),
  GoalRevised: object({ ...goal, reason: text }),
  GoalClosed: object({ goalId: text, outcome: oneOf('reached', 'missed', 'dropped'), reason: text }),
  KpiDefined: object(definition),
  KpiRedefined: object({ ...definition, reason: text }),
  KpiBaselineSet: object({ ...kpi, baseline: object({ value: figure, date }) }),
  KpiTargetSet: object({ ...kpi, target, effectiveFrom: date }),
  KpiActivated: object({ ...kpi, activatedOn: date }),
  TargetChangeProposed: object(targetChange),
  TargetChangeApproved: object({ ...targetChange, approvedBy: text }),
  TargetChangeRejected: object(rejection),
  MethodChangeProposed: object(methodChange),
  MethodChangeApproved: object({ ...methodChange, approvedBy: text }),
  MethodChangeRejected: object(rejection),
  KpiRetired: object({ ...kpi, reason: text, retiredOn: date }),
  SeriesRegistered: object(series),
  SeriesChanged: object(series),
  SeriesRetired: object({ seriesKey: text }),
  SourceRegistered: object({ sourceId: text, name: localized }),
  SourceKeyIssued: object({ sourceId: text, keyId: text, keySha256: text, expiresAt: optional(text) }),
  SourceKeyRevoked: object({ sourceId: text, keyId: text }),
  SourceRetired: object({ sourceId: text }),
  ReviewOpened: object({
    reviewId: text,
    ...unit,
    period: text,
    openedOn: date,
    agenda: listOf(agendaItem),
    asOf: text,
  }),
  FindingRecorded: object({ reviewId: text, ...unit, finding }),
  ReviewClosed: object({ reviewId: text, ...unit, conclusion: text, closedOn: date }),
  ActionPlanned: object({
    ...action,
    goalId: optional(text),
    reviewId: optional(text),
    findingId: optional(text),
    title: localized,
    ownerId: text,
    dueDate: date,
    expectedEffect: object({ value: figure, date }),
    valueAtPlanning: orNull(figure),
    plannedOn: date,
  }),
  ActionProgressReported: object({ ...action, percent: figure, note: text, reportedOn: date }),
  ActionCompleted: object({ ...action, completedOn: date, note: text }),
  ActionEffectChecked: object({ ...action, check }),
  ActionCancelled: object({ ...action, reason: text }),
};

/**
 * What keeps an event's data from being read by the views; null when nothing does. Only the form is looked at (kinds of
 * values, words of a list, dates and time zones that exist, a measure that can be computed), not the rules of the decision
 * models: a rule may become stricter, and what was decided under the old one must still be told.
 */
export function flawOf(type: string, data: unknown): string | null {
  return (FORMS[type] ?? anything)(data, 'data');
}
