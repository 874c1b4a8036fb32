import { continueRollup, type DayRollup, emptyRollup } from '#lib/analysis';
import { type OrganisationEvent } from '#lib/domain';
import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges, type SeriesChange } from '../batch-changes.js';
import { observationsBetween } from '../observations/read-observations.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { type Shelf } from '../shelf.js';
import { ROLLUP_COLUMNS, ROLLUP_TABLE, rollupOfDay, type StoredRollup } from './rollup-table.js';

/**
 * Day rollups of every series, in the organisation's time zone. A rollup is a pure function of the day's observations in
 * the order of their time: it is extended only by observations after its last one, and else computed from all of them.
 */
export const rollupsProjection: Projection = {
  name: 'rollups',
  version: 1,
  handles: ['OrganisationEstablished', 'ObservationsRecorded'],
  createTables: (database) => database.exec(ROLLUP_TABLE),
  start: ({ database, shelf }) => new RollupsHand(database, shelf),
};

const EVER = 9e15;

class RollupsHand implements ProjectionHand {
  private readonly select: Statement;
  private readonly replace: Statement;

  constructor(
    private readonly database: ViewDatabase,
    private readonly shelf: Shelf,
  ) {
    this.select = database.prepare(`SELECT ${ROLLUP_COLUMNS} FROM day_rollup WHERE series_id = ? AND day = ?`);
    this.replace = database.prepare('INSERT OR REPLACE INTO day_rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    let moved = false;
    for (const { type, data } of events) {
      if (type !== 'OrganisationEstablished') continue;
      const { timeZone, fiscalYearStartMonth } = data as OrganisationEvent['data'];
      moved = this.shelf.setCalendar({ timeZone, fiscalYearStartMonth }) || moved;
    }
    if (moved) this.countAgain(changes);
    else for (const change of changes.series) this.count(change, changes);
  }

  /** Observations that were counted before the organisation's time zone was known belong to other days now. */
  private countAgain(changes: BatchChanges): void {
    // The organisation is the first event of every real log, so mostly there is none yet, whatever series the batch brings.
    if (this.database.get('SELECT 1 FROM observation_block LIMIT 1') === undefined) return;
    this.database.run('DELETE FROM day_rollup');
    for (const { series_id } of this.database.all<{ series_id: number }>('SELECT series_id FROM series')) {
      this.count(wholeSeries(this.database, series_id), changes);
    }
  }

  /** Goes through the changed observations of a series day by day: their times are in order. */
  private count(change: SeriesChange, changes: BatchChanges): void {
    const { seriesId, at_ms } = change;
    const changedDays: number[] = [];
    for (let start = 0; start < at_ms.length;) {
      const day = this.shelf.days.dayNumberAt(at_ms[start]!);
      let end = start + 1;
      while (end < at_ms.length && this.shelf.days.dayNumberAt(at_ms[end]!) === day) end += 1;
      this.countDay(change, day, start, end);
      changedDays.push(day);
      start = end;
    }
    if (changedDays.length > 0) changes.days.set(seriesId, [...(changes.days.get(seriesId) ?? []), ...changedDays]);
  }

  private countDay(change: SeriesChange, day: number, start: number, end: number): void {
    const { seriesId } = change;
    const stored = this.select.get(seriesId, day) as StoredRollup | undefined;
    const rollup = this.rollupWith(stored, change, day, start, end);
    let first = stored?.first_change ?? EVER;
    let last = stored?.last_change ?? 0;
    for (let index = start; index < end; index += 1) {
      first = Math.min(first, change.firstPosition[index]!);
      last = Math.max(last, change.lastPosition[index]!);
    }
    const { count, sum, compensation, min, max, firstAt_ms, lastAt_ms } = rollup;
    const figures = [count, sum, compensation, min, max, rollup.first, firstAt_ms, rollup.last, lastAt_ms] as const;
    this.replace.run(seriesId, day, ...figures, first, last);
  }

  private rollupWith(
    stored: StoredRollup | undefined,
    change: SeriesChange,
    day: number,
    start: number,
    end: number,
  ): DayRollup {
    const { at_ms, value, isNew, seriesId } = change;
    let onlyNew = true;
    for (let index = start; index < end; index += 1) onlyNew &&= isNew[index]!;
    // A day without a rollup has no other observations than these.
    if (stored === undefined && onlyNew) return continueRollup(emptyRollup, at_ms, value, start, end);
    if (stored !== undefined && onlyNew && at_ms[start]! > stored.lastAt_ms) {
      return continueRollup(stored, at_ms, value, start, end);
    }
    return rollupOfDay(this.database, this.shelf.days, seriesId, day);
  }
}

/** All observations of a series as if they came in one batch, each with the positions of its first and newest value. */
function wholeSeries(database: ViewDatabase, seriesId: number): SeriesChange {
  const observations = observationsBetween(database, seriesId, -EVER, EVER);
  const sql = 'SELECT at_ms, min(from_position) AS first FROM observation_history WHERE series_id = ? GROUP BY at_ms';
  const replaced = database.all<{ at_ms: number; first: number }>(sql, seriesId);
  const firstOf = new Map(replaced.map(({ at_ms, first }) => [at_ms, first]));
  return {
    seriesId,
    at_ms: observations.map(({ at_ms }) => at_ms),
    value: observations.map(({ value }) => value),
    isNew: observations.map(() => true),
    firstPosition: observations.map(({ at_ms, position }) => firstOf.get(at_ms) ?? position),
    lastPosition: observations.map(({ position }) => position),
  };
}
