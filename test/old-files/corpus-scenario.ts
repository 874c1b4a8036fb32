/** Everything that an organisation can do in this version, once: so that every event type gets into the corpus. */
import type { Client } from '#lib/client';

const SERIES = 'air/pm25/station-1';
const KPIS = ['pm25', 'days', 'share', 'ratio'] as const;
const MEASURES = {
  pm25: { kind: 'statistic', statistic: 'mean', series: ['air/pm25/*'] },
  days: {
    kind: 'days',
    dayStatistic: 'mean',
    comparison: 'above',
    threshold: 25,
    minimumObservations: 2,
    series: [SERIES],
  },
  share: { kind: 'share', comparison: 'at-or-below', threshold: 25, series: [SERIES] },
  ratio: {
    kind: 'ratio',
    numerator: { statistic: 'sum', series: [SERIES] },
    denominator: { statistic: 'count', series: [SERIES] },
    scale: 1,
    complement: false,
  },
} as const;

export interface CorpusCallers {
  readonly admin: Client;
  readonly evaluator: Client;
  readonly source: Client;
}

const name = (en: string, zh: string) => ({ en, 'zh-CN': zh });

/** First half: people, sources, series, observations, goals, KPIs in force, a review and a planned action. */
export async function foundOrganisation(admin: Client, from_ms: number): Promise<CorpusCallers> {
  await admin.post('/v1/units', { unitId: 'city', name: name('City', '城市') });
  await admin.post('/v1/units', { unitId: 'air', name: name('Air', '空气'), parentUnitId: 'city' });
  await admin.post('/v1/units', { unitId: 'closed', name: name('Closed', '关闭') });
  await admin.post('/v1/units/air/rename', { name: name('Air quality office', '空气质量办公室') });
  await admin.post('/v1/units/closed/retire');
  const evaluator = await admin.registerPerson('evaluator-1', 'evaluator', 'air');
  await admin.registerPerson('owner-1', 'kpi-owner', 'air');
  await admin.registerPerson('leaver-1', 'employee', 'air');
  await admin.post('/v1/people/leaver-1/role', { role: 'auditor' });
  const issued = await admin.post<{ tokenId: string }>('/v1/people/leaver-1/tokens', {
    expiresAt: '2035-01-01T00:00:00.000Z',
  });
  await admin.post(`/v1/people/leaver-1/tokens/${issued.tokenId}/revoke`);
  await admin.post('/v1/people/leaver-1/deactivate');
  const source = await registerSources(admin);
  await observe(source, from_ms);
  await setGoals(admin);
  for (const kpiId of KPIS) await activate(admin, kpiId);
  await changeTargets(admin, evaluator);
  await planImprovement(admin, evaluator);
  return { admin, evaluator, source };
}

async function registerSources(admin: Client): Promise<Client> {
  const source = await admin.registerSource('air-network', name('Air network', '空气监测网'));
  await admin.post('/v1/sources', { sourceId: 'old-network', name: name('Old network', '旧网') });
  const { keyId } = await admin.post<{ keyId: string }>('/v1/sources/old-network/keys', {
    expiresAt: '2035-01-01T00:00:00.000Z',
  });
  await admin.post(`/v1/sources/old-network/keys/${keyId}/revoke`);
  const series = { sourceId: 'air-network', name: name('PM2.5', '细颗粒物'), unitOfMeasure: 'ug/m3' };
  const physicalRange = { min: 0, max: 500 };
  await admin.registerSeries([
    { ...series, seriesKey: SERIES, physicalRange, expectedInterval_ms: 3_600_000 },
    { ...series, seriesKey: 'air/pm25/station-2', physicalRange },
  ]);
  const timeWindow = { maxAge_ms: 63_244_800_000, maxAhead_ms: 3_600_000 };
  await put(admin, '/v1/series', { ...series, seriesKey: 'air/pm25/station-2', physicalRange, timeWindow });
  await admin.post('/v1/series/retire', { seriesKey: 'air/pm25/station-2' });
  await admin.post('/v1/sources/old-network/retire');
  return source;
}

async function put({ url, token }: Client, path: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`PUT ${path} answered ${response.status}: ${await response.text()}`);
}

/** Ten weeks of values every six hours, a correction, a flag, and what cannot be counted. */
async function observe(source: Client, from_ms: number): Promise<void> {
  const step_ms = 6 * 3_600_000;
  const values = Array.from({ length: 280 }, (_, index) => ({
    series: SERIES,
    observedAt: from_ms + index * step_ms,
    value: 10 + ((index * 7) % 31) + (index % 4) / 8,
    ...(index % 50 === 0 ? { flag: 'E' } : {}),
  }));
  await source.sendObservations(values, { idempotencyKey: 'corpus-1' });
  await source.sendObservations([{ ...values[3]!, value: 99.5 }]);
  await source.sendObservations([
    { ...values[5]!, value: 9_999 },
    { ...values[5]!, series: 'air/unknown' },
    { ...values[5]!, unit: 'mg/m3' },
  ]);
}

async function setGoals(admin: Client): Promise<void> {
  const goal = { unitId: 'air', name: name('Clean air', '清洁空气'), dueDate: '2030-12-31' };
  await admin.post('/v1/goals', { ...goal, goalId: 'clean-air' });
  await admin.post('/v1/goals', { ...goal, goalId: 'quiet' });
  await admin.post('/v1/goals/clean-air/revise', {
    ...goal,
    dueDate: '2029-12-31',
    reason: 'The council decided earlier.',
  });
  await admin.post('/v1/goals/quiet/close', { outcome: 'dropped', reason: 'Noise is for another office.' });
}

const definitionOf = (kpiId: (typeof KPIS)[number]) => ({
  unitId: 'air',
  goalId: 'clean-air',
  name: name(`KPI ${kpiId}`, `指标 ${kpiId}`),
  description: { en: `Figure ${kpiId} of the corpus.` },
  ownerId: 'owner-1',
  direction: kpiId === 'share' ? 'up' : 'down',
  measure: MEASURES[kpiId],
  period: kpiId === 'days' ? 'quarter' : 'month',
  unitOfMeasure: 'ug/m3',
  decimals: 1,
  horizon: 'short',
  weight: 25,
  dataSource: { en: 'The corpus.' },
  limitations: { en: 'Made up.' },
  trajectory: 'linear',
});

async function activate(admin: Client, kpiId: (typeof KPIS)[number]): Promise<void> {
  const path = `/v1/kpis/${kpiId}`;
  await admin.post('/v1/kpis', { ...definitionOf(kpiId), kpiId });
  await admin.post(`${path}/baseline`, { baseline: { value: 50, date: '2026-01-01' } });
  const value = kpiId === 'share' ? 90 : 20;
  await admin.post(`${path}/target`, { target: { value, date: '2028-12-31' }, effectiveFrom: '2026-01-01' });
  await admin.post(`${path}/activate`);
}

async function changeTargets(admin: Client, evaluator: Client): Promise<void> {
  const { measure: _measure, ...described } = definitionOf('pm25');
  await admin.post('/v1/kpis/pm25/redefine', {
    ...described,
    measure: MEASURES.pm25,
    decimals: 2,
    reason: 'Two decimals are published.',
  });
  const change = { target: { value: 15, date: '2028-12-31' }, effectiveFrom: '2026-09-01', reason: 'New guideline.' };
  await admin.post('/v1/kpis/pm25/target-changes', { ...change, changeId: 'stricter' });
  await evaluator.post('/v1/kpis/pm25/target-changes/stricter/approve');
  await admin.post('/v1/kpis/pm25/target-changes', {
    ...change,
    changeId: 'laxer',
    target: { value: 30, date: '2028-12-31' },
  });
  await evaluator.post('/v1/kpis/pm25/target-changes/laxer/reject', { reason: 'No reason was given that holds.' });
}

async function planImprovement(admin: Client, evaluator: Client): Promise<void> {
  await evaluator.post('/v1/reviews', { reviewId: 'review-1', unitId: 'air', period: '2026-06' });
  await evaluator.post('/v1/reviews/review-1/findings', {
    findingId: 'finding-1',
    kpiId: 'pm25',
    criteria: 'The mean should be 15.',
    condition: 'It is above 20.',
    cause: 'Traffic.',
    effect: 'People cough.',
  });
  await evaluator.post('/v1/reviews/review-1/close', { conclusion: 'Less traffic.' });
  for (const actionId of ['fewer-cars', 'more-trees']) {
    await admin.post('/v1/actions', {
      actionId,
      kpiId: 'pm25',
      goalId: 'clean-air',
      reviewId: 'review-1',
      findingId: 'finding-1',
      title: name('An action', '行动'),
      ownerId: 'owner-1',
      dueDate: '2026-12-31',
      expectedEffect: { value: 15, date: '2026-12-31' },
    });
  }
}

/** Second half, some months later: what became of it. */
export async function finish({ admin, evaluator, source }: CorpusCallers, now_ms: number): Promise<void> {
  const day_ms = 86_400_000;
  const values = Array.from({ length: 60 }, (_, day) => ({
    series: SERIES,
    observedAt: now_ms - (day + 1) * day_ms,
    value: 14 + (day % 5),
  }));
  const { position } = await source.sendObservations(values, { idempotencyKey: 'corpus-2' });
  await admin.waitForViews(position ?? '0');
  await evaluator.post('/v1/actions/fewer-cars/check', {
    period: '2026-09',
    worked: 'partly',
    note: 'It was also windy.',
  });
  await admin.post('/v1/actions/more-trees/cancel', { reason: 'No room for trees.' });
  await admin.post('/v1/kpis/ratio/retire', { reason: 'Nobody read it.' });
}

/** Between the halves, before the months pass. */
export async function carryOut({ admin }: CorpusCallers): Promise<void> {
  await admin.post('/v1/actions/fewer-cars/progress', { percent: 60, note: 'Half of the streets.' });
  await admin.post('/v1/actions/fewer-cars/complete', { note: 'All streets.' });
}
