import { type ViewDatabase } from '#lib/read-models';
import { modelOf, type RecordKind } from './record-model.js';

/**
 * One row an event of a record. `content` is the whole state after it (`base` is then its own position) or only the event's
 * data, to be folded into the state at `base` with those between. The whole state is written when the steps since the last
 * one are together longer than it: what is written and what is read to know a state then both grow with the record's
 * events alone. (A whole state after every event was rejected: n changes of a KPI held n²/2 of them, and their bytes were
 * half of what a rebuild wrote.)
 */
export const RECORD_TABLE = `
CREATE TABLE record (
  record_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
  base INTEGER NOT NULL,
  type TEXT NOT NULL,
  unit_id TEXT, goal_id TEXT,
  content TEXT NOT NULL
);
CREATE UNIQUE INDEX record_by_id ON record (kind, id, position);
CREATE INDEX record_by_unit ON record (kind, unit_id, id) WHERE unit_id IS NOT NULL;
CREATE INDEX record_by_goal ON record (kind, goal_id, id) WHERE goal_id IS NOT NULL;`;

export interface RecordRow {
  readonly position: number;
  readonly base: number;
  readonly type: string;
  readonly content: string;
}

/** A record as of a position, and how long the texts are that it was read from. */
export interface HeldRecord {
  readonly state: unknown;
  /** Position of the event that led to the state. */
  readonly position: number;
  /** Position of the row with the whole state from which this one is folded. */
  readonly base: number;
  readonly baseSize_chars: number;
  /** All steps since together. */
  readonly stepsSize_chars: number;
}

const SINCE_BASE = `SELECT position, base, type, content FROM record
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
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const baseSize_chars = rows[0]!.content.length;
  const size_chars = rows.reduce((total, { content }) => total + content.length, 0);
  return {
    state: rows.reduce<unknown>(stateAfter, undefined),
    position: last.position,
    base: last.base,
    baseSize_chars,
    stepsSize_chars: size_chars - baseSize_chars,
  };
}

/** The state after a row, from the state before it (which a row with a whole state does not need). */
export function stateAfter(before: unknown, { position, base, type, content }: RecordRow): unknown {
  const parsed: unknown = JSON.parse(content);
  return position === base ? parsed : modelOf(type)!.decider.evolve(before, { type, data: parsed });
}
