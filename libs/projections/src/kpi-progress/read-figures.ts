import {
  type Calendar,
  dayNumber,
  isAccumulating,
  type LocalDayIndex,
  localDateOf,
  localDateOfDay,
  type Period,
  periodOf,
  previousPeriod,
} from '#lib/analysis';
import { type KpiDefinition, type KpiState } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { type KpiPeriodValue } from '../answers.js';
import { type Moment } from '../queries/scope.js';
import { stateAt } from '../records/state-at.js';
import { calendarAt } from '../shelf.js';
import { dueSeriesOf, type MeasuredPeriod, PeriodMeter } from './measure-period.js';
import { ALL_PERIODS } from './period-table.js';
import { NO_FIGURE, type PeriodFigure, periodValueOf } from './period-value.js';

interface StoredFigure {
  readonly starts_day: number;
  readonly value: number | null;
  readonly observations: number;
  readonly last_observed_ms: number | null;
  readonly due: string;
  readonly last_change: number;
}

const NEWEST_POSITION = Number.MAX_SAFE_INTEGER;

/**
 * The figures of one KPI as of one moment, each found once. Stored ones answer where nothing has changed them since; stale
 * ones and those that later events changed are computed from the rollups as they stood.
 */
export class KpiFigures {
  private readonly usable: boolean;
  private readonly stale: ReadonlySet<number>;
  private heldMeter: PeriodMeter | undefined;
  private readonly figures = new Map<number, PeriodFigure>();

  constructor(
    private readonly moment: Moment,
    readonly state: KpiState,
    readonly calendar: Calendar,
    private readonly days: LocalDayIndex,
  ) {
    const { database, past } = moment;
    const definition = this.definition;
    const marked = database.all<{ starts_day: number }>(
      'SELECT starts_day FROM kpi_stale WHERE kpi_id = ?',
      definition.kpiId,
    );
    this.stale = new Set(marked.map(({ starts_day }) => starts_day));
    // Stored figures belong to the newest definition and calendar.
    this.usable = !this.stale.has(ALL_PERIODS) && (!past || isDefinedAlike(database, definition, calendar));
  }

  get definition(): KpiDefinition {
    return this.state.definition!;
  }

  get meter(): PeriodMeter {
    const { database, past, position } = this.moment;
    this.heldMeter ??= new PeriodMeter(database, this.definition.measure, this.days, past ? position : undefined);
    return this.heldMeter;
  }

  /** The period that contains the clock. */
  get running(): Period {
    const today = localDateOf(this.moment.now_ms, this.calendar.timeZone);
    return periodOf(today, this.definition.period, this.calendar);
  }

  /** The oldest period with observations; undefined without any. */
  get oldest(): Period | undefined {
    const day = this.hasAllRows ? this.storedDay('min') : this.meter.firstDay;
    return day === undefined ? undefined : this.periodOfDay(day);
  }

  /** The figure of a period, judged; as a headline it must be fresh today. */
  valueOf(period: Period, isHeadline = false): KpiPeriodValue {
    return periodValueOf(this.state, period, this.figureOf(period), this.calendar, this.moment.now_ms, isHeadline);
  }

  /**
   * The newest period that has a value and is not later than the running one, looking back from the newest with data;
   * undefined when none of `tries` has. A figure that accumulates counts only when its period is over. An observation of a day to come is kept, but a figure of the future is none yet.
   */
  newestWithValue(tries: number): Period | undefined {
    const latest = isAccumulating(this.definition.measure) ? previousPeriod(this.running, this.calendar) : this.running;
    let period = this.newestUpTo(latest);
    let oldest: Period | undefined;
    for (let tried = 0; period !== undefined && tried < tries; tried += 1) {
      if (this.plainValueOf(period) !== null) return period;
      oldest ??= this.oldest;
      period = previousPeriod(period, this.calendar);
      if (oldest === undefined || period.startsOn < oldest.startsOn) return undefined;
    }
    return undefined;
  }

  figureOf(period: Period): PeriodFigure {
    const startsDay = dayNumber(period.startsOn);
    const known = this.figures.get(startsDay);
    if (known !== undefined) return known;
    const stored = this.storedFigure(startsDay);
    const figure =
      stored === undefined
        ? figureOfMeasured(this.meter.measurePeriod(period))
        : stored === null
          ? this.emptyFigure()
          : figureOfRow(stored);
    this.figures.set(startsDay, figure);
    return figure;
  }

  /** Only the value: a period without observations then costs no look at the series. */
  plainValueOf(period: Period): number | null {
    const stored = this.storedFigure(dayNumber(period.startsOn));
    return stored === undefined ? this.figureOf(period).value : (stored?.value ?? null);
  }

  /**
   * What the table says of a period as of the moment: null where it says that there was nothing, undefined where it cannot
   * tell. No row now means no observation then: none is ever taken away.
   */
  private storedFigure(startsDay: number): StoredFigure | null | undefined {
    if (!this.usable || this.stale.has(startsDay)) return undefined;
    const stored = this.row(startsDay);
    if (stored === undefined) return null;
    return stored.last_change <= this.moment.position ? stored : undefined;
  }

  /** The newest period with observations that does not start after the given one. */
  private newestUpTo(latest: Period): Period | undefined {
    const lastDay = dayNumber(latest.endsOn);
    const day = this.hasAllRows ? this.storedDay('max', lastDay) : this.meter.lastDayUpTo(lastDay);
    return day === undefined ? undefined : this.periodOfDay(day);
  }

  /** Where the stored figures are complete, their first and last period tell the range. */
  private get hasAllRows(): boolean {
    return this.usable && !this.moment.past && this.stale.size === 0;
  }

  private storedDay(edge: 'min' | 'max', upTo = Number.MAX_SAFE_INTEGER): number | undefined {
    const sql = `SELECT ${edge}(starts_day) AS day FROM kpi_period WHERE kpi_id = ? AND starts_day <= ?`;
    const row = this.moment.database.get<{ day: number | null }>(sql, this.definition.kpiId, upTo);
    return row?.day ?? undefined;
  }

  /** Even without an observation it is known how many were due. */
  private emptyFigure(): PeriodFigure {
    return { ...NO_FIGURE, due: dueSeriesOf(this.meter.series, () => 0) };
  }

  private row(startsDay: number): StoredFigure | undefined {
    const sql = 'SELECT * FROM kpi_period WHERE kpi_id = ? AND starts_day = ?';
    return this.moment.database.get<StoredFigure>(sql, this.definition.kpiId, startsDay);
  }

  private periodOfDay(day: number): Period {
    return periodOf(localDateOfDay(day), this.definition.period, this.calendar);
  }
}

/** The one of two periods of one kind that starts first. */
export function earlierOf(one: Period, other: Period): Period {
  return one.startsOn <= other.startsOn ? one : other;
}

function isDefinedAlike(database: ViewDatabase, definition: KpiDefinition, calendar: Calendar): boolean {
  const newest = stateAt<KpiState>(database, 'kpi', definition.kpiId, NEWEST_POSITION)?.definition;
  const { timeZone, fiscalYearStartMonth } = calendarAt(database, NEWEST_POSITION);
  const basis = [newest?.measure, newest?.period, timeZone, fiscalYearStartMonth];
  const asked = [definition.measure, definition.period, calendar.timeZone, calendar.fiscalYearStartMonth];
  return JSON.stringify(basis) === JSON.stringify(asked);
}

function figureOfRow(row: StoredFigure): PeriodFigure {
  return {
    value: row.value,
    observations: row.observations,
    lastObserved_ms: row.last_observed_ms,
    due: JSON.parse(row.due) as PeriodFigure['due'],
  };
}

function figureOfMeasured({ result, due }: MeasuredPeriod): PeriodFigure {
  const { value, observations, lastAt_ms } = result;
  return { value, observations, lastObserved_ms: lastAt_ms, due };
}
