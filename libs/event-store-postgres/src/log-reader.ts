/**
 * Reads the log by keyset pages: each page is one statement with one snapshot, so nothing stays open between two pages.
 * Positions appear in their order (`append_group`), so a snapshot that shows a position shows everything before it.
 *
 * A filtered reading asks the index of kinds for the next positions of each wanted kind, merges them, and fetches only those
 * events. A page ends after so many events or bytes, whichever comes first.
 */
import type { EventMetadata, Position, ReadAllOptions, Revision, StoredEvent } from '#lib/event-store';
import { pauseAfterFailure } from './backoff.js';
import type { ConnectionPool } from './connection-pool.js';
import type { Question } from './connection.js';
import { kindOfFailure, textOf, unavailable } from './failures.js';
import { categoryOf, originalText } from './stored-text.js';

/** How long a page is tried again before the reader hears of it. */
export const READ_PATIENCE_ms = 5000;
/** Data in a page, after the first event. */
export const PAGE_SIZE_TARGET_bytes = 4 * 1024 * 1024;

export type Direction = 'forwards' | 'backwards';
export type Filter = Pick<ReadAllOptions, 'types' | 'streamPrefix'>;

export interface LogPage {
  readonly events: StoredEvent[];
  /** How far this page has looked, whether or not it found something; null when there was nothing to look at. */
  readonly lookedTo: Position | null;
  readonly isEnd: boolean;
  /** The newest position, in the snapshot of the page; only where the page was filtered. */
  readonly head: Position | null;
}

type EventRow = [
  head: bigint | null,
  position: bigint,
  stream: string,
  revision: bigint,
  type: string,
  schemaVersion: bigint,
  recordedAt_ms: bigint,
  id: string,
  form: number,
  metadata: string,
  data: string,
  size_bytes: number,
];

const INT8_MAX = 2n ** 63n - 1n;
const INT8_MIN = -(2n ** 63n);
const clamp = (number: bigint): bigint => (number > INT8_MAX ? INT8_MAX : number < INT8_MIN ? INT8_MIN : number);

export class LogReader {
  readonly #pool: ConnectionPool;
  readonly #questions: ReturnType<typeof questionsFor>;
  #isClosed = false;

  /** @param schema quoted */
  constructor(pool: ConnectionPool, schema: string) {
    this.#pool = pool;
    this.#questions = questionsFor(schema);
  }

  async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    const [row] = await this.#ask<[bigint, bigint]>(this.#questions.head, []);
    return row === undefined ? null : { position: row[0], recordedAt_ms: Number(row[1]) };
  }

  /** The next page of a stream from a revision on (inclusive), in the reading direction. */
  async readStream(
    stream: string,
    direction: Direction,
    from: Revision | undefined,
    limit: number,
  ): Promise<{ events: StoredEvent[]; isEnd: boolean }> {
    const isForwards = direction === 'forwards';
    const question = isForwards ? this.#questions.streamForwards : this.#questions.streamBackwards;
    const start = clamp(from ?? (isForwards ? INT8_MIN : INT8_MAX));
    const rows = await this.#ask<EventRow>(question, [stream, start, limit, PAGE_SIZE_TARGET_bytes]);
    return { events: rows.map(eventOf), isEnd: isLastPage(rows, limit) };
  }

  /** The next page beyond `after` in the reading direction. Looks at `limit` events of the wanted kinds at most. */
  async readAll(filter: Filter, direction: Direction, after: Position | undefined, limit: number): Promise<LogPage> {
    const isForwards = direction === 'forwards';
    const start = clamp(after ?? (isForwards ? INT8_MIN : INT8_MAX));
    const { types, streamPrefix = '' } = filter;
    if (types === undefined && streamPrefix === '') {
      const question = isForwards ? this.#questions.allForwards : this.#questions.allBackwards;
      const rows = await this.#ask<EventRow>(question, [start, limit, PAGE_SIZE_TARGET_bytes]);
      return { events: rows.map(eventOf), lookedTo: lastPosition(rows), isEnd: isLastPage(rows, limit), head: null };
    }
    const question = isForwards ? this.#questions.kindsForwards : this.#questions.kindsBackwards;
    const category = streamPrefix.includes('-') ? categoryOf(streamPrefix) : null;
    const values = [start, limit, PAGE_SIZE_TARGET_bytes, types ?? null, streamPrefix, category];
    const answer = await this.#ask<EventRow>(question, values);
    // Where nothing was found there is one row, with the head alone.
    const rows = answer.filter((row) => row[1] !== null);
    const events = rows.map(eventOf).filter((event) => event.stream.startsWith(streamPrefix));
    return { events, lookedTo: lastPosition(rows), isEnd: isLastPage(rows, limit), head: answer[0]?.[0] ?? null };
  }

  /** Questions that come later are refused, and failures no longer waited out. */
  close(): void {
    this.#isClosed = true;
  }

  async #ask<Row extends unknown[]>(question: Question, values: readonly unknown[]): Promise<Row[]> {
    const patientUntil_ms = performance.now() + READ_PATIENCE_ms;
    for (let failures = 0; ; failures += 1) {
      if (this.#isClosed) throw unavailable('the event store is closed');
      try {
        return await this.#pool.ask<Row>(question, values);
      } catch (error) {
        if (kindOfFailure(error) !== 'passing' || performance.now() > patientUntil_ms)
          throw unavailable(`the log cannot be read from PostgreSQL: ${textOf(error)}`);
        await pauseAfterFailure(failures);
      }
    }
  }
}

const lastPosition = (rows: readonly EventRow[]): Position | null => rows.at(-1)?.[1] ?? null;

/** A page that was cut because of its size is not the last one, however few events are in it. */
function isLastPage(rows: readonly EventRow[], limit: number): boolean {
  return rows.length < limit && (rows.at(-1)?.[11] ?? 0) < PAGE_SIZE_TARGET_bytes;
}

function eventOf(row: EventRow): StoredEvent {
  const [, position, stream, revision, type, schemaVersion, recordedAt_ms, id, form, metadata, data] = row;
  return {
    id,
    type,
    schemaVersion: Number(schemaVersion),
    data: originalText(data, form),
    metadata: JSON.parse(metadata) as EventMetadata,
    stream,
    revision,
    position,
    recordedAt_ms: Number(recordedAt_ms),
  };
}

type QuestionName =
  'head' | 'streamForwards' | 'streamBackwards' | 'allForwards' | 'allBackwards' | 'kindsForwards' | 'kindsBackwards';

function questionsFor(schema: string): Readonly<Record<QuestionName, Question>> {
  const named = (name: string, text: string): Question => ({ name, text });
  const head = `SELECT e.position, e.recorded_at_ms FROM ${schema}.events e ORDER BY e.position DESC LIMIT 1`;
  const inStream = `e.stream_id = (SELECT s.id FROM ${schema}.streams s WHERE s.name = $1) AND e.revision`;
  return {
    head: named('head', head),
    streamForwards: named('stream_forwards', pageSql(schema, `${inStream} >= $2`, 'e.revision', 3)),
    streamBackwards: named('stream_backwards', pageSql(schema, `${inStream} <= $2`, 'e.revision DESC', 3)),
    allForwards: named('all_forwards', pageSql(schema, 'e.position > $1', 'e.position', 2)),
    allBackwards: named('all_backwards', pageSql(schema, 'e.position < $1', 'e.position DESC', 2)),
    kindsForwards: named('kinds_forwards', pageOfKindsSql(schema, true)),
    kindsBackwards: named('kinds_backwards', pageOfKindsSql(schema, false)),
  };
}

const COLUMNS = `e.position, s.name, e.revision, k.type, e.schema_version, e.recorded_at_ms, e.id, e.data_form, e.metadata,
  e.data, e.size_to_here`;
const SIZE_TO_HERE = (order: string): string =>
  `sum(octet_length(e.data)) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)::integer AS size_to_here`;
const names = (schema: string): string =>
  `JOIN ${schema}.streams s ON s.id = e.stream_id JOIN ${schema}.kinds k ON k.id = e.kind_id`;

/** @param limit number of the parameter with the most events; the next one has the most bytes */
function pageSql(schema: string, condition: string, order: string, limit: number): string {
  return `SELECT NULL::bigint, ${COLUMNS}
    FROM (
      SELECT e.*, ${SIZE_TO_HERE(order)}
      FROM (SELECT * FROM ${schema}.events e WHERE ${condition} ORDER BY ${order} LIMIT $${limit}) e
    ) e ${names(schema)}
    WHERE e.size_to_here - octet_length(e.data) < $${limit + 1} ORDER BY ${order}`;
}

/** Parameters: start (exclusive), most events, most bytes, types or null, prefix, its category or null. */
export function pageOfKindsSql(schema: string, isForwards: boolean): string {
  const order = (column: string): string => (isForwards ? column : `${column} DESC`);
  return `SELECT h.head, ${COLUMNS}
    FROM (SELECT (SELECT max(e.position) FROM ${schema}.events e) AS head) h
    LEFT JOIN (
      SELECT e.*, ${SIZE_TO_HERE(order('e.position'))}
      FROM (
        SELECT n.position FROM ${schema}.kinds k
        CROSS JOIN LATERAL (
          SELECT e.position FROM ${schema}.events e WHERE e.kind_id = k.id AND e.position ${isForwards ? '>' : '<'} $1
          ORDER BY ${order('e.position')} LIMIT $2
        ) n
        WHERE ($4::text[] IS NULL OR k.type = ANY ($4))
          AND CASE WHEN $6::text IS NULL THEN k.category = '' OR starts_with(k.category, $5) ELSE k.category = $6 END
        ORDER BY ${order('n.position')} LIMIT $2
      ) n JOIN ${schema}.events e ON e.position = n.position
    ) e ON e.size_to_here - octet_length(e.data) < $3
    LEFT JOIN ${schema}.streams s ON s.id = e.stream_id LEFT JOIN ${schema}.kinds k ON k.id = e.kind_id
    ORDER BY ${order('e.position')}`;
}
