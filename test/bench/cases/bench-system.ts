import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { SERIES_KEYS } from '../workload.js';

/** A system with a source, its series and one active KPI over a quarter of them. */
export interface BenchSystem {
  readonly tallystick: RunningTallystick;
  readonly admin: Client;
  readonly sourceKey: string;
}

export const KPI_PATH = '/v1/kpis/bench-kpi';
const SOURCE = 'bench-gateway';
const UNIT = 'bench-unit';
/** A line of log for every request would measure the terminal. */
const ENVIRONMENT = { TALLYSTICK_LOG_LEVEL: 'warn', TALLYSTICK_TIME_ZONE: 'Asia/Shanghai' };
/** Ten million observations on a slow machine. */
const START_TIMEOUT_MS = 120_000;

/** @param env settings beside the usual ones */
export async function startBenchSystem(
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchSystem> {
  const tallystick = await restartTallystick(dataFolder, env);
  try {
    const admin = await new Client(tallystick.url).bootstrap(tallystick.bootstrapToken ?? '', 'bench-admin');
    const source = await admin.registerSource(SOURCE, { en: 'Gateways of the benchmark' });
    await admin.registerSeries(
      SERIES_KEYS.map((seriesKey) => ({
        seriesKey,
        sourceId: SOURCE,
        name: { en: seriesKey },
        unitOfMeasure: 'ug/m3',
        physicalRange: { min: -1_000, max: 1_000 },
        expectedInterval_ms: 900_000,
      })),
    );
    await registerKpi(admin);
    return { tallystick, admin, sourceKey: source.token ?? '' };
  } catch (error) {
    await tallystick.stop();
    throw error;
  }
}

/** Starts the system on a folder that has a log already. */
export const restartTallystick = (
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningTallystick> =>
  startTallystick({ dataFolder, env: { ...ENVIRONMENT, ...env }, startTimeout_ms: START_TIMEOUT_MS });

async function registerKpi(admin: Client): Promise<void> {
  await admin.post('/v1/units', { unitId: UNIT, name: { en: 'Unit of the benchmark' } });
  await admin.post('/v1/goals', { goalId: 'bench-goal', unitId: UNIT, name: { en: 'Goal of the benchmark' } });
  await admin.post('/v1/kpis', {
    kpiId: 'bench-kpi',
    unitId: UNIT,
    goalId: 'bench-goal',
    name: { en: 'Mean of a gateway' },
    description: { en: 'Mean of the fifty series of a gateway.' },
    ownerId: 'bench-admin',
    direction: 'down',
    measure: { kind: 'statistic', statistic: 'mean', series: ['bench/gateway-01/*'] },
    period: 'month',
    unitOfMeasure: 'ug/m3',
    decimals: 1,
    horizon: 'long',
    weight: 100,
    dataSource: { en: 'The load generator.' },
    trajectory: 'linear',
  });
  await admin.post(`${KPI_PATH}/baseline`, { baseline: { value: 50, date: '2024-01-01' } });
  await admin.post(`${KPI_PATH}/target`, { target: { value: 10, date: '2035-12-31' }, effectiveFrom: '2024-01-01' });
  await admin.post(`${KPI_PATH}/activate`, {});
}
