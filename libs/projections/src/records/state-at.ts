import { type ViewDatabase } from '#lib/read-models';

/** The decision models whose states are kept. People are left out: who may do what is the door's to know. */
export type RecordKind = 'organisation' | 'unit' | 'goal' | 'kpi' | 'series' | 'source' | 'review' | 'action';

/** The organisation has one record, under this id. */
export const ORGANISATION_ID = 'organisation';

const LATEST = `SELECT state FROM record WHERE kind = ? AND id = ? AND position <= ? ORDER BY position DESC LIMIT 1`;

/** The state of a record as it stood at a log position; undefined when it did not exist then. */
export function stateAt<State>(
  database: ViewDatabase,
  kind: RecordKind,
  id: string,
  position: number,
): State | undefined {
  const row = database.get<{ state: string }>(LATEST, kind, id, position);
  return row === undefined ? undefined : (JSON.parse(row.state) as State);
}
