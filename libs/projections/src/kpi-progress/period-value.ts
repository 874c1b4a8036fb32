import {
  attainment,
  type Calendar,
  expectedValue,
  isStale,
  localDateOf,
  type Period,
  periodBounds_ms,
  statusOf,
} from '#lib/analysis';
import { type KpiState, type LocalDate, type TargetInForce } from '#lib/domain';
import { type KpiPeriodValue } from '../answers.js';
import { type DueInterval } from './measure-period.js';

/** A figure as it was stored or computed, before it is judged. */
export interface PeriodFigure {
  readonly value: number | null;
  readonly observations: number;
  readonly lastObserved_ms: number | null;
  readonly intervalObservations: number;
  readonly intervals: readonly DueInterval[];
}

/** No observation at all. */
export const NO_FIGURE: PeriodFigure = {
  value: null,
  observations: 0,
  lastObserved_ms: null,
  intervalObservations: 0,
  intervals: [],
};

/**
 * The target in force on a day: of those that had started, the one that started last; of two that started on one day, the
 * one decided later.
 */
export function targetInForce(targets: readonly TargetInForce[], on: LocalDate): TargetInForce | null {
  let found: TargetInForce | null = null;
  for (const target of targets) {
    if (target.effectiveFrom <= on && (found === null || target.effectiveFrom >= found.effectiveFrom)) found = target;
  }
  return found;
}

/**
 * Judges a figure: against the target in force at the period's end, on the trajectory's value then (or today). A headline
 * (what a KPI shows as its current figure) must also be fresh today; a figure of the past, at its period's end.
 */
export function periodValueOf(
  state: KpiState,
  period: Period,
  figure: PeriodFigure,
  calendar: Calendar,
  now_ms: number,
  isHeadline: boolean,
): KpiPeriodValue {
  const definition = state.definition!;
  const today = localDateOf(now_ms, calendar.timeZone);
  const running = today >= period.startsOn && today <= period.endsOn;
  const day = running ? today : period.endsOn;
  const target = targetInForce(state.targets, period.endsOn)?.target ?? null;
  const baseline = state.baseline ?? null;
  const { direction, trajectory: shape, staleAfter_days } = definition;
  const { value, observations, lastObserved_ms } = figure;
  const expected = expectedValue({ baseline, target, shape, date: day });
  const lastObservedOn = lastObserved_ms === null ? null : localDateOf(lastObserved_ms, calendar.timeZone);
  const stale =
    lastObservedOn !== null && isStale({ lastObservedOn, onDay: isHeadline ? today : day, staleAfter_days });
  const measured = { value, target, direction, baseline: baseline?.value ?? null };
  return {
    period: { period: period.kind, label: period.label, startsOn: period.startsOn, endsOn: period.endsOn },
    value,
    observations,
    completeness_percent: completenessOf(figure, period, calendar, now_ms),
    lastObservedAt: lastObserved_ms === null ? null : new Date(lastObserved_ms).toISOString(),
    target,
    expected,
    attainment_percent: attainment(measured),
    status: statusOf({ ...measured, expected, stale }),
    running,
  };
}

/**
 * Observations present as a share of those due so far (0 to 100), over the series of which it is known when values are due.
 * A value is due when its interval is over, but mostly comes before: so there may be one more than is due, and a sensor may
 * send more often than it must. Neither makes a period more than complete.
 */
export function completenessOf(
  { intervals, intervalObservations }: PeriodFigure,
  period: Period,
  calendar: Calendar,
  now_ms: number,
): number | null {
  const { from_ms, until_ms } = periodBounds_ms(period, calendar.timeZone);
  const elapsed_ms = Math.min(until_ms, now_ms) - from_ms;
  const due = intervals.reduce(
    (total, [interval_ms, series]) => total + series * Math.max(0, Math.floor(elapsed_ms / interval_ms)),
    0,
  );
  return due === 0 ? null : Math.min(100, (100 * intervalObservations) / due);
}
