import { OwnershipLost } from './errors.js';
import { type ViewDatabase } from './view-database.js';

/** How far the views have come. Positions are numbers here: see `LOG_POSITION_MAX` in projections. */
export interface CheckpointState {
  readonly position: number;
  readonly epoch: number;
  /** When the event at `position` was recorded; null before the first. */
  readonly recordedAt_ms: number | null;
  readonly parked: number;
}

/** An event that one projection could not take. */
export interface ParkedEvent {
  readonly position: number;
  readonly projection: string;
  readonly eventType: string;
  readonly reason: string;
}

const TABLES = `
CREATE TABLE IF NOT EXISTS checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  recorded_at_ms INTEGER,
  signature TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS parked_event (
  position INTEGER NOT NULL,
  projection TEXT NOT NULL,
  event_type TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (position, projection)
) WITHOUT ROWID;`;

/**
 * The checkpoint of one generation: one row that moves in the same transaction as the tables. Who takes it over raises
 * the epoch; a twin that was asleep then changes no row and learns from that that it lost.
 */
export class Checkpoint {
  constructor(private readonly database: ViewDatabase) {}

  /** Creates the row at position 0 if the file is new. `signature` names the projections that fill this generation. */
  static create(database: ViewDatabase, signature: string): void {
    database.exec(TABLES);
    database.run('INSERT OR IGNORE INTO checkpoint VALUES (1, 0, 0, NULL, ?)', signature);
  }

  read(): CheckpointState {
    const row = this.database.get<CheckpointState>(
      `SELECT position, epoch, recorded_at_ms AS recordedAt_ms, (SELECT count(*) FROM parked_event) AS parked
       FROM checkpoint WHERE id = 1`,
    );
    if (row === undefined) throw new Error(`${this.database.file} has no checkpoint`);
    return row;
  }

  signature(): string {
    return this.database.get<{ signature: string }>('SELECT signature FROM checkpoint WHERE id = 1')?.signature ?? '';
  }

  /** Makes the caller the only one who may advance from now on; returns its epoch. */
  takeOwnership(): number {
    return this.database.transaction(() => {
      this.database.run('UPDATE checkpoint SET epoch = epoch + 1 WHERE id = 1');
      return this.read().epoch;
    });
  }

  /**
   * Moves the checkpoint; call inside the transaction that writes the tables.
   * @throws OwnershipLost when the checkpoint is not at `from` under `epoch` any more
   */
  advance(from: number, to: number, epoch: number, recordedAt_ms: number | null): void {
    const changed = this.database.run(
      `UPDATE checkpoint SET position = ?, recorded_at_ms = coalesce(?, recorded_at_ms)
       WHERE id = 1 AND position = ? AND epoch = ?`,
      to,
      recordedAt_ms,
      from,
      epoch,
    );
    if (changed !== 1) throw new OwnershipLost(`another owner has moved the views beyond position ${from}`);
  }

  park(event: ParkedEvent): void {
    this.database.run(
      'INSERT OR REPLACE INTO parked_event VALUES (?, ?, ?, ?)',
      event.position,
      event.projection,
      event.eventType,
      event.reason,
    );
  }

  /** Newest first. */
  parkedEvents(limit: number): ParkedEvent[] {
    return this.database.all<ParkedEvent>(
      `SELECT position, projection, event_type AS eventType, reason FROM parked_event
       ORDER BY position DESC, projection LIMIT ?`,
      limit,
    );
  }
}
