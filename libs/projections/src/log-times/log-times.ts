import { type ViewDatabase } from '#lib/read-models';
import { type Projection } from '../projection.js';

/** Which log position was the newest at each recorded time: one row a distinct millisecond. */
export const logTimesProjection: Projection = {
  name: 'log-times',
  version: 1,
  handles: 'all',
  createTables(database) {
    database.exec(
      `CREATE TABLE log_time (recorded_at_ms INTEGER PRIMARY KEY, last_position INTEGER NOT NULL);
       CREATE UNIQUE INDEX log_time_by_position ON log_time (last_position);`,
    );
  },
  start({ database }) {
    const upsert = database.prepare(
      `INSERT INTO log_time VALUES (?, ?)
       ON CONFLICT (recorded_at_ms) DO UPDATE SET last_position = max(last_position, excluded.last_position)`,
    );
    return {
      apply(events) {
        events.forEach((event, index) => {
          // Recorded time never decreases along positions, so only the last event of each millisecond is written.
          if (events[index + 1]?.recordedAt_ms !== event.recordedAt_ms) upsert.run(event.recordedAt_ms, event.position);
        });
      },
    };
  },
};

/** The newest position recorded at or before this time; 0 when there is none. */
export function positionAtTime_ms(database: ViewDatabase, time_ms: number): number {
  const sql = 'SELECT last_position FROM log_time WHERE recorded_at_ms <= ? ORDER BY recorded_at_ms DESC LIMIT 1';
  return database.get<{ last_position: number }>(sql, time_ms)?.last_position ?? 0;
}

/** When the event at this position was recorded; null for position 0 and beyond the views. */
export function recordedAt_ms(database: ViewDatabase, position: number): number | null {
  if (position === 0) return null;
  const sql = 'SELECT recorded_at_ms FROM log_time WHERE last_position >= ? ORDER BY last_position LIMIT 1';
  return database.get<{ recorded_at_ms: number }>(sql, position)?.recorded_at_ms ?? null;
}
