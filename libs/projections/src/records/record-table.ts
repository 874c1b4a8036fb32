import { type ViewDatabase } from '#lib/read-models';
import { modelOf, type RecordKind } from './record-model.js';

/**
 * One row an event of a record: its data as the log has them. The state after it is folded from the rows since `base`,
 * which is the founding event or a row that holds the whole `state` after itself. A whole state is written when the steps
 * since the last one are together longer than it: what is written and what is read to know a state then both grow with the
 * record's events alone. (A whole state after every event was rejected: n changes of a KPI held n²/2 of them, and their
 * bytes were half of what a rebuild wrote.) Rows are in log order, so that a rebuild writes each page once.
 *
 * `actor` is kept of reviews and actions, whose histories are told from these rows; of the others the audit trail has it.
 * `record_place` says which units and goals any version of a KPI or goal has named.
 */
export const RECORD_TABLES = `
CREATE TABLE record (
  position INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  base INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  actor TEXT,
  data TEXT NOT NULL,
  state TEXT
);
CREATE INDEX record_by_id ON record (kind, id);
CREATE TABLE record_place (
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  place_id TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (kind, place, place_id, id)
) WITHOUT ROWID;`;

export interface RecordRow {
  readonly position: number;
  readonly type: string;
  readonly data: string;
  readonly state: string | null;
}

/** A record as of a position, and how long the texts are that it was read from. */
export interface HeldRecord {
  readonly state: unknown;
  /** Position of the event that led to the state. */
  readonly position: number;
  /** Position of the row from which the state is folded. */
  readonly base: number;
  /** The text of the whole state at `base`, or of the founding event's data. */
  readonly baseSize_chars: number;
  /** All steps since together. */
  readonly stepsSize_chars: number;
}

const SINCE_BASE = `SELECT position, type, data, state FROM record
  WHERE kind = ? AND id = ? AND position <= ? AND position >= (
    SELECT base FROM record WHERE kind = ? AND id = ? AND position <= ? ORDER BY position DESC LIMIT 1)
  ORDER BY position`;

/** The record as it stood at a log position; undefined when it did not exist then. */
export function heldRecord(
  database: ViewDatabase,
  kind: RecordKind,
  id: string,
  position: number,
): HeldRecord | undefined {
  const rows = database.all<RecordRow>(SINCE_BASE, kind, id, position, kind, id, position);
  const [first] = rows;
  if (first === undefined) return undefined;
  const steps = rows.slice(1);
  return {
    state: foldRows(rows),
    position: rows.at(-1)!.position,
    base: first.position,
    baseSize_chars: (first.state ?? first.data).length,
    stepsSize_chars: steps.reduce((total, { data }) => total + data.length, 0),
  };
}

/** The state that rows lead to, the first of which is the founding event or has a whole state. */
export function foldRows(rows: readonly RecordRow[]): unknown {
  return rows.reduce<unknown>(stateAfter, undefined);
}

/** The state after a row, from the state before it (undefined before the founding event). */
export function stateAfter(before: unknown, { type, data, state }: RecordRow): unknown {
  if (state !== null) return JSON.parse(state);
  const { decider } = modelOf(type)!;
  return decider.evolve(before ?? decider.initialState, { type, data: JSON.parse(data) as unknown });
}
