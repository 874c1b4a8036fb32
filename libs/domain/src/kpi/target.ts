import { isObject } from '../checks/content.js';
import { checkDate, checkKnownFields, checkNumber } from '../checks/fields.js';
import { type Problems } from '../checks/problems.js';
import { type LocalDate } from '../common.js';
import { type Baseline, type KpiDefinition, type Target, type TargetInForce } from './kpi.events.js';

/** Adds what is wrong with a baseline that is set on the day `today`. */
export function checkBaseline(problems: Problems, baseline: unknown, today: LocalDate): void {
  if (!isObject(baseline)) return problems.add('baseline', 'is missing: a value and its date are needed');
  checkKnownFields(problems, 'baseline', baseline, ['value', 'date']);
  checkNumber(problems, 'baseline.value', baseline['value']);
  const { date } = baseline;
  const todayKnown = checkDate(problems, 'today', today);
  if (checkDate(problems, 'baseline.date', date) && todayKnown && String(date) > today) {
    problems.add('baseline.date', `is after today (${today}): a baseline is something that was measured`);
  }
}

/** Adds what is wrong with the form of a target for a KPI of this direction, and with the day it takes effect. */
export function checkTarget(
  problems: Problems,
  target: unknown,
  effectiveFrom: unknown,
  direction: KpiDefinition['direction'],
): void {
  const effectiveKnown = checkDate(problems, 'effectiveFrom', effectiveFrom);
  if (!isObject(target)) return problems.add('target', 'is missing: a value or range and a date are needed');
  checkKnownFields(problems, 'target', target, ['value', 'range', 'date']);
  if (checkDate(problems, 'target.date', target['date']) && effectiveKnown) {
    if (String(target['date']) <= String(effectiveFrom)) {
      problems.add('effectiveFrom', 'is not before the date of the target: it would never be in force');
    }
  }
  if (direction === 'range') return checkRangeTarget(problems, target);
  checkNumber(problems, 'target.value', target['value']);
  if (target['range'] !== undefined) problems.add('target.range', `does not fit a KPI that should go ${direction}`);
}

function checkRangeTarget(problems: Problems, target: Readonly<Record<string, unknown>>): void {
  const { range } = target;
  if (target['value'] !== undefined) problems.add('target.value', 'does not fit a KPI with a range: give target.range');
  if (!isObject(range)) return problems.add('target.range', 'is missing: low, high and tolerance are needed');
  checkKnownFields(problems, 'target.range', range, ['low', 'high', 'tolerance']);
  checkNumber(problems, 'target.range.low', range['low']);
  checkNumber(problems, 'target.range.high', range['high']);
  checkNumber(problems, 'target.range.tolerance', range['tolerance'], { min: 0 });
  const { low, high } = range;
  if (typeof low === 'number' && typeof high === 'number' && low >= high) {
    problems.add('target.range', `has a low (${low}) that is not below its high (${high})`);
  }
}

/**
 * Why this target cannot be worked towards from this baseline, as clauses; empty when it can. A target on the wrong side
 * of the baseline would count a decline as progress.
 */
export function targetFlaws(definition: KpiDefinition, baseline: Baseline, target: Target): readonly string[] {
  const { direction, trajectory } = definition;
  if (direction === 'range') return target.range ? [] : ['the target has no range, though the KPI should stay in one'];
  const { value } = target;
  if (value === undefined) return [`the target has no value, though the KPI should go ${direction}`];
  const flaws: string[] = [];
  const rightSide = direction === 'up' ? value > baseline.value : value < baseline.value;
  if (!rightSide) {
    const side = direction === 'up' ? 'above' : 'below';
    flaws.push(
      `the target ${value} is not ${side} the baseline ${baseline.value}, though the KPI should go ${direction}`,
    );
  }
  if (trajectory === 'geometric' && !(value * baseline.value > 0)) {
    flaws.push('a geometric trajectory needs a baseline and a target of the same sign, neither of them 0');
  }
  return flaws;
}

/** Why this target's date cannot be worked towards on the day `today`, as clauses; empty when it can. */
export function targetDateFlaws(baseline: Baseline | undefined, target: Target, today: LocalDate): readonly string[] {
  const flaws: string[] = [];
  if (baseline && target.date <= baseline.date) {
    flaws.push(`the target date ${target.date} is not after the date of the baseline, ${baseline.date}`);
  }
  if (target.date <= today) flaws.push(`the target date ${target.date} is not in the future (today is ${today})`);
  return flaws;
}

/**
 * The target that counts on a day: of those that have started, the one with the latest first day; of two with the same
 * first day the one decided later. Undefined when none has started.
 *
 * @param targets in the order in which they were decided, as in `KpiState.targets`
 */
export function targetInForce(targets: readonly TargetInForce[], day: LocalDate): TargetInForce | undefined {
  let inForce: TargetInForce | undefined;
  for (const candidate of targets) {
    if (candidate.effectiveFrom > day) continue;
    if (!inForce || candidate.effectiveFrom >= inForce.effectiveFrom) inForce = candidate;
  }
  return inForce;
}
