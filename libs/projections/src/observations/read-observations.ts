import { type ViewDatabase } from '#lib/read-models';
import { type BlockRow } from './block-table.js';
import { type Columns, decodeBlock } from './block.js';
import { type ReplacedValue } from './merge.js';

/**
 * Blocks that are read at once: some 60 KiB, so that a long series needs no more memory than a short one. (Rows one at a
 * time were rejected: the statement of an open iteration cannot be kept for the next caller, and preparing it took longer
 * than reading the few blocks of a day.)
 */
const BLOCKS_AT_ONCE = 16;
const BLOCK_COLUMNS = 'SELECT block_id, from_ms, until_ms, count, flags, payload FROM observation_block';
/** From the block that owns the first time. */
const FIRST_BLOCKS = `${BLOCK_COLUMNS}
  WHERE series_id = ? AND from_ms >= coalesce(
    (SELECT max(from_ms) FROM observation_block WHERE series_id = ? AND from_ms <= ?), -9e15)
  AND from_ms < ? ORDER BY from_ms LIMIT ${BLOCKS_AT_ONCE}`;
const NEXT_BLOCKS = `${BLOCK_COLUMNS}
  WHERE series_id = ? AND from_ms > ? AND from_ms < ? ORDER BY from_ms LIMIT ${BLOCKS_AT_ONCE}`;

/** One observation in force. */
export interface Observation {
  readonly at_ms: number;
  readonly value: number;
  readonly flag: string | null;
  readonly position: number;
}

/**
 * Calls `take` with the current observations of a series from `from_ms` (inclusive) to `until_ms` (exclusive), in the order
 * of time, in pieces of columns; `take` returns false to stop. `start` and `end` bound the piece within the columns.
 */
export function scanObservations(
  database: ViewDatabase,
  seriesId: number,
  from_ms: number,
  until_ms: number,
  take: (columns: Columns, start: number, end: number) => boolean | void,
): void {
  let rows = database.all<BlockRow>(FIRST_BLOCKS, seriesId, seriesId, from_ms, until_ms);
  while (rows.length > 0) {
    for (const row of rows) {
      if (row.until_ms < from_ms) continue;
      const columns = decodeBlock(row.payload, row.from_ms, row.flags);
      let start = 0;
      let end = row.count;
      while (start < end && columns.at_ms[start]! < from_ms) start += 1;
      while (end > start && columns.at_ms[end - 1]! >= until_ms) end -= 1;
      if (end > start && take(columns, start, end) === false) return;
    }
    if (rows.length < BLOCKS_AT_ONCE) return;
    rows = database.all<BlockRow>(NEXT_BLOCKS, seriesId, rows[rows.length - 1]!.from_ms, until_ms);
  }
}

/** Current observations as objects; for answers, not for bulk work. At most `limit`. */
export function observationsBetween(
  database: ViewDatabase,
  seriesId: number,
  from_ms: number,
  until_ms: number,
  limit = Number.POSITIVE_INFINITY,
): Observation[] {
  const found: Observation[] = [];
  scanObservations(database, seriesId, from_ms, until_ms, ({ at_ms, value, position, flag }, start, end) => {
    for (let index = start; index < end && found.length < limit; index += 1) {
      found.push({
        at_ms: at_ms[index]!,
        value: value[index]!,
        position: position[index]!,
        flag: flag?.[index] ?? null,
      });
    }
    return found.length < limit;
  });
  return found;
}

/**
 * Observations as they were known at a log position: the current ones that were in force then, and the replaced ones that
 * were. In the order of time.
 */
export function observationsAt(
  database: ViewDatabase,
  seriesId: number,
  from_ms: number,
  until_ms: number,
  position: number,
): Observation[] {
  const current = observationsBetween(database, seriesId, from_ms, until_ms).filter((one) => one.position <= position);
  const sql = `SELECT at_ms, value, flag, from_position AS position FROM observation_history
    WHERE series_id = ? AND at_ms >= ? AND at_ms < ? AND from_position <= ? AND until_position > ?`;
  const replaced = database.all<Observation>(sql, seriesId, from_ms, until_ms, position, position);
  return replaced.length === 0 ? current : [...current, ...replaced].sort((a, b) => a.at_ms - b.at_ms);
}

/** Adds the log positions that brought the observations as they were known at a position. */
export function addPositionsAt(
  found: Set<number>,
  database: ViewDatabase,
  seriesId: number,
  from_ms: number,
  until_ms: number,
  position: number,
): void {
  let last = 0;
  scanObservations(database, seriesId, from_ms, until_ms, (columns, start, end) => {
    for (let index = start; index < end; index += 1) {
      const brought = columns.position[index]!;
      // One event brings many in a row: looking it up in the set for each would take most of the time.
      if (brought !== last && brought <= position) found.add(brought);
      last = brought;
    }
  });
  const sql = `SELECT from_position FROM observation_history
    WHERE series_id = ? AND at_ms >= ? AND at_ms < ? AND from_position <= ? AND until_position > ?`;
  const replaced = database.arrays<[number]>(sql, seriesId, from_ms, until_ms, position, position);
  for (const [brought] of replaced) found.add(brought);
}

/** The values that an observation replaced up to a log position, newest first. */
export function replacedValues(
  database: ViewDatabase,
  seriesId: number,
  at_ms: number,
  position: number,
): ReplacedValue[] {
  const sql = `SELECT at_ms, value, flag, from_position AS "from", until_position AS until FROM observation_history
    WHERE series_id = ? AND at_ms = ? AND until_position <= ? ORDER BY from_position DESC`;
  return database.all<ReplacedValue>(sql, seriesId, at_ms, position);
}
