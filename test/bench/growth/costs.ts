import { classOf, fitExponent, type GrowthClass, type GrowthPoint } from './fit.js';

/** What is measured at every size, in the order of the table. */
export const COSTS = {
  accept: { title: 'an observation accepted over HTTP', unit: 'µs', isDrawn: true },
  append: { title: 'a decision appended', unit: 'µs', isDrawn: false },
  command: { title: 'a command over HTTP, median', unit: 'ms', isDrawn: true },
  'catch-up': { title: 'all views from zero, intake idle', unit: 'ms', isDrawn: true },
  rebuild: { title: 'rebuild beside the live views', unit: 'ms', isDrawn: true },
  start: { title: 'start until ready', unit: 'ms', isDrawn: true },
  'kpi-p50': { title: 'KPI query, median', unit: 'ms', isDrawn: true },
  'kpi-p99': { title: 'KPI query, 99th percentile', unit: 'ms', isDrawn: false },
  'wide-kpi': { title: 'query of a KPI over every series, median', unit: 'ms', isDrawn: false },
  list: { title: 'list of 100 KPIs, median', unit: 'ms', isDrawn: true },
  'as-of': { title: 'KPI query as of half the log, median', unit: 'ms', isDrawn: true },
  audit: { title: 'audit trail, newest 100, median', unit: 'ms', isDrawn: true },
  memory: { title: 'memory after all that (RSS)', unit: 'MiB', isDrawn: true },
  log: { title: 'log on disk', unit: 'MB', isDrawn: false },
  views: { title: 'views on disk', unit: 'MB', isDrawn: true },
} as const;
export type CostName = keyof typeof COSTS;
export const COST_NAMES = Object.keys(COSTS) as CostName[];

/** The costs of one size. */
export type Costs = Partial<Record<CostName, number>>;

/** All sizes of one dimension. */
export interface Measured {
  readonly dimension: string;
  /** What the sizes count. */
  readonly counted: string;
  /** Costs of one unit of the size: what counts there is the cost of all, so their exponent is one more. */
  readonly perUnit: readonly CostName[];
  readonly sizes: readonly { readonly size: number; readonly costs: Costs }[];
}

/** How one cost grows in one dimension. */
export interface Growth {
  readonly dimension: string;
  readonly counted: string;
  readonly cost: CostName;
  /** As measured. */
  readonly points: readonly GrowthPoint[];
  /** Of the whole: of all units where the cost is one unit's. */
  readonly total: readonly GrowthPoint[];
  readonly exponent: number;
  readonly growth: GrowthClass;
}

/** One growth for each cost that was measured at every size. */
export function growthsOf({ dimension, counted, perUnit, sizes }: Measured): Growth[] {
  return COST_NAMES.flatMap((cost) => {
    const points = sizes.flatMap(({ size, costs }) => {
      const value = costs[cost];
      return value === undefined ? [] : [{ size, cost: value }];
    });
    if (points.length < sizes.length || points.length < 2) return [];
    const isUnit = perUnit.includes(cost);
    const total = points.map((point) => ({ size: point.size, cost: point.cost * (isUnit ? point.size : 1) }));
    const exponent = fitExponent(total);
    return [{ dimension, counted, cost, points, total, exponent, growth: classOf(exponent) }];
  });
}
