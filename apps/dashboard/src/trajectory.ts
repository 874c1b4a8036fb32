import { dayNumber } from './chart-scale.js';
import { type Baseline, type TargetInForce } from './wire.js';

/** A stretch of a target's path, for drawing only: the figures in the table are computed by the API. */
export interface TargetPath {
  /** False for a target that a later one replaced; its path stays on the chart. */
  readonly inForce: boolean;
  readonly points: readonly { readonly day: number; readonly value: number }[];
}

/** Corridor of a range target, from the day it took effect until it was replaced or ended. */
export interface TargetBand {
  readonly inForce: boolean;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly low: number;
  readonly high: number;
}

/** A geometric path is a curve; so many straight pieces look smooth at any width we draw. */
const CURVE_PIECES = 24;

/** Value on the way from the baseline to a target on a given day; after the target's date it stays there. */
export function onTheWay(
  baseline: Baseline,
  target: { value: number; date: string },
  day: number,
  shape: 'linear' | 'geometric',
): number {
  const start = dayNumber(baseline.date);
  const end = dayNumber(target.date);
  const share = end <= start ? 1 : Math.min(1, Math.max(0, (day - start) / (end - start)));
  const ratio = target.value / baseline.value;
  if (shape === 'geometric' && ratio > 0) return baseline.value * ratio ** share;
  return baseline.value + (target.value - baseline.value) * share;
}

/** Paths of all value targets, oldest first. The first one starts at the baseline, later ones on the day they took effect. */
export function targetPaths(
  baseline: Baseline | null,
  targets: readonly TargetInForce[],
  shape: 'linear' | 'geometric',
): TargetPath[] {
  return targets.flatMap(({ target, effectiveFrom }, index) => {
    const value = target.value;
    if (value === undefined) return [];
    const end = dayNumber(target.date);
    const began = dayNumber(index === 0 && baseline !== null ? baseline.date : effectiveFrom);
    const start = Math.min(began, end);
    const days = Array.from({ length: CURVE_PIECES + 1 }, (_, piece) => start + ((end - start) * piece) / CURVE_PIECES);
    const at = (day: number) =>
      baseline === null ? value : onTheWay(baseline, { value, date: target.date }, day, shape);
    return [{ inForce: index === targets.length - 1, points: days.map((day) => ({ day, value: at(day) })) }];
  });
}

/** Corridors of all range targets, oldest first. */
export function targetBands(targets: readonly TargetInForce[]): TargetBand[] {
  return targets.flatMap(({ target, effectiveFrom }, index) => {
    if (target.range === undefined) return [];
    const next = targets[index + 1];
    const untilDay = next === undefined ? dayNumber(target.date) : dayNumber(next.effectiveFrom);
    const { low, high } = target.range;
    return [{ inForce: next === undefined, fromDay: dayNumber(effectiveFrom), untilDay, low, high }];
  });
}

/** Days on which a later target took effect: they are marked on the chart. */
export function changeDays(targets: readonly TargetInForce[]): number[] {
  return targets.slice(1).map((change) => dayNumber(change.effectiveFrom));
}
