import { type Bindable, type ViewDatabase } from '#lib/read-models';
import { type Moment } from '../queries/scope.js';
import { type RecordKind } from './record-model.js';
import { heldRecord, type RecordRow, stateAfter } from './record-table.js';
import { stateAt } from './state-at.js';

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
  const { database } = moment;
  const found: RecordAt<State>[] = [];
  let last = after;
  while (found.length < limit) {
    const rows = scan(moment, kind, filter, last);
    for (const row of rows) {
      const isWhole = row.position === row.base;
      const state = (isWhole ? stateAfter(undefined, row) : stateAt(database, kind, row.id, row.position)) as State;
      if (filter.keep?.(state, row.id) !== false) found.push({ id: row.id, position: row.position, state });
      if (found.length === limit) break;
    }
    if (rows.length < SCAN_records) break;
    last = rows[rows.length - 1]!.id;
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
  const sql = `SELECT position, base, type, content FROM record
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

function scan(
  { database, position }: Moment,
  kind: RecordKind,
  { unitId, goalId, prefix = '' }: Pick<RecordFilter<unknown>, 'unitId' | 'goalId' | 'prefix'>,
  after: string,
): (RecordRow & { readonly id: string })[] {
  const conditions = ['kind = ?', 'id > ?', 'position <= ?'];
  const values: Bindable[] = [kind, after, position];
  if (prefix !== '') {
    conditions.push('id >= ?', 'id < ?');
    values.push(prefix, `${prefix}\u007f`);
  }
  for (const [column, id] of [
    ['unit_id', unitId],
    ['goal_id', goalId],
  ] as const) {
    if (id === undefined) continue;
    conditions.push(`id IN (SELECT id FROM record WHERE kind = ? AND ${column} = ?)`);
    values.push(kind, id);
  }
  // SQLite takes the other columns from the row that holds the maximum.
  const sql = `SELECT id, max(position) AS position, base, type, content FROM record
    WHERE ${conditions.join(' AND ')} GROUP BY id ORDER BY id LIMIT ${SCAN_records}`;
  return database.all(sql, ...values);
}
