import type { LocalDate, Target } from '#lib/domain';
import { dayNumber } from '../calendar/local-date.js';
import { type Direction, distanceOutside, isMet } from './attainment.js';

/** How a figure stands to its trajectory. */
export type Status = 'on-track' | 'at-risk' | 'off-track' | 'no-data' | 'no-target';

/** Share of the way from baseline to target by which a figure may lag behind the trajectory and still be on track. */
export const ON_TRACK_LAG_MAX = 0.05;
/** Share by which it may lag behind and be "at risk"; beyond, it is off track. */
export const AT_RISK_LAG_MAX = 0.2;
/** A lag of exactly 5 % must not become more by the rounding of a quotient. */
const ROUNDING_ALLOWANCE = 1e-9;

/** What a status is told from. */
export interface StatusInput {
  readonly value: number | null;
  /** Value of the trajectory on the day (`expectedValue`). */
  readonly expected: number | null;
  readonly baseline: number | null;
  readonly target: Pick<Target, 'value' | 'range'> | null;
  readonly direction: Direction;
  /** The value is too old to say anything (`isStale`). */
  readonly stale?: boolean;
}

/**
 * The status of a figure. No fresh value is "no data", whatever else is known; a value without a target (or with one that does
 * not fit the direction) is "no target".
 *
 * Up and down: by `gapToPath`, on track from −0.05, at risk from −0.20, else off track (the 5/20 % rule); where the gap has
 * no scale (target = baseline, or target 0 without baseline): on track when met, else off track.
 * Range: on track inside, at risk within the tolerance, else off track.
 */
export function statusOf(input: StatusInput): Status {
  const { value, target, direction } = input;
  if (value === null || !Number.isFinite(value) || input.stale) return 'no-data';
  if (target === null) return 'no-target';
  if (direction === 'range') {
    if (!target.range) return 'no-target';
    const distance = distanceOutside(value, target.range);
    if (distance === 0) return 'on-track';
    return distance <= target.range.tolerance ? 'at-risk' : 'off-track';
  }
  if (target.value === undefined) return 'no-target';
  const gap = gapToPath(input);
  if (gap === null) return isMet(value, target.value, direction) ? 'on-track' : 'off-track';
  if (gap >= -ON_TRACK_LAG_MAX - ROUNDING_ALLOWANCE) return 'on-track';
  return gap >= -AT_RISK_LAG_MAX - ROUNDING_ALLOWANCE ? 'at-risk' : 'off-track';
}

/**
 * How far the figure is ahead (positive) of or behind (negative) its trajectory, as a share of the way from baseline to
 * target: `d × (v − expected) / |T − b|`, d = 1 upwards and −1 downwards; without a baseline as a share of |T|. Null where
 * a part is absent or the way has no length.
 */
export function gapToPath({ value, expected, baseline, target, direction }: StatusInput): number | null {
  if (value === null || expected === null || direction === 'range' || target?.value === undefined) return null;
  const way = Math.abs(target.value - (baseline ?? 0));
  if (way === 0) return null;
  return ((direction === 'up' ? 1 : -1) * (value - expected)) / way + 0;
}

/**
 * Whether a value whose last observation was made on `lastObservedOn` counts as stale on a day: after `staleAfter_days` or
 * more; never when that is absent. For a headline the day is today; for a figure of the past, the end of its period.
 */
export function isStale(input: {
  readonly lastObservedOn: LocalDate;
  readonly onDay: LocalDate;
  readonly staleAfter_days?: number;
}): boolean {
  if (input.staleAfter_days === undefined) return false;
  return dayNumber(input.onDay) - dayNumber(input.lastObservedOn) >= input.staleAfter_days;
}
