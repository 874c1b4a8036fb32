/**
 * Reads the log by keyset pages of prepared statements, in the calling thread and on its own read-only connection. No
 * statement stays open between two pages, so a slow consumer never holds back the checkpoint of the write-ahead log.
 *
 * A filtered reading asks the index of kinds for the next positions of each wanted kind, merges them, and fetches only those
 * events. Since one writer commits positions in order, a snapshot that shows a position shows everything before it.
 */
import type Database from 'better-sqlite3';
import type { EventMetadata, Position, ReadAllOptions, Revision, StoredEvent } from '#lib/event-store';
import { categoryOf } from './schema.js';

export type Direction = 'forwards' | 'backwards';
export type Filter = Pick<ReadAllOptions, 'types' | 'streamPrefix'>;

export interface LogPage {
  readonly events: StoredEvent[];
  /** How far this page has looked, whether or not it found something; null when there was nothing to look at. */
  readonly lookedTo: Position | null;
  readonly isEnd: boolean;
}

interface Kind {
  readonly id: bigint;
  readonly category: string;
  readonly type: string;
}

type EventRow = [bigint, string, bigint, string, bigint, bigint, Buffer, string, string];

/** With more kinds than this wanted, merging them costs more than looking at every event. */
const MERGED_KINDS_MAX = 64;
const POSITION_MAX = 2n ** 63n - 1n;
const EVENT_COLUMNS =
  'e.position, s.name, e.revision, k.type, e.schema_version, e.recorded_at_ms, e.id, e.metadata, e.data';
// CROSS JOIN keeps SQLite from turning the loops round: events in order of their key, names by lookup.
const NAMES = 'CROSS JOIN streams s ON s.id = e.stream_id CROSS JOIN kinds k ON k.id = e.kind_id';

export class LogReader {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #pagesOfKinds = new Map<string, Database.Statement>();
  readonly #snapshot: (read: () => unknown) => unknown;
  #kinds: readonly Kind[] = [];

  constructor(readonly db: Database.Database) {
    this.#statements = prepare(db);
    this.#snapshot = db.transaction((read: () => unknown) => read());
  }

  /** Everything that `read` reads is of one moment: no commit comes in between. */
  inSnapshot<Result>(read: () => Result): Result {
    return this.#snapshot(read) as Result;
  }

  head(): { position: Position; recordedAt_ms: number } | null {
    const row = this.#statements.head.get() as [bigint, bigint] | undefined;
    return row === undefined ? null : { position: row[0], recordedAt_ms: Number(row[1]) };
  }

  /** At most `limit` events of a stream from a revision on (inclusive), in the reading direction. */
  readStream(stream: string, direction: Direction, from: Revision | undefined, limit: number): StoredEvent[] {
    const streamId = this.#statements.streamId.get(stream) as bigint | undefined;
    if (streamId === undefined) return [];
    const isForwards = direction === 'forwards';
    const statement = isForwards ? this.#statements.streamForwards : this.#statements.streamBackwards;
    const start = from ?? (isForwards ? 0n : POSITION_MAX);
    return (statement.all({ streamId, start, limit }) as EventRow[]).map(eventOf);
  }

  /**
   * The next page beyond `after` in the reading direction. Looks at `limit` events of the wanted kinds at most. Call it in a
   * snapshot: a kind that appears between reading the kinds and reading the events would be passed over.
   */
  readAll(filter: Filter, direction: Direction, after: Position | undefined, limit: number): LogPage {
    const isForwards = direction === 'forwards';
    const start = after ?? (isForwards ? 0n : POSITION_MAX);
    const wanted = filter.types === undefined && !filter.streamPrefix ? null : this.#wantedKinds(filter);
    if (wanted?.length === 0) return { events: [], lookedTo: null, isEnd: true };
    const isMerged = wanted !== null && wanted.length <= MERGED_KINDS_MAX;
    const statement = isMerged ? this.#pageOfKinds(wanted, isForwards) : this.#pageOfAll(isForwards);
    const rows = statement.all({ start, limit }) as EventRow[];
    const events = rows.map(eventOf);
    const lookedTo = events.at(-1)?.position ?? null;
    return { events: wanted === null ? events : events.filter(wantedBy(filter)), lookedTo, isEnd: rows.length < limit };
  }

  #pageOfAll(isForwards: boolean): Database.Statement {
    return isForwards ? this.#statements.allForwards : this.#statements.allBackwards;
  }

  #pageOfKinds(kinds: readonly Kind[], isForwards: boolean): Database.Statement {
    const ids = kinds.map((kind) => kind.id);
    const key = `${isForwards ? '>' : '<'}${ids.join()}`;
    const statement =
      this.#pagesOfKinds.get(key) ?? this.db.prepare(pageOfKindsSql(ids, isForwards)).raw().safeIntegers();
    this.#pagesOfKinds.set(key, statement);
    return statement;
  }

  #wantedKinds({ types, streamPrefix = '' }: Filter): readonly Kind[] {
    const count = Number(this.#statements.kindCount.get());
    if (count !== this.#kinds.length)
      this.#kinds = (this.#statements.kinds.all() as [bigint, string, string][]).map(([id, category, type]) => ({
        id,
        category,
        type,
      }));
    return this.#kinds.filter(
      (kind) => (types === undefined || types.includes(kind.type)) && mayHold(kind.category, streamPrefix),
    );
  }
}

/** Whether a stream of this category can have a name that starts with the prefix. */
function mayHold(category: string, prefix: string): boolean {
  if (prefix.includes('-')) return category === categoryOf(prefix);
  return category === '' || category.startsWith(prefix);
}

function wantedBy({ types, streamPrefix = '' }: Filter): (event: StoredEvent) => boolean {
  return (event) => event.stream.startsWith(streamPrefix) && (types === undefined || types.includes(event.type));
}

function eventOf(row: EventRow): StoredEvent {
  const [position, stream, revision, type, schemaVersion, recordedAt_ms, id, metadata, data] = row;
  return {
    id: uuidOf(id),
    type,
    schemaVersion: Number(schemaVersion),
    data,
    metadata: JSON.parse(metadata) as EventMetadata,
    stream,
    revision,
    position,
    recordedAt_ms: Number(recordedAt_ms),
  };
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Parameters: `start` (exclusive) and `limit`. Ids are numbers from our own table, so they may stand in the text. */
export function pageOfKindsSql(kindIds: readonly bigint[], isForwards: boolean): string {
  const order = isForwards ? 'ASC' : 'DESC';
  const one = (id: bigint): string =>
    `SELECT position FROM (SELECT position FROM events WHERE kind_id = ${id} AND position ${isForwards ? '>' : '<'} @start
     ORDER BY position ${order} LIMIT @limit)`;
  return `SELECT ${EVENT_COLUMNS}
    FROM (${kindIds.map(one).join(' UNION ALL ')} ORDER BY position ${order} LIMIT @limit) wanted
    CROSS JOIN events e ON e.position = wanted.position ${NAMES} ORDER BY wanted.position ${order}`;
}

function prepare(db: Database.Database) {
  const rows = (sql: string): Database.Statement => db.prepare(sql).raw().safeIntegers();
  const all = (condition: string, order: string): Database.Statement =>
    rows(`SELECT ${EVENT_COLUMNS} FROM events e ${NAMES} WHERE ${condition} ORDER BY ${order} LIMIT @limit`);
  return {
    head: rows('SELECT position, recorded_at_ms FROM events ORDER BY position DESC LIMIT 1'),
    streamId: db.prepare('SELECT id FROM streams WHERE name = ?').pluck().safeIntegers(),
    streamForwards: all('e.stream_id = @streamId AND e.revision >= @start', 'e.revision'),
    streamBackwards: all('e.stream_id = @streamId AND e.revision <= @start', 'e.revision DESC'),
    allForwards: all('e.position > @start', 'e.position'),
    allBackwards: all('e.position < @start', 'e.position DESC'),
    kindCount: db.prepare('SELECT count(*) FROM kinds').pluck(),
    kinds: rows('SELECT id, category, type FROM kinds'),
  };
}
