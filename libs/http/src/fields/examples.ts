/**
 * Examples by the names of fields, so that a field means the same thing in every request and all examples tell one story:
 * the unit `air-quality`, its goal, its KPI of fine dust, the review of October and what came of it.
 */
const BY_FIELD: Readonly<Record<string, unknown>> = {
  unitId: 'air-quality',
  unit: 'air-quality',
  parentUnitId: 'environment',
  goalId: 'clean-air',
  goal: 'clean-air',
  parentGoalId: 'healthy-city',
  kpiId: 'pm25-mean',
  kpi: 'pm25-mean',
  subject: 'pm25-mean',
  personId: 'air-owner',
  ownerId: 'air-owner',
  sourceId: 'air-stations',
  source: 'air-stations',
  seriesKey: 'environment/air/pm25/station-3',
  prefix: 'environment/air/',
  reviewId: 'air-quality-2026-10',
  findingId: 'heating',
  actionId: 'night-sweeping',
  changeId: 'plant-opens-later',
  keyId: '4f1c9a02b7de',
  tokenId: '4f1c9a02b7de',
  name: { en: 'Fine dust', 'zh-CN': '细颗粒物' },
  title: { en: 'Sweep the roads at night', 'zh-CN': '夜间清扫道路' },
  description: { en: 'Mean of the hourly PM2.5 values of all stations', 'zh-CN': '各站点PM2.5小时值的平均' },
  dataSource: { en: "The city's monitoring stations", 'zh-CN': '城市监测站' },
  limitations: { en: 'Stations stand at roads', 'zh-CN': '站点位于道路旁' },
  role: 'kpi-owner',
  direction: 'down',
  period: 'month',
  unitOfMeasure: 'ug/m3',
  decimals: 1,
  horizon: 'short',
  weight: 20,
  staleAfter_days: 7,
  trajectory: 'linear',
  effectiveFrom: '2027-01-01',
  dueDate: '2027-12-31',
  expiresAt: '2027-12-31T23:00:00.000Z',
  reason: 'The new plant opens a year later',
  criteria: 'The mean of the month stays below 35 ug/m3',
  condition: 'It was 41 ug/m3',
  cause: 'Coal stoves were lit two weeks early',
  effect: 'Three days of health warnings',
  conclusion: 'Sweep at night and replace the stoves',
  percent: 50,
  note: 'Half of the roads are in the plan',
  worked: 'yes',
  physicalRange: { min: 0, max: 1000 },
  expectedInterval_ms: 3_600_000,
  timeWindow: { maxAge_ms: 2_592_000_000, maxAhead_ms: 3_600_000 },
  statistic: 'mean',
  percentile: 95,
  comparison: 'above',
  threshold: 35,
  dayStatistic: 'mean',
  minimumObservations: 18,
  scale: 100,
  complement: false,
  timeZone: 'Asia/Shanghai',
  valueColumn: 'PM2.5',
  where: { station: '3' },
  outcome: 'reached',
  lifecycle: 'active',
  limit: 100,
  waitFor: '1200',
  asOf: '2026-11-01',
  from: '2026-11-01',
  to: '2026-11-30',
};

/** Where a class gives a name its own meaning, or where its fields exclude one another. */
const BY_CLASS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  RegisterUnitBody: { name: { en: 'Air quality', 'zh-CN': '空气质量' } },
  RenameUnitBody: { name: { en: 'Clean air and noise', 'zh-CN': '清洁空气与噪声' } },
  GoalContentBody: {
    name: { en: 'Air that harms nobody', 'zh-CN': '无害的空气' },
    description: { en: 'Fewer days on which the air makes people ill', 'zh-CN': '减少空气致病的天数' },
  },
  CloseGoalBody: { reason: 'The limit was kept for two years' },
  RegisterSourceBody: { name: { en: 'Air monitoring stations', 'zh-CN': '空气监测站' } },
  SeriesBody: { name: { en: 'PM2.5, station 3', 'zh-CN': 'PM2.5，3号站' } },
  CsvTimeBody: {
    column: 'time',
    format: 'rfc3339',
    year: undefined,
    month: undefined,
    day: undefined,
    hour: undefined,
    minute: undefined,
  },
  LocalizedNameBody: { en: 'Air quality', 'zh-CN': '空气质量' },
  LocalizedTextBody: { en: 'Mean of the hourly values', 'zh-CN': '小时值的平均' },
  BaselineBody: { value: 50, date: '2025-12-31' },
  TargetBody: { value: 30, range: undefined, date: '2027-12-31' },
  TargetRangeBody: { low: 18, high: 22, tolerance: 2 },
  ExpectedEffectBody: { value: 35, date: '2028-03-31' },
  ReasonBody: { reason: 'Another KPI tells this better' },
  RedefineKpiBody: { reason: 'The description was hard to understand' },
  ReviseGoalBody: { reason: 'The plant opens a year later' },
  OpenReviewBody: { period: '2026-10' },
  CheckActionEffectBody: { period: '2028-02', note: 'The roads are cleaner and the figure fell' },
  CompleteActionBody: { note: 'All roads are swept at night' },
  ObservationsQuery: {
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    series: 'environment/air/pm25/station-3',
  },
  RollupsQuery: { series: 'environment/air/pm25/station-3' },
  QuarantineQuery: { series: 'environment/air/pm25/station-3' },
  ExplainQuery: { period: '2026-11' },
  BootstrapBody: { token: 'tsb_…', personId: 'first-admin' },
  OpenSessionBody: { token: 'tsp_…' },
};

interface Facts {
  readonly nested: (() => object) | undefined;
  readonly isList: boolean;
  readonly fallback: unknown;
}

/** Prototypes of request classes with their own fields; those of the classes above them are found on the way up. */
const factsOf = new WeakMap<object, Map<string, Facts>>();
const classes = new Map<string, object>();

/** Notes that a request class has this field; the field decorators do. */
export function noteField(prototype: object, name: string, facts: Facts): void {
  const own = factsOf.get(prototype) ?? new Map<string, Facts>();
  factsOf.set(prototype, own.set(name, facts));
  classes.set(prototype.constructor.name, prototype.constructor);
}

/** The class of this name that has fields. */
export const requestClass = (name: string): object | undefined => classes.get(name);

/** Names of the fields of a class and of those above it. */
export const fieldNames = (type: object): readonly string[] => [...allFacts(type).keys()];

/** The example of a field by its name alone, as in a path. */
export const exampleOfName = (name: string): unknown => BY_FIELD[name];

/** The example of one field of a class. */
export function exampleOfField(type: object, name: string): unknown {
  for (let prototype = prototypeOf(type); prototype !== null; prototype = Object.getPrototypeOf(prototype) as object) {
    const told = BY_CLASS[prototype.constructor.name];
    if (told !== undefined && name in told) return told[name];
    if (prototype === Object.prototype) break;
  }
  const facts = allFacts(type).get(name);
  if (name in BY_FIELD) return BY_FIELD[name];
  if (facts?.nested === undefined) return facts?.fallback;
  const one = exampleOf(facts.nested());
  return facts.isList ? [one] : one;
}

/** A complete example of a request class; plain data. */
export function exampleOf(type: object): Record<string, unknown> {
  return Object.fromEntries(
    fieldNames(type)
      .map((name) => [name, exampleOfField(type, name)] as const)
      .filter(([, example]) => example !== undefined),
  );
}

const prototypeOf = (type: object): object => (type as { prototype: object }).prototype;

function allFacts(type: object): Map<string, Facts> {
  const chain: object[] = [];
  for (let at = prototypeOf(type); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    chain.unshift(at);
  }
  return new Map(chain.flatMap((prototype) => [...(factsOf.get(prototype) ?? [])]));
}
