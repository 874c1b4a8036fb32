import { type Bindable, type ViewDatabase } from '#lib/read-models';
import { type Moment } from '../queries/scope.js';
import { type RecordKind } from './state-at.js';

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
    const rows = scan(moment, kind, filter, last);
    for (const row of rows) {
      const state = JSON.parse(row.state) as State;
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
  const sql = `SELECT position, state FROM record WHERE kind = ? AND id = ? AND position <= ?
    ORDER BY position DESC LIMIT 1`;
  const row = moment.database.get<{ position: number; state: string }>(sql, kind, id, moment.position);
  return row === undefined ? undefined : { id, position: row.position, state: JSON.parse(row.state) as State };
}

/** The position at which a property of the record last became what it is as of the moment. */
export function lastPositionOf(
  database: ViewDatabase,
  kind: RecordKind,
  id: string,
  position: number,
  part: (state: unknown) => unknown,
): number | null {
  const sql = 'SELECT position, state FROM record WHERE kind = ? AND id = ? AND position <= ? ORDER BY position DESC';
  let wanted: string | undefined;
  let found: number | null = null;
  for (const row of database.all<{ position: number; state: string }>(sql, kind, id, position)) {
    const text = JSON.stringify(part(JSON.parse(row.state)) ?? null);
    wanted ??= text;
    if (wanted === 'null' || text !== wanted) break;
    found = row.position;
  }
  return found;
}

function scan(
  { database, position }: Moment,
  kind: RecordKind,
  { unitId, goalId, prefix = '' }: Pick<RecordFilter<unknown>, 'unitId' | 'goalId' | 'prefix'>,
  after: string,
): { id: string; position: number; state: string }[] {
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
  const sql = `SELECT id, max(position) AS position, state FROM record
    WHERE ${conditions.join(' AND ')} GROUP BY id ORDER BY id LIMIT ${SCAN_records}`;
  return database.all(sql, ...values);
}
