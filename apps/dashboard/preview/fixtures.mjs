// Made-up answers of the API in the shapes of libs/projections/src/answers.ts, for looking at the pages without a system behind
// them. They hold every case that a page has to draw: each status, a running period, gaps, a range target, changed targets, a
// text in one language only, an open proposal, a review with a finding, actions that worked and that did not.

const MS_PER_DAY = 86_400_000;
/** The fixtures' present: they must look the same every day. */
const NOW = '2026-11-24T10:15:00.000Z';
const TODAY = NOW.slice(0, 10);
const FIRST_MONTH = { year: 2024, month: 10 };
const MONTHS = 26;

/** Positions grow while the preview runs, so that "as of" and live updates have something to show. */
export const log = { position: 4_812 };

export const asOfNow = () => ({ position: String(log.position), recordedAt: NOW });

const day = (date) => Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
const monthRange = (index) => {
  const first = new Date(Date.UTC(FIRST_MONTH.year, FIRST_MONTH.month - 1 + index, 1));
  const last = new Date(Date.UTC(FIRST_MONTH.year, FIRST_MONTH.month + index, 0));
  return {
    period: 'month',
    label: first.toISOString().slice(0, 7),
    startsOn: first.toISOString().slice(0, 10),
    endsOn: last.toISOString().slice(0, 10),
  };
};

/** Expected value and status as the API would compute them, near enough for a picture. */
const judge = (kpi, value, date) => {
  const inForce = kpi.targets.findLast((change) => change.effectiveFrom <= date) ?? null;
  if (value === null)
    return { target: inForce?.target ?? null, expected: null, attainment_percent: null, status: 'no-data' };
  if (inForce === null) return { target: null, expected: null, attainment_percent: null, status: 'no-target' };
  const { target } = inForce;
  if (target.range !== undefined) {
    const distance = Math.max(target.range.low - value, value - target.range.high, 0);
    const outside = distance > target.range.tolerance ? 'off-track' : 'at-risk';
    const attainment_percent = Math.max(0, 100 * (1 - distance / target.range.tolerance));
    return { target, expected: null, attainment_percent, status: distance === 0 ? 'on-track' : outside };
  }
  const { baseline } = kpi;
  const share = Math.min(1, (day(date) - day(baseline.date)) / (day(target.date) - day(baseline.date)));
  const expected = baseline.value + (target.value - baseline.value) * share;
  const gap = ((value - expected) / Math.abs(target.value - baseline.value)) * (kpi.direction === 'down' ? -1 : 1);
  const attainment_percent = (100 * (value - baseline.value)) / (target.value - baseline.value);
  return {
    target,
    expected,
    attainment_percent,
    status: gap >= -0.05 ? 'on-track' : gap >= -0.2 ? 'at-risk' : 'off-track',
  };
};

/** A small generator with a seed, so that every start draws the same lines. */
const noise = (seed) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
};

const periodsOf = (kpi) => {
  const random = noise(kpi.seed);
  return Array.from({ length: MONTHS }, (_, index) => {
    const period = monthRange(index);
    const running = index === MONTHS - 1;
    const season = kpi.season * Math.cos((2 * Math.PI * (index + FIRST_MONTH.month)) / 12);
    const course = kpi.from + ((kpi.to - kpi.from) * index) / (MONTHS - 1) + season + kpi.spread * random();
    const value = kpi.gaps.includes(index) ? null : course;
    const date = running ? TODAY : period.endsOn;
    return {
      period,
      value,
      observations: value === null ? 0 : Math.round(kpi.perMonth * (running ? 0.78 : 1) * (0.985 + 0.02 * random())),
      completeness_percent: value === null ? 0 : kpi.knownInterval ? Math.min(100, 98.6 + 2 * random()) : null,
      lastObservedAt: value === null ? null : running ? '2026-11-24T10:00:00.000Z' : `${period.endsOn}T15:00:00.000Z`,
      ...judge(kpi, value, date),
      running,
    };
  });
};

const kpi = (kpiId, unitId, name, more) => ({
  kpiId,
  unitId,
  name,
  goalId: null,
  lifecycle: 'active',
  direction: 'up',
  unitOfMeasure: '%',
  decimals: 1,
  horizon: 'short',
  weight: 25,
  ownerId: 'wang.li',
  baseline: { value: more.from, date: '2024-12-31' },
  targets: [],
  openChanges: [],
  openMethodChanges: [],
  warnings: [],
  gaps: [],
  season: 0,
  spread: 1,
  perMonth: 720,
  knownInterval: true,
  seed: kpiId.length * 7_919,
  ...more,
});

const untilEnd = (value, date = '2027-12-31') => ({ target: { value, date }, effectiveFrom: '2025-01-01' });

const KPIS = [
  kpi(
    'pm25-mean',
    'environment',
    { en: 'Fine particles (PM2.5), monthly mean', 'zh-CN': '细颗粒物（PM2.5）月均浓度' },
    {
      direction: 'down',
      unitOfMeasure: 'ug/m3',
      from: 62,
      to: 43,
      season: 9,
      spread: 7,
      perMonth: 8_640,
      goalId: 'clean-air',
      gaps: [9],
      targets: [untilEnd(30, '2026-12-31'), { target: { value: 35, date: '2027-12-31' }, effectiveFrom: '2026-04-01' }],
      openChanges: [
        {
          changeId: 'c-9',
          target: { value: 32, date: '2027-12-31' },
          effectiveFrom: '2027-01-01',
          reason: 'Two power stations close earlier than planned.',
          proposedBy: 'wang.li',
        },
      ],
      openMethodChanges: [
        {
          changeId: 'm-2',
          method: {
            measure: { kind: 'percentile', percentile: 90, series: ['environment/pm25-mean/*', 'suburbs/pm25-mean/*'] },
            period: 'quarter',
            trajectory: 'geometric',
            horizon: 'long',
            weight: 30,
          },
          effectiveFrom: '2027-01-01',
          reason: 'A mean hides the worst stations, and the suburbs have stations of their own now.',
          proposedBy: 'zhao.min',
        },
      ],
    },
  ),
  kpi(
    'exceedance-days',
    'environment',
    { en: 'Days above the PM10 limit', 'zh-CN': 'PM10 超标天数' },
    {
      direction: 'down',
      unitOfMeasure: 'd',
      decimals: 0,
      from: 9,
      to: 7,
      season: 2,
      spread: 2,
      targets: [untilEnd(2)],
      horizon: 'long',
    },
  ),
  kpi(
    'river-ph',
    'environment',
    { en: 'Acidity of the river at the water works', 'zh-CN': '水厂取水口河水酸碱度' },
    {
      direction: 'range',
      unitOfMeasure: 'pH',
      from: 7.2,
      to: 7.4,
      spread: 0.5,
      baseline: null,
      targets: [
        { target: { range: { low: 6.8, high: 7.6, tolerance: 0.4 }, date: '2027-12-31' }, effectiveFrom: '2025-01-01' },
      ],
    },
  ),
  kpi(
    'noise-complaints',
    'environment',
    { en: 'Noise complaints answered within five days' },
    {
      from: 71,
      to: 90,
      spread: 3,
      gaps: [24, 25],
      knownInterval: false,
      targets: [untilEnd(95)],
    },
  ),
  kpi(
    'bus-punctuality',
    'transport',
    { en: 'Buses on time', 'zh-CN': '公交准点率' },
    {
      from: 81,
      to: 91,
      spread: 2,
      perMonth: 41_200,
      targets: [untilEnd(92)],
    },
  ),
  kpi(
    'bike-trips',
    'transport',
    { en: 'Bicycle trips counted', 'zh-CN': '自行车出行量' },
    {
      unitOfMeasure: 'trips',
      decimals: 0,
      from: 184_000,
      to: 212_000,
      season: -32_000,
      spread: 9_000,
      perMonth: 17_856,
      targets: [untilEnd(320_000)],
      horizon: 'long',
    },
  ),
  kpi(
    'metro-availability',
    'transport',
    { 'zh-CN': '地铁自动扶梯可用率' },
    { from: 97, to: 98, spread: 0.6, decimals: 2, baseline: null },
  ),
  kpi(
    'ae-4h',
    'health',
    { en: 'Emergency patients seen within four hours', 'zh-CN': '急诊四小时内就诊比例' },
    {
      from: 88,
      to: 76,
      spread: 2.5,
      perMonth: 94,
      targets: [untilEnd(95, '2026-12-31')],
      warnings: ['WEIGHTS_DO_NOT_ADD_UP'],
    },
  ),
  kpi(
    'vaccination',
    'health',
    { en: 'Children vaccinated against measles', 'zh-CN': '儿童麻疹疫苗接种率' },
    {
      lifecycle: 'draft',
      from: 91,
      to: 93,
      gaps: Array.from({ length: MONTHS }, (_, index) => index),
    },
  ),
  kpi(
    'call-answering',
    'health',
    { en: 'Mean time to answer emergency calls', 'zh-CN': '急救电话平均接听时间' },
    { lifecycle: 'retired', unitOfMeasure: 's', direction: 'down', from: 12, to: 9, targets: [untilEnd(8)] },
  ),
  kpi(
    'bed-hours',
    'health',
    { en: 'Bed hours lost to delays', 'zh-CN': '因延误损失的床位小时' },
    {
      unitOfMeasure: 'h',
      direction: 'down',
      from: 40,
      to: 30,
      targets: [untilEnd(20)],
      gaps: Array.from({ length: MONTHS - 1 }, (_, index) => index),
      spread: 0,
      hasOneValue: true,
    },
  ),
];

const summaryOf = (entry) => {
  const periods = periodsOf(entry);
  const current =
    periods.findLast(({ value }) => value !== null && (entry.gaps.length < 2 || entry.hasOneValue)) ?? periods.at(-1);
  const {
    kpiId,
    unitId,
    goalId,
    name,
    lifecycle,
    direction,
    unitOfMeasure,
    decimals,
    horizon,
    weight,
    ownerId,
    baseline,
  } = entry;
  const sparkline = periods.slice(-13).map(({ value }) => value);
  return {
    kpiId,
    unitId,
    goalId,
    name,
    lifecycle,
    direction,
    unitOfMeasure,
    decimals,
    horizon,
    weight,
    ownerId,
    baseline,
    current,
    sparkline,
  };
};

const definitionOf = (entry) => ({
  kpiId: entry.kpiId,
  unitId: entry.unitId,
  name: entry.name,
  ownerId: entry.ownerId,
  direction: entry.direction,
  measure: { kind: 'statistic', statistic: 'mean', series: [`${entry.unitId}/${entry.kpiId}/*`] },
  period: 'month',
  unitOfMeasure: entry.unitOfMeasure,
  decimals: entry.decimals,
  horizon: entry.horizon,
  weight: entry.weight,
  description: {
    en: 'Mean of the hourly readings of all stations inside the ring road.',
    'zh-CN': '环路以内所有监测站小时值的平均。',
  },
  dataSource: {
    en: 'Municipal monitoring network, twelve stations, hourly.',
    'zh-CN': '市监测网，十二个站点，每小时一次。',
  },
  staleAfter_days: 10,
  trajectory: 'linear',
});

const admin = { kind: 'person', id: 'admin', role: 'admin' };
const owner = { kind: 'person', id: 'wang.li', role: 'kpi-owner' };
const evaluator = { kind: 'person', id: 'chen.fang', role: 'evaluator' };

const auditOf = (kpiId) => {
  const subject = { kind: 'kpi', id: kpiId };
  const entry = (position, recordedAt, type, actor, more) => ({
    position,
    recordedAt,
    subject,
    unitId: 'environment',
    type,
    actor,
    proposedBy: null,
    approvedBy: null,
    reason: null,
    effectiveFrom: null,
    before: null,
    after: null,
    marks: [],
    markedPeriods: [],
    ...more,
  });
  const [older, newer] = [
    { value: 30, date: '2026-12-31' },
    { value: 35, date: '2027-12-31' },
  ];
  return [
    entry('3991', '2026-11-10T08:12:00.000Z', 'TargetChangeProposed', owner, {
      reason: 'Two power stations close earlier than planned.',
      effectiveFrom: '2027-01-01',
      before: newer,
      after: { value: 32, date: '2027-12-31' },
    }),
    entry('2764', '2026-03-20T14:41:00.000Z', 'TargetChangeApproved', evaluator, {
      proposedBy: 'wang.li',
      approvedBy: 'chen.fang',
      effectiveFrom: '2026-04-01',
      before: older,
      after: newer,
      marks: ['turns-missed-into-met'],
      markedPeriods: ['2026-10'],
      reason: 'The national programme was prolonged by a year; the old target rested on measures that were not funded.',
    }),
    entry('61', '2025-01-02T09:30:00.000Z', 'KpiActivated', admin, { after: { activatedOn: '2025-01-02' } }),
    entry('60', '2025-01-02T09:24:00.000Z', 'KpiTargetSet', owner, { effectiveFrom: '2025-01-01', after: older }),
    entry('59', '2025-01-02T09:20:00.000Z', 'KpiBaselineSet', owner, { after: { value: 62, date: '2024-12-31' } }),
    entry('58', '2025-01-02T09:11:00.000Z', 'KpiDefined', owner, { after: definitionOf(KPIS[0]) }),
  ];
};

const action = (actionId, title, more) => ({
  actionId,
  unitId: 'environment',
  kpiId: 'pm25-mean',
  goalId: 'clean-air',
  reviewId: 'r-2026-q1',
  findingId: 'f-1',
  title,
  ownerId: 'zhao.min',
  dueDate: '2026-09-30',
  expectedEffect: { value: 45, date: '2026-10-31' },
  valueAtPlanning: 52.4,
  state: 'in-progress',
  progress_percent: 60,
  completedOn: null,
  check: null,
  steps: [],
  ...more,
});

const ACTIONS = [
  action(
    'a-1',
    { en: 'Water the streets of three building sites daily', 'zh-CN': '三处工地每日洒水降尘' },
    {
      state: 'completed',
      progress_percent: 100,
      completedOn: '2026-08-14',
      check: {
        checkedOn: '2026-11-05',
        period: '2026-10',
        value: 46.1,
        judged: 'partly',
        worked: 'partly',
        note: 'Lower than before, but not as low as expected; the weather helped.',
        asOf: '3820',
      },
    },
  ),
  action(
    'a-2',
    { en: 'Low-emission zone in the old town' },
    { dueDate: '2027-03-31', expectedEffect: { value: 38, date: '2027-06-30' }, progress_percent: 35 },
  ),
];

const REVIEWS = [
  {
    reviewId: 'r-2026-q1',
    unitId: 'environment',
    period: '2026-Q1',
    state: 'closed',
    openedOn: '2026-04-08',
    closedOn: '2026-04-22',
    agenda: [{ kpiId: 'pm25-mean', reason: 'off-track', value: 58.2, expected: 47.9, attainment_percent: 12 }],
    agendaAsOf: '2801',
    findings: [
      {
        findingId: 'f-1',
        kpiId: 'pm25-mean',
        position: '2833',
        criteria: 'The path asked for at most 47.9 µg/m³ in March.',
        condition: 'The mean was 58.2 µg/m³; four stations near building sites were far above the others.',
        cause: 'Dust from three large sites without cover.',
        effect: 'Some 40,000 residents breathed air above the interim target.',
      },
    ],
    conclusion: 'Two actions were agreed; their effect is to be checked in November.',
    actions: [],
    steps: [],
  },
];

const explain = (entry, label) => {
  const period = periodsOf(entry).find((candidate) => candidate.period.label === label) ?? periodsOf(entry).at(-1);
  const length = day(period.period.endsOn) - day(period.period.startsOn) + 1;
  const days = Array.from({ length: period.value === null ? 0 : length }, (_, index) => {
    const mean = period.value + 4 * Math.sin(index);
    const date = new Date((day(period.period.startsOn) + index) * MS_PER_DAY).toISOString().slice(0, 10);
    return { day: date, count: 288, sum: mean * 288, mean, min: mean - 11, max: mean + 14, last: mean + 1 };
  });
  const series = definitionOf(entry).measure.series;
  return {
    kpiId: entry.kpiId,
    period: period.period,
    value: period.value,
    unitOfMeasure: entry.unitOfMeasure,
    formula: 'mean = sum ÷ count',
    method: { name: 'statistic.mean', version: 1 },
    inputs: [
      { name: 'values', statistic: 'mean', series, observations: period.observations, value: period.value, days },
    ],
    attainment: {
      formula: '100 × (value − baseline) ÷ (target − baseline)',
      baseline: entry.baseline,
      target: period.target,
      attainment_percent: period.attainment_percent,
      expected: period.expected,
      status: period.status,
    },
    positions: {
      definition: '58',
      target: '2764',
      observations: Array.from({ length: 40 }, (_, index) => String(4_100 + 17 * index)),
      truncated: true,
    },
    asOf: asOfNow(),
  };
};

const UNITS = [
  {
    unitId: 'environment',
    name: { en: 'Environment Agency', 'zh-CN': '生态环境局' },
    parentUnitId: null,
    activeKpis: 4,
    warnings: [],
  },
  {
    unitId: 'transport',
    name: { en: 'Transport Authority', 'zh-CN': '交通运输局' },
    parentUnitId: null,
    activeKpis: 3,
    warnings: ['WEIGHTS_DO_NOT_ADD_UP'],
  },
  {
    unitId: 'health',
    name: { en: 'Emergency Care', 'zh-CN': '急救中心' },
    parentUnitId: 'environment',
    activeKpis: 1,
    warnings: ['FEWER_THAN_THREE_KPIS', 'NO_LONG_HORIZON'],
  },
];

/** The moment asked for: the figures stay as they are now, the position is that of the fixtures' one decision. */
const momentOf = (query) =>
  query.has('asOf') ? { position: '2764', recordedAt: '2026-03-20T14:41:00.000Z' } : asOfNow();

/** The answer to a GET of the API, or null where the fixtures have none. */
export function answer(path, query) {
  const page = (items) => ({ items, asOf: momentOf(query) });
  const entry = KPIS.find(({ kpiId }) => path.startsWith(`/v1/kpis/${kpiId}`));
  if (path === '/v1/me') return { id: 'admin', role: 'admin', timeZone: 'Asia/Shanghai' };
  if (path === '/v1/units') return page(UNITS);
  if (path === '/v1/goals')
    return page([{ goalId: 'clean-air', name: { en: 'Clean air by 2030', 'zh-CN': '2030 年清洁空气' } }]);
  if (path === '/v1/kpis') return page(KPIS.map(summaryOf));
  if (path === '/v1/audit-trail') return page(auditOf(query.get('kpi')));
  if (path === '/v1/reviews') return page(query.get('kpi') === 'pm25-mean' ? REVIEWS : []);
  if (path === '/v1/actions') return page(query.get('kpi') === 'pm25-mean' ? ACTIONS : []);
  if (entry === undefined) return null;
  if (path.endsWith('/periods')) return page(periodsOf(entry));
  if (path.endsWith('/explain')) return explain(entry, query.get('period'));
  const { targets, openChanges, openMethodChanges, warnings } = entry;
  const asOf = momentOf(query);
  return {
    ...summaryOf(entry),
    definition: definitionOf(entry),
    targets,
    openChanges,
    openMethodChanges,
    warnings,
    asOf,
  };
}

/** Something happened: the next position, and a KPI that is measured anew. */
export function progress() {
  log.position += 1;
  KPIS[0].to += 0.05;
  return { position: String(log.position), kpiIds: ['pm25-mean'] };
}
