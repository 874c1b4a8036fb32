import type { KpiDefinition, Target } from '#lib/domain';

/** Whether higher or lower figures are better, or those within a range. */
export type Direction = KpiDefinition['direction'];

/** A range of figures that are as wanted, and how far outside them still counts as "at risk". */
export type TargetRange = NonNullable<Target['range']>;

/** What an attainment is computed from; `value` null means there is no data. */
export interface AttainmentInput {
  readonly value: number | null;
  readonly direction: Direction;
  /** Absent or null: measured against the target alone. */
  readonly baseline?: number | null;
  readonly target: Pick<Target, 'value' | 'range'> | null;
}

/** Which of the published rules applies; each is a method of the registry (`methods.ts`). */
export type AttainmentRule =
  'attainment-linear' | 'attainment-without-baseline' | 'attainment-target-equals-baseline' | 'attainment-range';

/**
 * How far the figure has come, in percent; neither cut off at 0 nor at 100. Null without value or target.
 *
 * - `attainment-linear`: `100 × (v − b) / (T − b)`, for up and down alike (Oslo kommune's OKR tracker).
 * - `attainment-target-equals-baseline` (T = b: keep what there is): 100 when met, else null, because no share of a way of
 *   length 0 can be told. Oslo answers 0 there, also for a target that is met, and answers 0 for a missing value, which
 *   here is "no data"; both departures are deliberate.
 * - `attainment-without-baseline`: up `100 × v / T`, down `100 × T / v` (not `2 − v/T`, which differs). Where the quotient
 *   says nothing (T ≤ 0 upwards; v ≤ 0 or T < 0 downwards): 100 when met, else null.
 * - `attainment-range`: 100 inside [low, high]; outside `100 × (tolerance − distance) / tolerance`, never below 0.
 */
export function attainment(input: AttainmentInput): number | null {
  const { value, target, direction } = input;
  const rule = attainmentRuleOf(input);
  if (value === null || target === null || rule === null) return null;
  if (rule === 'attainment-range') return rangeAttainment(value, target.range!);
  const goal = target.value!;
  if (rule === 'attainment-linear') return percentOf(value - input.baseline!, goal - input.baseline!);
  if (rule === 'attainment-without-baseline' && hasQuotient(value, goal, direction))
    return direction === 'up' ? percentOf(value, goal) : percentOf(goal, value);
  return meetsTarget(input) ? 100 : null;
}

/** Whether the quotient of value and target says how far the one is from the other; else it can only be met or not. */
export function hasQuotient(value: number, target: number, direction: Direction): boolean {
  return direction === 'up' ? target > 0 : value > 0 && target >= 0;
}

/** Which rule applies to this KPI and target; null without a target, or with one that does not fit the direction. */
export function attainmentRuleOf({
  baseline,
  target,
  direction,
}: Pick<AttainmentInput, 'baseline' | 'target' | 'direction'>): AttainmentRule | null {
  if (direction === 'range') return target?.range ? 'attainment-range' : null;
  if (target?.value === undefined) return null;
  if (baseline === undefined || baseline === null) return 'attainment-without-baseline';
  return baseline === target.value ? 'attainment-target-equals-baseline' : 'attainment-linear';
}

/** Whether a figure is as good as the target or better. */
export function isMet(value: number, target: number, direction: 'up' | 'down'): boolean {
  return direction === 'up' ? value >= target : value <= target;
}

/** Whether a figure meets a target of either form; null when that cannot be told. Marks targets that turn missed into met. */
export function meetsTarget(input: Omit<AttainmentInput, 'baseline'>): boolean | null {
  const { value, target, direction } = input;
  if (value === null || target === null) return null;
  if (direction === 'range') return target.range ? distanceOutside(value, target.range) === 0 : null;
  return target.value === undefined ? null : isMet(value, target.value, direction);
}

/** How far outside the range a figure lies; 0 inside, bounds included. */
export function distanceOutside(value: number, { low, high }: Pick<TargetRange, 'low' | 'high'>): number {
  return Math.max(0, low - value, value - high);
}

function rangeAttainment(value: number, range: TargetRange): number {
  const distance = distanceOutside(value, range);
  if (distance === 0) return 100;
  return range.tolerance > 0 ? Math.max(0, (100 * (range.tolerance - distance)) / range.tolerance) : 0;
}

/**
 * `100 × part / whole`, multiplied first, so that 7 of 100 is 7 and not 7.000000000000001; and 100 for the whole, which a
 * rounding would else put beside 100. Adding 0 makes −0 a plain 0; null where the figures are too large for a quotient.
 */
function percentOf(part: number, whole: number): number | null {
  if (part === whole) return 100;
  const percent = (100 * part) / whole;
  return Number.isFinite(percent) ? percent + 0 : null;
}
