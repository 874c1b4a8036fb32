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
 * The figures of one KPI as of one moment. Stored ones answer where nothing has changed them since; stale ones and those
 * that later events changed are computed from the rollups as they stood.
 */
export class KpiFigures {
  private readonly usable: boolean;
  private readonly stale: ReadonlySet<number>;
  private heldMeter: PeriodMeter | undefined;
  private heldRange: PeriodMeter['dayRange'] | null = null;

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
    // Stored figures belong to the newest definition.
    this.usable = !this.stale.has(ALL_PERIODS) && (!past || isDefinedAlike(database, definition));
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

  /** The newest and the oldest period with observations; undefined without any. */
  get range(): { readonly first: Period; readonly last: Period } | undefined {
    if (this.heldRange === null) this.heldRange = this.storedRange() ?? this.meter.dayRange;
    if (this.heldRange === undefined) return undefined;
    return { first: this.periodOfDay(this.heldRange.first), last: this.periodOfDay(this.heldRange.last) };
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
    const range = this.range;
    if (range === undefined) return undefined;
    const newest = isAccumulating(this.definition.measure) ? previousPeriod(this.running, this.calendar) : this.running;
    let period = earlierOf(range.last, newest);
    for (let tried = 0; tried < tries && period.endsOn >= range.first.startsOn; tried += 1) {
      if (this.plainValueOf(period) !== null) return period;
      period = previousPeriod(period, this.calendar);
    }
    return undefined;
  }

  figureOf(period: Period): PeriodFigure {
    const startsDay = dayNumber(period.startsOn);
    if (this.usable && !this.stale.has(startsDay)) {
      const stored = this.storedFigure(startsDay);
      if (stored === undefined && !this.moment.past) return this.emptyFigure();
      if (stored !== undefined && stored.last_change <= this.moment.position) return figureOfRow(stored);
    }
    return figureOfMeasured(this.meter.measurePeriod(period));
  }

  /** Only the value: a period without observations then costs no look at the series. */
  plainValueOf(period: Period): number | null {
    const startsDay = dayNumber(period.startsOn);
    if (this.usable && !this.moment.past && !this.stale.has(startsDay)) {
      return this.storedFigure(startsDay)?.value ?? null;
    }
    return this.figureOf(period).value;
  }

  /** Where the stored figures are complete, their first and last period tell the range. */
  private storedRange(): PeriodMeter['dayRange'] {
    if (!this.usable || this.moment.past || this.stale.size > 0) return undefined;
    const sql = 'SELECT min(starts_day) AS first, max(starts_day) AS last FROM kpi_period WHERE kpi_id = ?';
    const row = this.moment.database.get<{ first: number | null; last: number | null }>(sql, this.definition.kpiId);
    if (row === undefined || row.first === null || row.last === null) return undefined;
    return { first: row.first, last: row.last };
  }

  /** Even without an observation it is known how many were due. */
  private emptyFigure(): PeriodFigure {
    return { ...NO_FIGURE, due: dueSeriesOf(this.meter.series, () => 0) };
  }

  private storedFigure(startsDay: number): StoredFigure | undefined {
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

function isDefinedAlike(database: ViewDatabase, definition: KpiDefinition): boolean {
  const newest = stateAt<KpiState>(database, 'kpi', definition.kpiId, NEWEST_POSITION)?.definition;
  return JSON.stringify([newest?.measure, newest?.period]) === JSON.stringify([definition.measure, definition.period]);
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
