import type { Measure, KpiPeriod } from '../../../libs/domain/src/kpi/kpi.events.js';
import type { SeriesDefinition } from '../../../libs/domain/src/series/series.events.js';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';

/** What a data set needs to be known before its first observation. */
export interface RegisteredDataset {
  readonly timeZone: string;
  readonly fiscalYearStartMonth: number;
  readonly sourceId: string;
  readonly series: readonly SeriesDefinition[];
  readonly kpis: readonly PreparedKpi[];
}

export interface PreparedKpi {
  readonly kpiId: string;
  readonly measure: Measure;
  readonly period: KpiPeriod;
  readonly unitOfMeasure: string;
  readonly direction: 'up' | 'down';
}

/** A system with a data set's source, series and KPIs registered and nothing observed yet. */
export interface PreparedSystem {
  readonly tallystick: RunningTallystick;
  readonly admin: Client;
  readonly source: Client;
}

const UNIT = 'unit-under-test';
const OWNER = 'owner-1';

/** Starts a system in the data set's calendar and registers everything through the doors; the KPIs are active after it. */
export async function prepareSystem(dataset: RegisteredDataset, dataFolder?: string): Promise<PreparedSystem> {
  const tallystick = await startTallystick({ env: calendarOf(dataset), dataFolder });
  try {
    const admin = await new Client(tallystick.url).bootstrap(tallystick.bootstrapToken ?? '', 'admin-1');
    const source = await admin.registerSource(dataset.sourceId, { en: `Source of ${dataset.sourceId}` });
    await admin.registerSeries(dataset.series);
    await admin.registerPerson(OWNER, 'kpi-owner');
    await admin.post('/v1/units', { unitId: UNIT, name: { en: 'Unit under test' } });
    await admin.post('/v1/goals', {
      goalId: 'goal-1',
      unitId: UNIT,
      name: { en: 'Figures that can be checked' },
      dueDate: '2030-12-31',
    });
    for (const kpi of dataset.kpis) await activateKpi(admin, kpi, 100 / dataset.kpis.length);
    return { tallystick, admin, source };
  } catch (error) {
    const said = tallystick.output();
    await tallystick.stop();
    throw new Error(`${(error as Error).message}\n${said}`, { cause: error });
  }
}

/** The environment that sets the organisation's calendar on the first start. */
export const calendarOf = (dataset: RegisteredDataset): Record<string, string> => ({
  TALLYSTICK_TIME_ZONE: dataset.timeZone,
  TALLYSTICK_FISCAL_YEAR_START_MONTH: String(dataset.fiscalYearStartMonth),
});

async function activateKpi(admin: Client, kpi: PreparedKpi, weight: number): Promise<void> {
  const path = `/v1/kpis/${kpi.kpiId}`;
  await admin.post('/v1/kpis', {
    ...kpi,
    unitId: UNIT,
    goalId: 'goal-1',
    name: { en: kpi.kpiId, 'zh-CN': kpi.kpiId },
    description: { en: `Checked against the published reference figures (${kpi.kpiId}).` },
    ownerId: OWNER,
    decimals: 6,
    horizon: 'long',
    weight,
    dataSource: { en: 'Published data set with reference figures.' },
    limitations: { en: 'Gaps in the source are gaps here.' },
    trajectory: 'linear',
  });
  await admin.post(`${path}/baseline`, { baseline: { value: 100, date: '2026-01-01' } });
  const value = kpi.direction === 'down' ? 50 : 150;
  await admin.post(`${path}/target`, { target: { value, date: '2030-12-31' }, effectiveFrom: '2026-01-01' });
  await admin.post(`${path}/activate`, {});
}
