import { Client } from '#lib/client';
import { startTallystick } from '#lib/client';

/** Values above go to quarantine. */
export const VALUE_MAX = 1_000;
export const UNITS = 5;

export interface PreparedCity {
  readonly adminToken: string;
  /** One for each source. */
  readonly sourceTokens: readonly string[];
}

export const sourceIdOf = (source: number): string => `source-${source}`;
export const unitIdOf = (unit: number): string => `unit-${unit}`;
export const seriesKeyOf = (source: number, series: number): string => `torture/source-${source}/series-${series}`;

/** As the doors take it: also for changing a series. */
export const seriesBody = (source: number, series: number, value_max = VALUE_MAX): object => ({
  seriesKey: seriesKeyOf(source, series),
  sourceId: sourceIdOf(source),
  name: { en: `Series ${series} of source ${source}` },
  unitOfMeasure: '1',
  physicalRange: { min: 0, max: value_max },
});

/**
 * Makes a data folder in which the sources, their series, a few units and one KPI over all series are registered, through the
 * doors of the whole application. The application is stopped afterwards.
 */
export async function prepareCity(dataFolder: string, sources: number, seriesPerSource: number): Promise<PreparedCity> {
  const tallystick = await startTallystick({ dataFolder });
  try {
    const admin = await new Client(tallystick.url).bootstrap(tallystick.bootstrapToken ?? '', 'admin-1');
    const sourceTokens: string[] = [];
    for (let source = 0; source < sources; source += 1) {
      const client = await admin.registerSource(sourceIdOf(source), { en: sourceIdOf(source) });
      sourceTokens.push(client.token ?? '');
      const series = Array.from({ length: seriesPerSource }, (_, index) => seriesBody(source, index));
      await admin.registerSeries(series);
    }
    for (let unit = 0; unit < UNITS; unit += 1)
      await admin.post('/v1/units', { unitId: unitIdOf(unit), name: { en: unitIdOf(unit) } });
    await activateKpi(admin);
    return { adminToken: admin.token ?? '', sourceTokens };
  } finally {
    await tallystick.stop();
  }
}

async function activateKpi(admin: Client): Promise<void> {
  const unitId = unitIdOf(0);
  await admin.registerPerson('owner-1', 'kpi-owner');
  await admin.post('/v1/goals', { goalId: 'goal-1', unitId, name: { en: 'Goal' }, dueDate: '2030-12-31' });
  await admin.post('/v1/kpis', {
    kpiId: 'mean-of-all',
    unitId,
    goalId: 'goal-1',
    name: { en: 'Mean of all', 'zh-CN': '平均' },
    description: { en: 'Depends on every observation, so that a lost or doubled one shows in its figures.' },
    measure: { kind: 'statistic', statistic: 'mean', series: ['torture/*'] },
    period: 'month',
    unitOfMeasure: '1',
    direction: 'down',
    ownerId: 'owner-1',
    decimals: 6,
    horizon: 'long',
    weight: 100,
    dataSource: { en: 'The torture cases.' },
    limitations: { en: 'None.' },
    trajectory: 'linear',
  });
  await admin.post('/v1/kpis/mean-of-all/baseline', { baseline: { value: 100, date: '2026-01-01' } });
  const target = { value: 50, date: '2030-12-31' };
  await admin.post('/v1/kpis/mean-of-all/target', { target, effectiveFrom: '2026-01-01' });
  await admin.post('/v1/kpis/mean-of-all/activate', {});
}
