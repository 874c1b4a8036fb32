import { continueRollup, type DayRollup, emptyRollup, type LocalDayIndex } from '#lib/analysis';
import { type ViewDatabase } from '#lib/read-models';
import { scanObservations } from '../observations/read-observations.js';

/** A stored rollup and the log positions at which its day first got and last changed an observation. */
export interface StoredRollup extends DayRollup {
  readonly series_id: number;
  readonly day: number;
  readonly first_change: number;
  readonly last_change: number;
}

export const ROLLUP_TABLE = `
CREATE TABLE day_rollup (
  series_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL,
  sum REAL NOT NULL,
  compensation REAL NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  first REAL NOT NULL,
  first_ms INTEGER NOT NULL,
  last REAL NOT NULL,
  last_ms INTEGER NOT NULL,
  first_change INTEGER NOT NULL,
  last_change INTEGER NOT NULL,
  PRIMARY KEY (series_id, day)
) WITHOUT ROWID;`;

export const ROLLUP_COLUMNS = `series_id, day, count, sum, compensation, min, max, first, first_ms AS firstAt_ms, last,
  last_ms AS lastAt_ms, first_change, last_change`;

/** The rollup of a local day from its observations, in the order of their time. */
export function rollupOfDay(database: ViewDatabase, days: LocalDayIndex, seriesId: number, day: number): DayRollup {
  const { from_ms, until_ms } = days.boundsOfDay_ms(day);
  let rollup = emptyRollup;
  scanObservations(database, seriesId, from_ms, until_ms, ({ at_ms, value }, start, end) => {
    // Where a clock was set back over midnight, the bounds of two days overlap: each stretch of this day is folded.
    for (let from = start; from < end;) {
      let until = from;
      while (until < end && days.dayNumberAt(at_ms[until]!) === day) until += 1;
      rollup = continueRollup(rollup, at_ms, value, from, until);
      from = until + 1;
    }
  });
  return rollup;
}
