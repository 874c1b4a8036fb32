import { type DayRollup, type LocalDayIndex, rollupOf } from '#lib/analysis';
import { type ViewDatabase } from '#lib/read-models';
import { observationsAt, scanObservations } from '../observations/read-observations.js';
import { ROLLUP_COLUMNS, type StoredRollup } from './rollup-table.js';

/** A day's rollup as of the reader's moment, and the last log position (up to that moment) that changed it. */
export interface DayFigure {
  readonly seriesId: number;
  readonly day: number;
  readonly rollup: DayRollup;
  readonly lastChange: number;
}

/** Reads day rollups and values as they stand now, or as they stood at a log position. */
export class RollupReader {
  /** `position` absent: the current tables, which stand where the checkpoint does. */
  constructor(
    private readonly database: ViewDatabase,
    private readonly days: LocalDayIndex,
    private readonly position?: number,
  ) {}

  /** Days from `fromDay` to `toDay`, both included, that have observations; in order. */
  daysOf(seriesId: number, fromDay: number, toDay: number, limit = -1): DayFigure[] {
    const sql = `SELECT ${ROLLUP_COLUMNS} FROM day_rollup
      WHERE series_id = ? AND day >= ? AND day <= ? AND first_change <= ? ORDER BY day LIMIT ?`;
    const until = this.position ?? Number.MAX_SAFE_INTEGER;
    const rows = this.database.all<StoredRollup>(sql, seriesId, fromDay, toDay, until, limit);
    return rows.map((row) =>
      row.last_change <= until
        ? { seriesId, day: row.day, rollup: row, lastChange: row.last_change }
        : this.asItStood(row),
    );
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

  /** First or last day with observations; undefined for none. */
  edgeOf(seriesId: number, which: 'first' | 'last'): number | undefined {
    const sql = `SELECT day FROM day_rollup WHERE series_id = ? AND first_change <= ?
      ORDER BY day ${which === 'first' ? 'ASC' : 'DESC'} LIMIT 1`;
    return this.database.get<{ day: number }>(sql, seriesId, this.position ?? Number.MAX_SAFE_INTEGER)?.day;
  }

  private asItStood(row: StoredRollup): DayFigure {
    const { from_ms, until_ms } = this.days.boundsOfDay_ms(row.day);
    const observations = observationsAt(this.database, row.series_id, from_ms, until_ms, this.position!).filter(
      (one) => this.days.dayNumberAt(one.at_ms) === row.day,
    );
    const at_ms = observations.map((one) => one.at_ms);
    const values = observations.map((one) => one.value);
    const rollup = rollupOf(at_ms, values);
    const lastChange = observations.reduce((last, one) => Math.max(last, one.position), 0);
    return { seriesId: row.series_id, day: row.day, rollup, lastChange };
  }
}
