import { type Bindable, type ViewDatabase } from '#lib/read-models';
import { type Moment } from '../queries/scope.js';
import { type RecordKind } from './record-model.js';
import { foldRows, heldRecord, type RecordRow, stateAfter } from './record-table.js';

/** A record as of a moment. */
export interface RecordAt<State> {
  readonly id: string;
  readonly position: number;
  readonly state: State;
}

/** Ids are read so many at a time while filtering, because a filter may drop most of them. */
const SCAN_records = 200;

/** Where to look for a list: any version of the record may have named the unit or goal; `keep` decides by the state. */
export interface RecordFilter<State> {
  readonly unitId?: string;
  readonly goalId?: string;
  readonly prefix?: string;
  readonly keep?: (state: State, id: string) => boolean;
}

/** Records of a kind as of the moment, in the order of their ids, after the id `after`; up to `limit`. */
export function listRecords<State>(
  moment: Moment,
  kind: RecordKind,
  filter: RecordFilter<State>,
  after: string,
  limit: number,
): RecordAt<State>[] {
  const found: RecordAt<State>[] = [];
  let last = after;
  while (found.length < limit) {
    const scanned = scan(moment, kind, filter, last);
    for (const [id, rows] of scanned) {
      const state = foldRows(rows) as State;
      if (filter.keep?.(state, id) !== false) found.push({ id, position: rows.at(-1)!.position, state });
      if (found.length === limit) break;
      last = id;
    }
    if (scanned.size < SCAN_records) break;
  }
  return found;
}

/** One record as of the moment; undefined when it did not exist then. */
export function readRecord<State>(moment: Moment, kind: RecordKind, id: string): RecordAt<State> | undefined {
  const held = heldRecord(moment.database, kind, id, moment.position);
  return held && { id, position: held.position, state: held.state as State };
}

/** The position at which a property of the record last became what it is as of the moment. */
export function lastPositionOf(
  database: ViewDatabase,
  kind: RecordKind,
  id: string,
  position: number,
  part: (state: unknown) => unknown,
): number | null {
  const sql = `SELECT position, type, data, state FROM record
    WHERE kind = ? AND id = ? AND position <= ? ORDER BY position`;
  let state: unknown;
  let known = 'null';
  let found: number | null = null;
  for (const row of database.all<RecordRow>(sql, kind, id, position)) {
    state = stateAfter(state, row);
    const text = JSON.stringify(part(state) ?? null);
    if (text !== known) found = text === 'null' ? null : row.position;
    known = text;
  }
  return found;
}

/** The next records after the id `after`, in order: of each the rows from which its state is folded. */
function scan(
  { database, position }: Moment,
  kind: RecordKind,
  { unitId, goalId, prefix = '' }: Pick<RecordFilter<unknown>, 'unitId' | 'goalId' | 'prefix'>,
  after: string,
): Map<string, RecordRow[]> {
  const conditions = ['kind = ?', 'id > ?', 'position <= ?'];
  const values: Bindable[] = [kind, after, position];
  if (prefix !== '') {
    conditions.push('id >= ?', 'id < ?');
    values.push(prefix, `${prefix}\u007f`);
  }
  for (const [place, id] of [
    ['unit', unitId],
    ['goal', goalId],
  ] as const) {
    if (id === undefined) continue;
    conditions.push(`id IN (SELECT id FROM record_place WHERE kind = ? AND place = '${place}' AND place_id = ?)`);
    values.push(kind, id);
  }
  // The newest positions from the index alone: taken together with the texts, those of every version would be read.
  const newest = `SELECT id, max(position) AS position FROM record
    WHERE ${conditions.join(' AND ')} GROUP BY id ORDER BY id LIMIT ${SCAN_records}`;
  const sql = `SELECT step.id, step.position, step.type, step.data, step.state FROM (${newest}) AS newest
    CROSS JOIN record AS last ON last.position = newest.position
    CROSS JOIN record AS step ON step.kind = ? AND step.id = newest.id
      AND step.position BETWEEN last.base AND last.position
    ORDER BY step.id, step.position`;
  const found = new Map<string, RecordRow[]>();
  for (const row of database.all<RecordRow & { readonly id: string }>(sql, ...values, kind)) {
    const rows = found.get(row.id);
    if (rows === undefined) found.set(row.id, [row]);
    else rows.push(row);
  }
  return found;
}
