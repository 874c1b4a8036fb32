import {
  dayNumber,
  isAccumulating,
  localDateOf,
  localDateOfDay,
  localDayIndexOf,
  meetsTarget,
  type Period,
  periodOf,
  previousPeriod,
} from '#lib/analysis';
import { type KpiDefinition, type KpiState, type LocalDate, targetInForce } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { PeriodMeter } from '../kpi-progress/measure-period.js';
import { judgedOn } from '../kpi-progress/period-value.js';
import { type ProjectedEvent } from '../projection.js';
import { calendarAt } from '../shelf.js';

/** How many periods a decision is looked at for, from the newest back: five years of months. */
const PERIODS_JUDGED_MAX = 60;

/** A KPI as it was judged before or after a decision. */
interface Judge {
  readonly state: KpiState;
  readonly definition: KpiDefinition;
  readonly meter: PeriodMeter;
}

/**
 * Labels of the periods, oldest first, that missed their target before a decision and meet it after: for a changed target
 * those that end after it takes effect, for a changed measure or period of an active KPI all that have a value. Each is
 * judged by the target in force at its end (a running one: on the day of the decision; where it accumulates: not at all),
 * and by the values that were known at the event's position, whatever else the batch brings. Where the kind of period
 * changes, a period is held against the one in which it ends.
 */
export function turnedPeriods(
  database: ViewDatabase,
  event: ProjectedEvent,
  before: KpiState | undefined,
  after: KpiState,
): string[] {
  if (before?.definition === undefined || after.definition === undefined) return [];
  const from = turnsFrom(event, before.definition, after.definition, before.status);
  if (from === null) return [];
  const calendar = calendarAt(database, event.position);
  const today = localDateOf(event.recordedAt_ms, calendar.timeZone);
  const meterOf = ({ measure }: KpiDefinition): PeriodMeter =>
    new PeriodMeter(database, measure, localDayIndexOf(calendar.timeZone), event.position);
  const now: Judge = { state: after, definition: after.definition, meter: meterOf(after.definition) };
  const range = now.meter.dayRange;
  if (range === undefined) return [];
  const old: Judge = { state: before, definition: before.definition, meter: meterOf(before.definition) };
  const turned: string[] = [];
  const newest = localDateOfDay(Math.min(range.last, dayNumber(today)));
  let period = periodOf(newest, now.definition.period, calendar);
  for (let judged = 0; judged < PERIODS_JUDGED_MAX; judged += 1) {
    if (period.endsOn < from || dayNumber(period.endsOn) < range.first) break;
    const lastDay = judgedOn(period, today);
    const same = old.definition.period === now.definition.period;
    const earlier = same ? period : periodOf(lastDay, old.definition.period, calendar);
    if (meets(now, period, today) === true && meets(old, earlier, today) === false) turned.unshift(period.label);
    period = previousPeriod(period, calendar);
  }
  return turned;
}

/** The day from which the decision may turn a period; null when it cannot turn any. */
function turnsFrom(
  { type, data }: ProjectedEvent,
  before: KpiDefinition,
  after: KpiDefinition,
  status: KpiState['status'],
): LocalDate | null {
  if (type === 'TargetChangeApproved') return (data as { readonly effectiveFrom: LocalDate }).effectiveFrom;
  // A weight is no part of it: it changes the unit's score, and no period of the KPI.
  const basis = ({ measure, period }: KpiDefinition): string => JSON.stringify([measure, period]);
  const binds = status === 'active' || type === 'MethodChangeApproved';
  return binds && basis(before) !== basis(after) ? '0000-00-00' : null;
}

function meets({ state, definition, meter }: Judge, period: Period, today: LocalDate): boolean | null {
  if (today <= period.endsOn && isAccumulating(definition.measure)) return null;
  const target = targetInForce(state.targets, judgedOn(period, today))?.target;
  if (target === undefined) return null;
  const { value } = meter.measurePeriod(period).result;
  return meetsTarget({ value, target, direction: definition.direction });
}
