import type { Client } from '#lib/client';
import type { CityDomain, CityKpi, CityUnit, Sensor } from '../city/city-model.js';

/** People of the demo beside the units' owners, by the role they show. */
const PEOPLE = {
  'demo-steward': 'data-steward',
  'demo-evaluator': 'evaluator',
  'demo-auditor': 'auditor',
  'demo-employee': 'employee',
} as const;
export const ADMIN = 'demo-admin';
/** The person who decides on other people's proposals. */
export const EVALUATOR = 'demo-evaluator';

/** Smallest and largest value that a sensor's quantity can have, by unit; outside is quarantined. */
const PHYSICAL_RANGE: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  'ug/m3': { min: 0, max: 2_000 },
  dB: { min: 0, max: 150 },
  '%': { min: 0, max: 200 },
  min: { min: 0, max: 2_880 },
  d: { min: 0, max: 3_650 },
};
const COUNT_RANGE = { min: 0, max: 1_000_000 };

/** How to sign in and to send, once everything is registered. */
export interface RegisteredCity {
  readonly tokens: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * Registers people, sources, series, units, goals and KPIs of the city, and activates the KPIs, each in the name of the
 * person whose job it is.
 *
 * @param startsOn first day of the history: baselines and first targets belong to it
 * @param targetDate day by which the first targets are to be reached
 */
export async function registerCity(
  admin: Client,
  domains: readonly CityDomain[],
  startsOn: string,
  targetDate: string,
): Promise<RegisteredCity> {
  const tokens: Record<string, string> = { [ADMIN]: admin.token ?? '' };
  const keys: Record<string, string> = {};
  for (const [personId, role] of Object.entries(PEOPLE)) {
    tokens[personId] = (await admin.registerPerson(personId, role)).token ?? '';
  }
  const steward = admin.as(tokens['demo-steward'] ?? '');
  for (const { source, sensors, units } of domains) {
    keys[source.sourceId] = (await steward.registerSource(source.sourceId, source.name)).token ?? '';
    await steward.registerSeries(sensors.map(seriesOf));
    for (const unit of units) {
      await admin.post('/v1/units', { unitId: unit.unitId, name: unit.name });
      const owner = await admin.registerPerson(unit.ownerId, 'kpi-owner', unit.unitId);
      tokens[unit.ownerId] = owner.token ?? '';
      await registerUnit(owner, unit, source.name, startsOn, targetDate);
    }
  }
  return { tokens, keys };
}

async function registerUnit(
  owner: Client,
  unit: CityUnit,
  dataSource: object,
  startsOn: string,
  targetDate: string,
): Promise<void> {
  const { unitId, ownerId, goal } = unit;
  await owner.post('/v1/goals', { ...goal, unitId, dueDate: targetDate });
  for (const kpi of unit.kpis) {
    const { baseline, target, ...definition } = kpi;
    const path = `/v1/kpis/${kpi.kpiId}`;
    await owner.post('/v1/kpis', {
      trajectory: 'linear',
      staleAfter_days: staleAfter_days(kpi),
      ...definition,
      unitId,
      goalId: goal.goalId,
      ownerId,
      dataSource,
    });
    await owner.post(`${path}/baseline`, { baseline: { value: baseline, date: startsOn } });
    await owner.post(`${path}/target`, { target: { ...target, date: targetDate }, effectiveFrom: startsOn });
    await owner.post(`${path}/activate`, {});
  }
}

/** A figure is stale when a week has passed after what should have been the last reading of its period. */
const staleAfter_days = (kpi: CityKpi): number => (kpi.period === 'month' ? 7 : 30);

const seriesOf = ({ seriesKey, sourceId, name, unitOfMeasure, interval_ms }: Sensor): object => ({
  seriesKey,
  sourceId,
  name,
  unitOfMeasure,
  physicalRange: PHYSICAL_RANGE[unitOfMeasure] ?? COUNT_RANGE,
  expectedInterval_ms: interval_ms,
});
