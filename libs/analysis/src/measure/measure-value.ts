import type { Measure, SimpleStatistic } from '#lib/domain';
import { type DayRollup, emptyRollup, mergeRollups } from '../statistics/day-rollup.js';
import {
  compares,
  countComparing,
  percentile,
  ratio,
  shareComparing,
  statisticOfRollup,
} from '../statistics/statistics.js';

/** Name of a quantity that a measure reads: `value`, or `numerator` and `denominator` of a ratio. */
export type InputName = 'value' | 'numerator' | 'denominator';

/** What has to be read before a measure can be computed. */
export interface NeededInput {
  readonly name: InputName;
  /** Series keys as the measure lists them; one that ends in `*` stands for all with that prefix. */
  readonly series: readonly string[];
  /** Which statistic of these series, in a word: `mean`, `percentile`, `share`, `days` … */
  readonly statistic: SimpleStatistic | 'percentile' | 'share' | 'days';
  /** Day rollups do not suffice: the single values of the period are needed, in the order of their time. */
  readonly rawValues: boolean;
}

/** One series' rollup of one local day (days since 1970-01-01). */
export interface RolledDay {
  readonly day: number;
  readonly rollup: DayRollup;
}

/** What was read for one quantity. */
export interface MeasureInput {
  /** In the order of days; of one day, in the order of series keys. Several series have several entries for a day. */
  readonly days: readonly RolledDay[];
  /** All series' values of the period in the order of time (at the same time: of series keys); where `rawValues` is needed. */
  readonly values?: readonly number[];
}

/** What was read for each quantity of the measure; an absent quantity has no observations. */
export type MeasureInputs = { readonly [name in InputName]?: MeasureInput };

/** A period's figure and the quantities that it was computed from. */
export interface MeasureResult {
  /** Unrounded; null when there is no data or the figure is not a finite number. */
  readonly value: number | null;
  /** Observations that took part, over all quantities. */
  readonly observations: number;
  /** Time of the latest of them, in milliseconds since the Unix epoch; null without observations. */
  readonly lastAt_ms: number | null;
  readonly quantities: readonly MeasuredQuantity[];
}

/** One quantity of a formula. */
export interface MeasuredQuantity extends NeededInput {
  readonly value: number | null;
  readonly observations: number;
  /** Everything read for the quantity, merged. */
  readonly rollup: DayRollup;
  /** For `share`: how many values compare so. For `days`: how many days do, and how many had enough observations. */
  readonly matching?: number;
  readonly assessed?: number;
}

const ACCUMULATING: readonly SimpleStatistic[] = ['sum', 'count'];

/**
 * Whether a measure's figure grows with the days of its period, so that it can only be judged when the period is over: sums,
 * counts and numbers of days; and a ratio of which one side alone grows (accidents by the last count of residents). A ratio
 * of two sums or counts is a rate, as a mean is, and may be judged at any time.
 */
export function isAccumulating(measure: Measure): boolean {
  switch (measure.kind) {
    case 'statistic':
      return ACCUMULATING.includes(measure.statistic);
    case 'days':
      return true;
    case 'ratio': {
      const { numerator, denominator } = measure;
      return ACCUMULATING.includes(numerator.statistic) !== ACCUMULATING.includes(denominator.statistic);
    }
    case 'percentile':
    case 'share':
      return false;
  }
}

/** Lists the quantities of a measure, in the order in which its formula names them. */
export function neededInputs(measure: Measure): readonly NeededInput[] {
  switch (measure.kind) {
    case 'statistic':
      return [{ name: 'value', series: measure.series, statistic: measure.statistic, rawValues: false }];
    case 'percentile':
    case 'share':
      return [{ name: 'value', series: measure.series, statistic: measure.kind, rawValues: true }];
    case 'days':
      return [{ name: 'value', series: measure.series, statistic: 'days', rawValues: false }];
    case 'ratio':
      return [
        { name: 'numerator', ...measure.numerator, rawValues: false },
        { name: 'denominator', ...measure.denominator, rawValues: false },
      ];
  }
}

/**
 * A measure's figure for a period, from what was read of it. Pure: the same inputs give the same bytes.
 *
 * Without observations the figure is null, also for `count`. `days` counts local days, all series pooled, that have at least
 * `minimumObservations` and compare so with the threshold; it is null when no day has enough, and 0 when none compares so.
 * Throws TypeError when a percentile or share is given rollups without values: that is a fault of the caller.
 */
export function valueOfMeasure(measure: Measure, inputs: MeasureInputs): MeasureResult {
  const quantities = neededInputs(measure).map((needed) => quantityOf(measure, needed, inputs[needed.name]));
  const [first, second] = quantities;
  const value =
    measure.kind === 'ratio' ? ratio(first?.value ?? null, second?.value ?? null, measure) : (first?.value ?? null);
  const merged = mergeRollups(quantities.map((quantity) => quantity.rollup));
  return {
    value: finiteOrNull(value),
    observations: quantities.reduce((total, quantity) => total + quantity.observations, 0),
    lastAt_ms: merged.count === 0 ? null : merged.lastAt_ms,
    quantities,
  };
}

function quantityOf(measure: Measure, needed: NeededInput, input: MeasureInput = { days: [] }): MeasuredQuantity {
  const rollup = mergeRollups(input.days.map((day) => day.rollup));
  const base = { ...needed, rollup, observations: rollup.count };
  switch (measure.kind) {
    case 'statistic':
      return { ...base, value: finiteOrNull(statisticOfRollup(rollup, measure.statistic)) };
    case 'ratio': {
      const side = needed.name === 'denominator' ? measure.denominator : measure.numerator;
      return { ...base, value: finiteOrNull(statisticOfRollup(rollup, side.statistic)) };
    }
    case 'percentile': {
      const values = valuesOf(measure.kind, input);
      return { ...base, observations: values.length, value: finiteOrNull(percentile(values, measure.percentile)) };
    }
    case 'share': {
      const values = valuesOf(measure.kind, input);
      const { comparison, threshold } = measure;
      const matching = countComparing(values, comparison, threshold);
      return { ...base, observations: values.length, matching, value: shareComparing(values, comparison, threshold) };
    }
    case 'days':
      return { ...base, ...daysComparing(measure, input.days) };
  }
}

function valuesOf(kind: string, input: MeasureInput): readonly number[] {
  if (input.values) return input.values;
  if (input.days.some((day) => day.rollup.count > 0))
    throw new TypeError(`a ${kind} is computed from single values; only day rollups were read`);
  return [];
}

function daysComparing(
  measure: Extract<Measure, { kind: 'days' }>,
  days: readonly RolledDay[],
): { value: number | null; matching: number; assessed: number } {
  const pooled = new Map<number, DayRollup>();
  for (const { day, rollup } of days) pooled.set(day, mergeRollups([pooled.get(day) ?? emptyRollup, rollup]));
  let matching = 0;
  let assessed = 0;
  for (const rollup of pooled.values()) {
    const value = statisticOfRollup(rollup, measure.dayStatistic);
    if (value === null || rollup.count < measure.minimumObservations) continue;
    assessed++;
    if (compares(value, measure.comparison, measure.threshold)) matching++;
  }
  return { value: assessed === 0 ? null : matching, matching, assessed };
}

/** A sum that left the range of doubles is not a figure. */
function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
