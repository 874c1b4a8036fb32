import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Schemas[string];

const text: Schema = { type: 'string' };
const integer: Schema = { type: 'integer' };
const numberOrNull: Schema = { type: 'number', nullable: true };
const textOrNull: Schema = { type: 'string', nullable: true };
const position: Schema = { type: 'string', description: 'Log position as decimal text.' };
const positionOrNull: Schema = { ...position, nullable: true };
const anything: Schema = { description: 'Any JSON value.' };
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const list = (items: Schema): Schema => ({ type: 'array', items });
const words = (...values: string[]): Schema => ({ type: 'string', enum: values });
const object = (properties: Record<string, Schema>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const page = (item: string): Schema =>
  object({ items: list(ref(item)), nextCursor: text, asOf: ref('AsOf') }, ['nextCursor']);

const answered: Record<string, Schema> = { id: text, position: positionOrNull, revision: textOrNull };

const ofRequests: Schemas = {
  Problem: object(
    {
      type: text,
      title: text,
      status: integer,
      code: { type: 'string', description: 'Stable; test this and not the words.' },
      detail: text,
      instance: text,
      problems: list({
        type: 'object',
        properties: {
          where: { type: 'string', description: 'A field, or a letter of the SMART check.' },
          what: text,
          fields: list(text),
          mend: { type: 'string', description: 'The requests by which it is mended.' },
        },
        required: ['where', 'what'],
        additionalProperties: true,
      }),
    },
    ['problems'],
  ),
  CommandAnswer: {
    ...object(answered),
    example: { id: 'air-quality', position: '1200', revision: '0' },
  } as Schema,
  TokenAnswer: object({
    ...answered,
    tokenId: text,
    token: { type: 'string', description: 'To sign in with (tsp_…). Shown in this answer only; keep it.' },
  }),
  KeyAnswer: object({
    ...answered,
    keyId: text,
    key: { type: 'string', description: 'To send with (tsk_…). Shown in this answer only; keep it.' },
  }),
  SeriesBatchAnswer: object({ registered: integer, position: positionOrNull }),
  Observation: object(
    {
      series: text,
      observedAt: { oneOf: [{ type: 'string', format: 'date-time' }, { type: 'number' }] },
      value: { type: 'number' },
      unit: text,
      flag: text,
    },
    ['unit', 'flag'],
  ),
  CloudEvent: {
    ...object(
      {
        specversion: words('1.0'),
        id: text,
        source: text,
        type: text,
        time: { type: 'string', format: 'date-time' },
        subject: text,
        data: { type: 'object' },
      },
      ['time', 'subject'],
    ),
    additionalProperties: true,
  } as Schema,
  Observations: { oneOf: [ref('Observation'), list(ref('Observation'))] },
  DoorAnswer: object(
    {
      sent: integer,
      accepted: integer,
      duplicate: integer,
      quarantined: integer,
      rejected: integer,
      position: positionOrNull,
      replayed: { type: 'boolean' },
      problems: list(object({ index: integer, verdict: text, reason: text, detail: text })),
    },
    ['replayed'],
  ),
};

const shared: Schemas = {
  AsOf: object({ position, recordedAt: textOrNull }),
  Actor: object({ kind: words('person', 'source', 'system'), id: text, role: text }),
  LocalizedText: object({ en: text, 'zh-CN': text }, ['en', 'zh-CN']),
  Baseline: object({ value: { type: 'number' }, date: text }),
  Target: object({ value: { type: 'number' }, range: { type: 'object' }, date: text }, ['value', 'range']),
  PeriodRange: object({ period: text, label: text, startsOn: text, endsOn: text }),
};

const ofUnits: Schemas = {
  Unit: object({
    unitId: text,
    name: ref('LocalizedText'),
    parentUnitId: textOrNull,
    activeKpis: integer,
    warnings: list(text),
  }),
  UnitPage: page('Unit'),
  Goal: object({
    goalId: text,
    unitId: text,
    name: ref('LocalizedText'),
    description: { ...ref('LocalizedText') },
    parentGoalId: textOrNull,
    dueDate: textOrNull,
    state: words('open', 'closed'),
    outcome: textOrNull,
    kpiIds: list(text),
  }),
  GoalPage: page('Goal'),
};

const kpiSummary: Record<string, Schema> = {
  kpiId: text,
  unitId: text,
  goalId: textOrNull,
  name: ref('LocalizedText'),
  lifecycle: words('draft', 'active', 'retired'),
  direction: words('up', 'down', 'range'),
  unitOfMeasure: text,
  decimals: integer,
  horizon: words('short', 'long'),
  weight: { type: 'number' },
  ownerId: text,
  baseline: { allOf: [ref('Baseline')], nullable: true },
  current: ref('KpiPeriodValue'),
  sparkline: list(numberOrNull),
};

const ofKpis: Schemas = {
  KpiPeriodValue: object({
    period: ref('PeriodRange'),
    value: numberOrNull,
    observations: integer,
    completeness_percent: numberOrNull,
    lastObservedAt: textOrNull,
    target: { allOf: [ref('Target')], nullable: true },
    expected: numberOrNull,
    attainment_percent: numberOrNull,
    status: words('on-track', 'at-risk', 'off-track', 'no-data', 'no-target', 'running'),
    running: { type: 'boolean' },
  }),
  KpiPeriodPage: page('KpiPeriodValue'),
  KpiSummary: object(kpiSummary),
  KpiPage: page('KpiSummary'),
  Kpi: object({
    ...kpiSummary,
    definition: { type: 'object' },
    targets: list(object({ target: ref('Target'), effectiveFrom: text })),
    openChanges: list({ type: 'object' }),
    openMethodChanges: list({ type: 'object' }),
    warnings: {
      ...list(text),
      description:
        'Stable codes: NO_DATA, STALE_DATA, NO_TARGET, TARGET_CHANGE_OPEN; UNIT_OF_MEASURE_DIFFERS when ' +
        'the figure keeps the unit of its series (mean, sum, min, max, last, percentile) and no registered one has that of ' +
        'the KPI (or one of which it is a rate). The last is told of the present only.',
    } as Schema,
    asOf: ref('AsOf'),
  }),
  Explanation: object({
    kpiId: text,
    period: ref('PeriodRange'),
    value: numberOrNull,
    unitOfMeasure: text,
    formula: text,
    method: object({ name: text, version: integer }),
    inputs: list({ type: 'object' }),
    attainment: { type: 'object' },
    positions: object({
      definition: positionOrNull,
      target: positionOrNull,
      observations: list(position),
      truncated: { type: 'boolean' },
    }),
    asOf: ref('AsOf'),
  }),
  AuditEntry: object({
    position,
    recordedAt: text,
    subject: object({ kind: text, id: text }),
    unitId: textOrNull,
    type: text,
    actor: ref('Actor'),
    proposedBy: textOrNull,
    approvedBy: textOrNull,
    reason: textOrNull,
    effectiveFrom: textOrNull,
    before: anything,
    after: anything,
    marks: list(text),
    markedPeriods: list(text),
  }),
  AuditPage: page('AuditEntry'),
};

const historyStep = object({ position, recordedAt: text, type: text, actor: ref('Actor'), note: textOrNull });

/** One point of a review's agenda. `period` is the KPI's own and absent in reviews from before it was noted. */
const agendaItem = object(
  {
    kpiId: text,
    goalId: text,
    period: text,
    reason: words('off-track', 'at-risk', 'no-data', 'on-track', 'open-target-change', 'overdue-action'),
    value: numberOrNull,
    expected: numberOrNull,
    attainment_percent: numberOrNull,
  },
  ['goalId', 'period'],
);

const ofImprovement: Schemas = {
  Action: object({
    actionId: text,
    unitId: text,
    kpiId: text,
    goalId: textOrNull,
    reviewId: textOrNull,
    findingId: textOrNull,
    title: ref('LocalizedText'),
    ownerId: text,
    dueDate: text,
    expectedEffect: object({ value: { type: 'number' }, date: text }),
    valueAtPlanning: numberOrNull,
    state: words('planned', 'in-progress', 'completed', 'cancelled'),
    progress_percent: { type: 'number' },
    completedOn: textOrNull,
    check: { type: 'object', nullable: true },
    steps: list(historyStep),
  }),
  ActionPage: page('Action'),
  Review: object({
    reviewId: text,
    unitId: text,
    period: text,
    state: words('open', 'closed'),
    openedOn: text,
    closedOn: textOrNull,
    agenda: list(agendaItem),
    agendaAsOf: position,
    findings: list({ type: 'object' }),
    conclusion: textOrNull,
    actions: list(ref('Action')),
    steps: list(historyStep),
  }),
  ReviewPage: page('Review'),
};

const ofSeries: Schemas = {
  Series: {
    ...object({
      seriesKey: text,
      sourceId: text,
      name: ref('LocalizedText'),
      unitOfMeasure: text,
      observations: integer,
    }),
    additionalProperties: true,
  } as Schema,
  SeriesPage: page('Series'),
  ObservationAnswer: object({
    seriesKey: text,
    observedAt: text,
    value: { type: 'number' },
    flag: textOrNull,
    position,
    replaced: list(object({ value: { type: 'number' }, from: position, until: position })),
  }),
  ObservationPage: page('ObservationAnswer'),
  DayRollup: object({
    day: text,
    count: integer,
    sum: { type: 'number' },
    mean: numberOrNull,
    min: numberOrNull,
    max: numberOrNull,
    last: numberOrNull,
  }),
  RollupPage: page('DayRollup'),
  Quarantined: object({
    position,
    recordedAt: text,
    sourceId: text,
    seriesKey: textOrNull,
    observedAt: textOrNull,
    reason: text,
    detail: text,
    original: text,
    encoding: words('utf8', 'base64'),
  }),
  QuarantinePage: page('Quarantined'),
};

const whoIs: Record<string, Schema> = {
  kind: words('person', 'source'),
  id: text,
  role: words('source', 'employee', 'data-steward', 'kpi-owner', 'evaluator', 'auditor', 'admin'),
};
const issued = (id: string): Schema =>
  list(object({ [id]: text, expiresAt: textOrNull, revoked: { type: 'boolean' } }));

const ofAccess: Schemas = {
  Me: object({ ...whoIs, unitId: textOrNull, timeZone: text }),
  SignedIn: object(whoIs),
  PeopleAnswer: object({
    items: list(
      object({
        personId: text,
        role: whoIs['role']!,
        unitId: textOrNull,
        active: { type: 'boolean' },
        tokens: issued('tokenId'),
      }),
    ),
  }),
  SourcesAnswer: object({
    items: list(
      object({
        sourceId: text,
        name: ref('LocalizedText'),
        status: words('registered', 'retired'),
        keys: issued('keyId'),
      }),
    ),
  }),
};

const ofOperations: Schemas = {
  Liveness: object({ status: words('live', 'failed'), reasons: list(text) }),
  Readiness: object({ status: words('ready', 'not-ready'), reasons: list(text) }),
  Views: object({
    generation: integer,
    position,
    recordedAt: textOrNull,
    parked: list(object({ position, projection: text, eventType: text, reason: text })),
    parkedCount: integer,
    lag: object({ lag_events: integer, lag_seconds: { type: 'number' }, position, parked: integer }),
    rebuild: { ...object({ generation: integer, position }), nullable: true } as Schema,
  }),
  ViewsDigest: object({ digest: text, position }),
  ViewsRebuild: object({ generation: integer }),
};

/** The answers as OpenAPI schemas, by the names that `IsQuery` and `IsCommand` use. */
export const ANSWER_SCHEMAS: Schemas = {
  ...ofRequests,
  ...shared,
  ...ofUnits,
  ...ofKpis,
  ...ofImprovement,
  ...ofSeries,
  ...ofAccess,
  ...ofOperations,
};
