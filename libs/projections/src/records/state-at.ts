import { type ViewDatabase } from '#lib/read-models';
import { type RecordKind } from './record-model.js';
import { heldRecord } from './record-table.js';

/** The state of a record as it stood at a log position; undefined when it did not exist then. */
export function stateAt<State>(
  database: ViewDatabase,
  kind: RecordKind,
  id: string,
  position: number,
): State | undefined {
  return heldRecord(database, kind, id, position)?.state as State | undefined;
}
