import {
  attainment,
  type Calendar,
  DAY_ms,
  expectedValue,
  isAccumulating,
  isStale,
  localDateOf,
  type Period,
  periodBounds_ms,
  statusOf,
} from '#lib/analysis';
import { type KpiState, type LocalDate, targetInForce } from '#lib/domain';
import { type KpiPeriodValue } from '../answers.js';
import { type DueSeries } from './measure-period.js';

/** A figure as it was stored or computed, before it is judged. */
export interface PeriodFigure {
  readonly value: number | null;
  readonly observations: number;
  readonly lastObserved_ms: number | null;
  /** What its completeness is told from. */
  readonly due: readonly DueSeries[];
}

/** No observation at all. */
export const NO_FIGURE: PeriodFigure = {
  value: null,
  observations: 0,
  lastObserved_ms: null,
  due: [],
};

/** The day on which a period is judged: its last one, or today while it runs. Target and expected value are those of that day. */
export function judgedOn(period: Pick<Period, 'startsOn' | 'endsOn'>, today: LocalDate): LocalDate {
  return today >= period.startsOn && today <= period.endsOn ? today : period.endsOn;
}

/**
 * Judges a figure: against the target in force at the period's end (or today), on the trajectory's value then. A headline
 * (what a KPI shows as its current figure) must also be fresh today; a figure of the past, at its period's end. A figure that
 * accumulates is not judged before its period is over: half a month of accidents is no success.
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
  const day = judgedOn(period, today);
  const target = targetInForce(state.targets, day)?.target ?? null;
  const baseline = state.baseline ?? null;
  const { direction, trajectory: shape, staleAfter_days } = definition;
  const { value, observations, lastObserved_ms } = figure;
  const expected = expectedValue({ baseline, target, shape, date: day });
  const lastObservedOn = lastObserved_ms === null ? null : localDateOf(lastObserved_ms, calendar.timeZone);
  const stale =
    lastObservedOn !== null && isStale({ lastObservedOn, onDay: isHeadline ? today : day, staleAfter_days });
  const measured = { value, target, direction, baseline: baseline?.value ?? null };
  const status = statusOf({ ...measured, expected, stale });
  const isOpen = running && isAccumulating(definition.measure);
  return {
    period: { period: period.kind, label: period.label, startsOn: period.startsOn, endsOn: period.endsOn },
    value,
    observations,
    completeness_percent: completenessOf(figure, period, calendar, now_ms),
    lastObservedAt: lastObserved_ms === null ? null : new Date(lastObserved_ms).toISOString(),
    target,
    expected,
    attainment_percent: isOpen ? null : attainment(measured),
    status: isOpen && isJudgement(status) ? 'running' : status,
    running,
  };
}

function isJudgement(status: KpiPeriodValue['status']): boolean {
  return status === 'on-track' || status === 'at-risk' || status === 'off-track';
}

/** Intervals from here on follow the months of the calendar: a monthly value is due once a month, however long that is. */
const MONTHLY_MIN_ms = 28 * DAY_ms;
const MONTH_MEAN_ms = (365.25 / 12) * DAY_ms;

/**
 * Observations present as a share of those due so far (0 to 100), over the series of which it is known when values are due.
 * Each series counts for itself: what one sends too often does not stand for what another is missing.
 */
export function completenessOf(
  { due }: PeriodFigure,
  period: Period,
  calendar: Calendar,
  now_ms: number,
): number | null {
  let [wanted, present] = [0, 0];
  for (const [interval_ms, observations, series] of due) {
    const each = valuesDue(interval_ms, period, calendar, now_ms);
    wanted += each * series;
    present += Math.min(observations, each) * series;
  }
  return wanted === 0 ? null : (100 * present) / wanted;
}

/**
 * How many values of a series are due up to now, the first at the period's start (as `SeriesSummary.expected` counts the
 * first one). Rounded over the whole period, because a day more or less of daylight saving makes no more or fewer days. A
 * series whose interval is much longer than the period is due in none of them: in which one is not known.
 */
function valuesDue(interval_ms: number, period: Period, calendar: Calendar, now_ms: number): number {
  const { from_ms, until_ms } = periodBounds_ms(period, calendar.timeZone);
  if (now_ms < from_ms) return 0;
  const isMonthly = interval_ms >= MONTHLY_MIN_ms;
  const step = isMonthly ? Math.max(1, Math.round(interval_ms / MONTH_MEAN_ms)) : interval_ms;
  const whole = isMonthly ? monthsBetween(period.startsOn, period.endsOn) + 1 : until_ms - from_ms;
  const inAll = Math.round(whole / step);
  if (now_ms >= until_ms) return inAll;
  const passed = isMonthly ? monthsBetween(period.startsOn, localDateOf(now_ms, calendar.timeZone)) : now_ms - from_ms;
  return Math.min(inAll, Math.floor(passed / step) + 1);
}

/** Months from the month of one date to that of another. */
function monthsBetween(from: LocalDate, to: LocalDate): number {
  const monthOf = (date: LocalDate): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  return monthOf(to) - monthOf(from);
}
