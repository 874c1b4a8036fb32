import { type Actor } from '../common.js';
import { type KpiCommand } from '../kpi/kpi.commands.js';
import { type Baseline, type KpiDefinition, type Target } from '../kpi/kpi.events.js';

export const person = (id: string, role: Actor['role'] = 'kpi-owner'): Actor => ({ kind: 'person', id, role });
export const system: Actor = { kind: 'system', id: 'bootstrap', role: 'system' };
export const anna = person('anna');
export const bo = person('bo', 'evaluator');

export const TODAY = '2026-11-24';
export const NOW = '2026-11-24T08:00:00.000Z';
export const SHA256 = 'a'.repeat(64);

/** A complete definition; with baseline and target below it is SMART on `TODAY`. */
export const cleanAir: KpiDefinition = {
  kpiId: 'clean-air',
  unitId: 'environment',
  goalId: 'breathe',
  name: { en: 'Fine dust', 'zh-CN': '细颗粒物' },
  description: { en: 'Mean of all hourly PM2.5 values of the month' },
  ownerId: 'anna',
  direction: 'down',
  measure: { kind: 'statistic', statistic: 'mean', series: ['environment/air/pm25/*'] },
  period: 'month',
  unitOfMeasure: 'ug/m3',
  decimals: 1,
  horizon: 'long',
  weight: 40,
  dataSource: { en: 'Monitoring stations of the city' },
  trajectory: 'linear',
};
export const baseline: Baseline = { value: 60, date: '2026-01-01' };
export const target: Target = { value: 35, date: '2028-12-31' };

const KPI = 'clean-air';
export const defineCleanAir: KpiCommand = { type: 'DefineKpi', actor: anna, ...cleanAir };
export const setBaseline: KpiCommand = { type: 'SetKpiBaseline', actor: anna, kpiId: KPI, baseline, today: TODAY };
export const setTarget: KpiCommand = {
  type: 'SetKpiTarget',
  actor: anna,
  kpiId: KPI,
  target,
  effectiveFrom: '2026-01-01',
};
export const activate: KpiCommand = { type: 'ActivateKpi', actor: anna, kpiId: KPI, today: TODAY };
/** From nothing to an active KPI. */
export const activation: readonly KpiCommand[] = [defineCleanAir, setBaseline, setTarget, activate];
