/** The words of a small city, for specs: bodies that are right unless a spec changes them. */
import type { HttpFixture } from './http-fixture.js';

export const SERIES_KEY = 'environment/air/pm25/station-1';

export const kpiBody = (kpiId: string, changed: object = {}) => ({
  kpiId,
  unitId: 'air',
  goalId: 'clean-air',
  name: { en: 'PM2.5', 'zh-CN': '细颗粒物' },
  description: { en: 'Mean of the hourly values of all stations' },
  ownerId: 'olga',
  direction: 'down',
  measure: { kind: 'statistic', statistic: 'mean', series: ['environment/air/pm25/*'] },
  period: 'month',
  unitOfMeasure: 'ug/m3',
  decimals: 1,
  horizon: 'short',
  weight: 20,
  dataSource: { en: 'The city’s monitoring stations' },
  limitations: { en: 'Stations stand at roads' },
  trajectory: 'linear',
  ...changed,
});

export const baselineBody = { baseline: { value: 50, date: '2026-01-01' } };
export const targetBody = { target: { value: 30, date: '2026-12-31' }, effectiveFrom: '2026-01-01' };

export const actionBody = (actionId: string, changed: object = {}) => ({
  actionId,
  kpiId: 'pm25',
  title: { en: 'Sweep the roads at night' },
  ownerId: 'olga',
  dueDate: '2026-12-15',
  expectedEffect: { value: 35, date: '2027-01-31' },
  ...changed,
});

/** A unit, a goal, an owner, an evaluator, a source and its series; answers the tokens. */
export async function foundCity(http: HttpFixture) {
  const admin = await http.admin();
  await http.post('/v1/units', admin, { unitId: 'air', name: { en: 'Air quality' } });
  const olga = await http.person(admin, 'olga', 'kpi-owner');
  const eva = await http.person(admin, 'eva', 'evaluator');
  await http.post('/v1/goals', admin, { goalId: 'clean-air', unitId: 'air', name: { en: 'Clean air' } });
  await http.source(admin, 'stations');
  const series = { seriesKey: SERIES_KEY, sourceId: 'stations', name: { en: 'One' }, unitOfMeasure: 'ug/m3' };
  await http.post('/v1/series', admin, series);
  return { admin, olga, eva };
}

/** Defines a KPI with baseline and target, ready to be activated. */
export async function draftKpi(http: HttpFixture, token: string, kpiId: string, changed: object = {}): Promise<void> {
  await http.post('/v1/kpis', token, kpiBody(kpiId, changed));
  await http.post(`/v1/kpis/${kpiId}/baseline`, token, baselineBody);
  await http.post(`/v1/kpis/${kpiId}/target`, token, targetBody);
}
