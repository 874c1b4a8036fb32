import { type DayRollup, emptyRollup, type LocalDayIndex, mergeRollups, rollupOf } from '#lib/analysis';
import { type ViewDatabase } from '#lib/read-models';
import { addPositionsAt, observationsAt, scanObservations } from '../observations/read-observations.js';

/** A day's rollup as of the reader's moment, and the log positions (up to that moment) that first and last changed it. */
export interface DayFigure {
  readonly seriesId: number;
  readonly day: number;
  readonly rollup: DayRollup;
  readonly firstChange: number;
  readonly lastChange: number;
}

/**
 * How much of each rollup is read. `sums`: count, sum and the time of the last observation, which is all that a mean, a sum
 * or a count takes; what is left out is as in `emptyRollup`. Long periods of many series are read in half the time then.
 */
export type RollupPart = 'whole' | 'sums';

type RollupRow = readonly [
  day: number,
  first_change: number,
  last_change: number,
  count: number,
  sum: number,
  compensation: number,
  last_ms: number,
  min?: number,
  max?: number,
  first?: number,
  first_ms?: number,
  last?: number,
];
const SUMS_LENGTH = 7;

const SUMS_COLUMNS = 'day, first_change, last_change, count, sum, compensation, last_ms';
const SELECTED: Readonly<Record<RollupPart, string>> = {
  sums: SUMS_COLUMNS,
  whole: `${SUMS_COLUMNS}, min, max, first, first_ms, last`,
};
const DAYS_BETWEEN = `FROM day_rollup
  WHERE series_id = ? AND day >= ? AND day <= ? AND first_change <= ? ORDER BY day LIMIT ?`;

const SUMS_OF_DAYS = 'SELECT count, sum, compensation FROM day_rollup WHERE series_id = ? ORDER BY day';
const EDGES = `SELECT min(min) AS min, max(max) AS max, min(first_ms) AS firstAt_ms, max(last_ms) AS lastAt_ms
  FROM day_rollup WHERE series_id = ?`;

const EVER_days = 1e7;

/** Reads day rollups and values as they stand now, or as they stood at a log position. */
export class RollupReader {
  /** Changes beyond this log position are not known yet. */
  private readonly until: number;

  /** `position` absent: the current tables, which stand where the checkpoint does. */
  constructor(
    private readonly database: ViewDatabase,
    private readonly days: LocalDayIndex,
    private readonly position?: number,
  ) {
    this.until = position ?? Number.MAX_SAFE_INTEGER;
  }

  /** Days from `fromDay` to `toDay`, both included, that have observations; in order. */
  daysOf(seriesId: number, fromDay: number, toDay: number, limit = -1, part: RollupPart = 'whole'): DayFigure[] {
    const sql = `SELECT ${SELECTED[part]} ${DAYS_BETWEEN}`;
    const rows = this.database.arrays<RollupRow>(sql, seriesId, fromDay, toDay, this.until, limit);
    return rows.map((row) => {
      const [day, firstChange, lastChange] = row;
      return lastChange <= this.until
        ? { seriesId, day, rollup: rollupOfRow(row), firstChange, lastChange }
        : this.asItStood(seriesId, day, firstChange);
    });
  }

  /**
   * Everything that a series ever observed, in one rollup, but for the first and the last value (which are as in
   * `emptyRollup`). Of the present only the sums are folded here, because their rounding depends on the order of days.
   */
  totalOf(seriesId: number): DayRollup {
    if (this.position !== undefined) {
      const { first, last } = emptyRollup;
      const days = this.daysOf(seriesId, -EVER_days, EVER_days);
      return { ...mergeRollups(days.map(({ rollup }) => rollup)), first, last };
    }
    const days = this.database.arrays<[count: number, sum: number, compensation: number]>(SUMS_OF_DAYS, seriesId);
    if (days.length === 0) return emptyRollup;
    const sums = days.map(([count, sum, compensation]) => rollupOfRow([0, 0, 0, count, sum, compensation, 0]));
    const edges = this.database.get<Pick<DayRollup, 'min' | 'max' | 'firstAt_ms' | 'lastAt_ms'>>(EDGES, seriesId);
    return { ...mergeRollups(sums), ...edges };
  }

  /** Single values of a stretch of days, in the order of time. */
  valuesOf(seriesId: number, fromDay: number, toDay: number): number[] {
    const values: number[] = [];
    const wanted = (at_ms: number): boolean => {
      const day = this.days.dayNumberAt(at_ms);
      return day >= fromDay && day <= toDay;
    };
    const from_ms = this.days.boundsOfDay_ms(fromDay).from_ms;
    const until_ms = this.days.boundsOfDay_ms(toDay).until_ms;
    if (this.position !== undefined) {
      const observations = observationsAt(this.database, seriesId, from_ms, until_ms, this.position);
      return observations.filter((one) => wanted(one.at_ms)).map((one) => one.value);
    }
    scanObservations(this.database, seriesId, from_ms, until_ms, ({ at_ms, value }, start, end) => {
      for (let index = start; index < end; index += 1) if (wanted(at_ms[index]!)) values.push(value[index]!);
    });
    return values;
  }

  /** Adds the log positions from which the values of a stretch of days are in force. */
  addPositions(found: Set<number>, seriesId: number, fromDay: number, toDay: number): void {
    const from_ms = this.days.boundsOfDay_ms(fromDay).from_ms;
    const until_ms = this.days.boundsOfDay_ms(toDay).until_ms;
    addPositionsAt(found, this.database, seriesId, from_ms, until_ms, this.until);
  }

  /**
   * First or last day, up to `toDay`, on which any of the series has observations; undefined for none. What came after the
   * reader's position has to be passed over, so whoever wants nothing later than a day should say so.
   */
  edgeOf(seriesIds: readonly number[], which: 'first' | 'last', toDay = EVER_days): number | undefined {
    const [ascending, of] = which === 'first' ? ['ASC', 'min'] : ['DESC', 'max'];
    const sql = `SELECT ${of}((SELECT day FROM day_rollup
        WHERE series_id = one.value AND day <= ? AND first_change <= ? ORDER BY day ${ascending} LIMIT 1))
      FROM json_each(?) AS one`;
    const [row] = this.database.arrays<[number | null]>(sql, toDay, this.until, JSON.stringify(seriesIds));
    return row?.[0] ?? undefined;
  }

  /** A day that changed after the position, from the observations that were known then. */
  private asItStood(seriesId: number, day: number, firstChange: number): DayFigure {
    const { from_ms, until_ms } = this.days.boundsOfDay_ms(day);
    const observations = observationsAt(this.database, seriesId, from_ms, until_ms, this.until).filter(
      (one) => this.days.dayNumberAt(one.at_ms) === day,
    );
    const at_ms = observations.map((one) => one.at_ms);
    const values = observations.map((one) => one.value);
    const lastChange = observations.reduce((last, one) => Math.max(last, one.position), 0);
    return { seriesId, day, rollup: rollupOf(at_ms, values), firstChange, lastChange };
  }
}

/** Every property by its name: to spread `emptyRollup` into each of thousands took longer than to read them. */
function rollupOfRow(row: RollupRow): DayRollup {
  const isWhole = row.length > SUMS_LENGTH;
  return {
    count: row[3],
    sum: row[4],
    compensation: row[5],
    min: isWhole ? row[7]! : emptyRollup.min,
    max: isWhole ? row[8]! : emptyRollup.max,
    first: isWhole ? row[9]! : emptyRollup.first,
    firstAt_ms: isWhole ? row[10]! : emptyRollup.firstAt_ms,
    last: isWhole ? row[11]! : emptyRollup.last,
    lastAt_ms: row[6],
  };
}
