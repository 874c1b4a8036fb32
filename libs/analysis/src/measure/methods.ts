import type { Measure } from '#lib/domain';
import { type AttainmentInput, attainmentRuleOf } from '../progress/attainment.js';
import { type Trajectory, shapeInUse } from '../progress/trajectory.js';

/** A named way to compute a figure. A change that can move a figure is a new version, so that old answers stay explained. */
export interface Method {
  readonly name: string;
  readonly version: number;
}

/** All public methods by name. Formulas stand at the functions that compute them. */
export const METHODS = {
  'period-statistic': { name: 'period-statistic', version: 1 },
  'period-percentile-type-7': { name: 'period-percentile-type-7', version: 1 },
  'period-share': { name: 'period-share', version: 1 },
  'period-days': { name: 'period-days', version: 1 },
  'period-ratio': { name: 'period-ratio', version: 1 },
  'attainment-linear': { name: 'attainment-linear', version: 1 },
  'attainment-without-baseline': { name: 'attainment-without-baseline', version: 1 },
  'attainment-target-equals-baseline': { name: 'attainment-target-equals-baseline', version: 1 },
  'attainment-range': { name: 'attainment-range', version: 1 },
  'trajectory-linear': { name: 'trajectory-linear', version: 1 },
  'trajectory-geometric': { name: 'trajectory-geometric', version: 1 },
  'status-5-20': { name: 'status-5-20', version: 1 },
} as const satisfies Record<string, Method>;

/** Method of a period's figure. */
export function methodOfMeasure(measure: Measure): Method {
  switch (measure.kind) {
    case 'statistic':
      return METHODS['period-statistic'];
    case 'percentile':
      return METHODS['period-percentile-type-7'];
    case 'share':
      return METHODS['period-share'];
    case 'days':
      return METHODS['period-days'];
    case 'ratio':
      return METHODS['period-ratio'];
  }
}

/** Method of an attainment; null where none can be computed. */
export function methodOfAttainment(input: Pick<AttainmentInput, 'baseline' | 'target' | 'direction'>): Method | null {
  const rule = attainmentRuleOf(input);
  return rule && METHODS[rule];
}

/** Method of the expected value: the shape that is in use, which need not be the one wished for. */
export function methodOfTrajectory(trajectory: Trajectory): Method {
  return METHODS[`trajectory-${shapeInUse(trajectory)}`];
}
