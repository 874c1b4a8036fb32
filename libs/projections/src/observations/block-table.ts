import { type Statement, type ViewDatabase } from '#lib/read-models';
import { BLOCK_OBSERVATIONS_MAX, type Columns, decodeBlock, encodeBlock, encodeFlags } from './block.js';
import { sliceOf } from './merge.js';

/** A block as the table holds it, payload not yet read. */
export interface BlockHead {
  readonly block_id: number;
  readonly from_ms: number;
  readonly until_ms: number;
  readonly count: number;
}

export interface BlockRow extends BlockHead {
  readonly payload: Buffer;
  readonly flags: string | null;
}

export const OBSERVATION_TABLES = `
CREATE TABLE series (series_id INTEGER PRIMARY KEY, series_key TEXT NOT NULL UNIQUE);
CREATE TABLE observation_block (
  block_id INTEGER PRIMARY KEY,
  series_id INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  flags TEXT,
  payload BLOB NOT NULL
);
CREATE UNIQUE INDEX observation_block_by_time ON observation_block (series_id, from_ms);
CREATE TABLE observation_history (
  series_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  from_position INTEGER NOT NULL,
  until_position INTEGER NOT NULL,
  value REAL NOT NULL,
  flag TEXT,
  PRIMARY KEY (series_id, at_ms, from_position)
) WITHOUT ROWID;
CREATE TABLE series_total (
  series_id INTEGER PRIMARY KEY,
  observations INTEGER NOT NULL,
  first_ms INTEGER,
  last_ms INTEGER,
  repeats INTEGER NOT NULL,
  corrections INTEGER NOT NULL
);
CREATE TABLE series_recurrence (
  series_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  repeats INTEGER NOT NULL,
  corrections INTEGER NOT NULL,
  PRIMARY KEY (series_id, position)
) WITHOUT ROWID;`;

/** Writes blocks. A block owns the times from its first one up to the first one of the next block. */
export class BlockTable {
  private readonly insertRow: Statement;
  private readonly updateRow: Statement;

  constructor(private readonly database: ViewDatabase) {
    this.insertRow = database.prepare(
      'INSERT INTO observation_block (series_id, from_ms, until_ms, count, flags, payload) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.updateRow = database.prepare(
      'UPDATE observation_block SET from_ms = ?, until_ms = ?, count = ?, flags = ?, payload = ? WHERE block_id = ?',
    );
  }

  /** The block that owns a time: the last that starts at or before it, else the series' first; undefined for none. */
  ownerOf(seriesId: number, time_ms: number): BlockHead | undefined {
    const columns = 'SELECT block_id, from_ms, until_ms, count FROM observation_block WHERE series_id = ?';
    return (
      this.database.get<BlockHead>(`${columns} AND from_ms <= ? ORDER BY from_ms DESC LIMIT 1`, seriesId, time_ms) ??
      this.database.get<BlockHead>(`${columns} ORDER BY from_ms LIMIT 1`, seriesId)
    );
  }

  /** First time of the block after this one; Infinity after the last. */
  endOf(seriesId: number, block: BlockHead): number {
    const sql = 'SELECT from_ms FROM observation_block WHERE series_id = ? AND from_ms > ? ORDER BY from_ms LIMIT 1';
    return this.database.get<{ from_ms: number }>(sql, seriesId, block.from_ms)?.from_ms ?? Number.POSITIVE_INFINITY;
  }

  columnsOf(block: BlockHead): Columns {
    const sql = 'SELECT flags, payload FROM observation_block WHERE block_id = ?';
    const row = this.database.get<{ flags: string | null; payload: Buffer }>(sql, block.block_id)!;
    return decodeBlock(row.payload, block.from_ms, row.flags);
  }

  /** Puts the columns in the place of `block` (or into new blocks), cut so that no block is too large. */
  write(seriesId: number, block: BlockHead | null, columns: Columns, isTail: boolean): void {
    const count = columns.at_ms.length;
    // At the tail blocks are filled up, because more will follow; in the middle halves leave room for more late ones.
    const size = isTail
      ? BLOCK_OBSERVATIONS_MAX
      : Math.ceil(count / Math.max(1, Math.ceil(count / BLOCK_OBSERVATIONS_MAX)));
    for (let start = 0; start < count; start += size) {
      const part = count <= size ? columns : sliceOf(columns, start, Math.min(count, start + size));
      const until_ms = part.at_ms[part.at_ms.length - 1]!;
      const values = [part.at_ms[0]!, until_ms, part.at_ms.length, encodeFlags(part.flag), encodeBlock(part)] as const;
      if (start === 0 && block !== null) this.updateRow.run(...values, block.block_id);
      else this.insertRow.run(seriesId, ...values);
    }
  }
}
