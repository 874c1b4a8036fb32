import type { Baseline, LocalDate, Target, TrajectoryShape } from '#lib/domain';
import { dayNumber } from '../calendar/local-date.js';

/** Where a trajectory starts and ends, and how it runs. */
export interface Trajectory {
  readonly baseline: Baseline | null;
  readonly target: Target | null;
  readonly shape: TrajectoryShape;
}

/**
 * The value that the trajectory has on a local date: from the baseline on its date to the target on its date, by actual days;
 * the baseline before, the target after.
 *
 * Linear: `b + (T − b) × s`; geometric: `b × (T / b)^s`, where b and T are not 0 and of one sign, else linear
 * (`shapeInUse` tells); s is the share of the days that have passed. Without a baseline the target is expected at once.
 * Null without a target, and for a target range: a range is to be kept, not approached.
 */
export function expectedValue({
  baseline,
  target,
  date,
  shape,
}: Trajectory & { readonly date: LocalDate }): number | null {
  if (target?.value === undefined || target.range) return null;
  if (baseline === null) return target.value;
  const share = shareOfWay(baseline.date, target.date, date);
  // Both ends exactly: no power or product may move the target by a rounding.
  if (share <= 0) return baseline.value;
  if (share >= 1) return target.value;
  return shapeInUse({ baseline, target, shape }) === 'geometric'
    ? baseline.value * (target.value / baseline.value) ** share
    : baseline.value + (target.value - baseline.value) * share;
}

/** The shape that can be computed: geometric growth has no path from, to or across 0, and is linear there. */
export function shapeInUse({ baseline, target, shape }: Trajectory): TrajectoryShape {
  if (shape === 'linear' || baseline === null || target?.value === undefined) return 'linear';
  return baseline.value !== 0 && Math.sign(baseline.value) === Math.sign(target.value) ? 'geometric' : 'linear';
}

/**
 * Which share of the days from start to end has passed on a date, 0 to 1. When the end is not after the start, everything
 * is due from the start on.
 */
export function shareOfWay(startsOn: LocalDate, endsOn: LocalDate, date: LocalDate): number {
  const start = dayNumber(startsOn);
  const length_days = dayNumber(endsOn) - start;
  const passed_days = dayNumber(date) - start;
  if (length_days <= 0) return passed_days >= 0 ? 1 : 0;
  return Math.min(1, Math.max(0, passed_days / length_days));
}
