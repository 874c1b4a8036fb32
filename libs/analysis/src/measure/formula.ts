import type { Comparison, LocalDate, Measure, SimpleStatistic } from '#lib/domain';
import {
  type AttainmentInput,
  type Direction,
  attainmentRuleOf,
  distanceOutside,
  hasQuotient,
} from '../progress/attainment.js';
import { type Trajectory, shapeInUse, shareOfWay } from '../progress/trajectory.js';
import { type DayRollup, totalOf } from '../statistics/day-rollup.js';
import { type MeasuredQuantity, type MeasureInputs, valueOfMeasure } from './measure-value.js';

const COMPARISON_WORDS: Readonly<Record<Comparison, string>> = {
  above: 'above',
  'at-or-above': 'at or above',
  below: 'below',
  'at-or-below': 'at or below',
};
const NO_DATA = 'no data';

/**
 * How a period's figure was computed, with the numbers put in, for example `100 × (1 − 186122 / 1867781)`. `no data` where
 * there is nothing to compute from.
 */
export function formulaFor(measure: Measure, inputs: MeasureInputs): string {
  const result = valueOfMeasure(measure, inputs);
  const [first, second] = result.quantities;
  if (!first || first.observations === 0) return NO_DATA;
  switch (measure.kind) {
    case 'statistic':
      return statisticFormula(measure.statistic, first.rollup);
    case 'percentile':
      return `percentile ${number(measure.percentile)} (type 7) of ${observations(first.observations)}`;
    case 'share':
      return `100 × ${number(first.matching ?? 0)} / ${number(first.observations)}`;
    case 'days':
      return daysFormula(measure, first);
    case 'ratio':
      return ratioFormula(measure, first.value, second?.value ?? null);
  }
}

/** How an attainment was computed, with the numbers put in; `no data`, `no target` or why there is none. */
export function attainmentFormula(input: AttainmentInput): string {
  const { value, baseline, target, direction } = input;
  const rule = attainmentRuleOf(input);
  if (rule === null || target === null) return 'no target';
  if (value === null) return NO_DATA;
  switch (rule) {
    case 'attainment-linear':
      return `100 × (${number(value)} − ${operand(baseline!)}) / (${number(target.value!)} − ${operand(baseline!)})`;
    case 'attainment-without-baseline':
      if (!hasQuotient(value, target.value!, direction)) return metFormula(value, target.value!, direction);
      return direction === 'up'
        ? `100 × ${operand(value)} / ${operand(target.value!)}`
        : `100 × ${operand(target.value!)} / ${operand(value)}`;
    case 'attainment-target-equals-baseline':
      return metFormula(value, target.value!, direction);
    case 'attainment-range': {
      const { low, high, tolerance } = target.range!;
      const distance = distanceOutside(value, target.range!);
      return distance === 0
        ? `100: ${number(value)} lies in ${number(low)} to ${number(high)}`
        : `100 × (1 − ${number(distance)} / ${operand(tolerance)}), not below 0`;
    }
  }
}

/** How the expected value on a date was computed, with the numbers put in. */
export function expectedFormula(trajectory: Trajectory & { readonly date: LocalDate }): string {
  const { baseline, target, date } = trajectory;
  if (target === null) return 'no target';
  if (target.value === undefined || target.range) return 'a range is to be kept at all times';
  if (baseline === null) return number(target.value);
  const share = shareOfWay(baseline.date, target.date, date);
  if (share <= 0) return number(baseline.value);
  if (share >= 1) return number(target.value);
  const [b, end] = [operand(baseline.value), operand(target.value)];
  return shapeInUse(trajectory) === 'geometric'
    ? `${b} × (${end} / ${b})^${number(share)}`
    : `${b} + (${end} − ${b}) × ${number(share)}`;
}

function metFormula(value: number, target: number, direction: Direction): string {
  return `100 if ${number(value)} is ${direction === 'up' ? 'at least' : 'at most'} ${number(target)}, else not defined`;
}

function statisticFormula(statistic: SimpleStatistic, rollup: DayRollup): string {
  switch (statistic) {
    case 'mean':
      return `${number(totalOf(rollup))} / ${number(rollup.count)}`;
    case 'sum':
      return `sum of ${observations(rollup.count)}`;
    case 'min':
      return `smallest of ${observations(rollup.count)}`;
    case 'max':
      return `largest of ${observations(rollup.count)}`;
    case 'last':
      return `last of ${observations(rollup.count)}, at ${new Date(rollup.lastAt_ms).toISOString()}`;
    case 'count':
      return `number of observations: ${number(rollup.count)}`;
  }
}

function daysFormula(measure: Extract<Measure, { kind: 'days' }>, quantity: MeasuredQuantity): string {
  const { dayStatistic, comparison, threshold, minimumObservations } = measure;
  const assessed = quantity.assessed ?? 0;
  const enough = `${number(assessed)} days with at least ${observations(minimumObservations)}`;
  if (assessed === 0) return `${NO_DATA}: ${enough}`;
  return `${number(quantity.matching ?? 0)} of ${enough} have a ${dayStatistic} ${COMPARISON_WORDS[comparison]} ${number(threshold)}`;
}

function ratioFormula(
  measure: Extract<Measure, { kind: 'ratio' }>,
  numerator: number | null,
  denominator: number | null,
): string {
  if (numerator === null || denominator === null) return NO_DATA;
  const quotient = `${operand(numerator)} / ${operand(denominator)}`;
  return `${number(measure.scale)} × ${measure.complement ? `(1 − ${quotient})` : quotient}`;
}

function observations(count: number): string {
  return `${number(count)} observation${count === 1 ? '' : 's'}`;
}

/** Shortest digits that give the same double again; a real minus sign, as in the rest of a formula. */
function number(value: number): string {
  return String(value + 0).replaceAll('-', '−');
}

/** A number inside a formula: negative ones in brackets. */
function operand(value: number): string {
  return value < 0 ? `(${number(value)})` : number(value);
}
