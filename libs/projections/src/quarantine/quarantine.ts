import { type QuarantinedObservation } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { type QuarantineEntry } from '../answers.js';
import { type Projection } from '../projection.js';

/** A quarantined observation as the table holds it. */
export interface QuarantineRow {
  readonly position: number;
  readonly item: number;
  readonly recorded_at_ms: number;
  readonly source_id: string;
  readonly series_key: string | null;
  readonly observed_at_ms: number | null;
  readonly reason: string;
  readonly detail: string;
  readonly original: string;
  readonly encoding: QuarantineEntry['encoding'];
}

/** Observations that could not be counted, with their original bytes. */
export const quarantineProjection: Projection = {
  name: 'quarantine',
  version: 1,
  handles: ['ObservationsQuarantined'],
  createTables(database) {
    database.exec(
      `CREATE TABLE quarantine (
         position INTEGER NOT NULL, item INTEGER NOT NULL, recorded_at_ms INTEGER NOT NULL, source_id TEXT NOT NULL,
         series_key TEXT, observed_at_ms INTEGER, reason TEXT NOT NULL, detail TEXT NOT NULL, original TEXT NOT NULL,
         encoding TEXT NOT NULL, PRIMARY KEY (position, item)
       ) WITHOUT ROWID;
       CREATE INDEX quarantine_by_series ON quarantine (series_key, reason, position);
       CREATE INDEX quarantine_by_source ON quarantine (source_id, position, item);`,
    );
  },
  start({ database }) {
    const insert = database.prepare('INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    return {
      apply(events) {
        for (const { position, recordedAt_ms, data } of events) {
          const { sourceId, items } = data as { sourceId: string; items: readonly QuarantinedObservation[] };
          items.forEach(({ series, observedAt_ms, reason, detail, original, encoding }, item) => {
            const place = [position, item, recordedAt_ms, sourceId, series ?? null, observedAt_ms ?? null] as const;
            insert.run(...place, reason, detail, original, encoding);
          });
        }
      },
    };
  },
};

/** How many observations of a series were quarantined up to a log position, by reason. */
export function quarantinedByReason(
  database: ViewDatabase,
  seriesKey: string,
  position: number,
): Record<string, number> {
  const sql = `SELECT reason, count(*) AS count FROM quarantine WHERE series_key = ? AND position <= ? GROUP BY reason`;
  const rows = database.all<{ reason: string; count: number }>(sql, seriesKey, position);
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
}
