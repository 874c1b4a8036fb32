/**
 * The event store port on PostgreSQL. Any number of processes may open the same log: each has one connection that writes, one
 * that tells and hears of commits, and a few that read. All of them come back by themselves when the server does.
 *
 * How commit order becomes position order is told in schema.ts (`append_group`) and in the decision "The log in PostgreSQL".
 */
import {
  CommitSignal,
  EventStore,
  followLog,
  validateAppend,
  type AppendResult,
  type EventBatch,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '#lib/event-store';
import { AppendQueue } from './append-queue.js';
import { pauseAfterFailure } from './backoff.js';
import { CommitNotices } from './commit-notices.js';
import { ConnectionPool } from './connection-pool.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { GroupWriter } from './group-writer.js';
import { LogReader, type Filter, type LogPage } from './log-reader.js';
import { checkedUrl, NUMBERING_DEFAULT, prepareLog, quotedSchema, SCHEMA_DEFAULT, type Numbering } from './open-log.js';
import { readingAhead } from './read-ahead.js';

export interface PostgresEventStoreOptions {
  /** `postgres://user:password@host:5432/database`, with the parameters that `pg` knows (`sslmode`, `sslrootcert` …). */
  readonly url: string;
  /** The schema that holds the log. Default `tallystick`. */
  readonly schema?: string;
  /** Of this store: one writes, one listens, the others read. At least 3, default 6. */
  readonly maxConnections?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Appends that may wait for the database; more are refused with `StoreUnavailable`. */
  readonly waitingAppends_max?: number;
  /** Data and metadata that may wait for the database. */
  readonly waitingSize_max_bytes?: number;
  /** Hears of each durable commit of this process, before its appends are acknowledged. */
  readonly onCommit?: (statistics: PostgresCommitStatistics) => void;
  /** Hears of the first failure to write after a success. The store goes on trying by itself. */
  readonly onFailure?: (error: Error) => void;
  /** Where a new log begins to number. Only for tests: beyond 2^53. */
  readonly numbering?: Numbering;
  /** Ends waiting for a server that does not answer while the log is opened. */
  readonly signal?: AbortSignal;
}

/** One commit. Appends that were refused or replayed in it wrote nothing and are not counted. */
export interface PostgresCommitStatistics {
  readonly appends: number;
  readonly events: number;
  /** Data and metadata of the whole group, in UTF-16 code units (bytes, for text in ASCII). */
  readonly bytes: number;
  /** The newest position of the log after this commit. */
  readonly head: Position;
  /** From the first question to the answer after the commit, waiting for other processes included. */
  readonly duration_ms: number;
}

export const CONNECTIONS_DEFAULT = 6;
export const CONNECTIONS_MIN = 3;
/** How often a subscription that hears nothing looks by itself. */
export const POLL_ms = 500;
export const WAITING_APPENDS_DEFAULT = 20_000;
export const WAITING_SIZE_DEFAULT_bytes = 64 * 1024 * 1024;
const PAGE_SIZE_EVENTS = 1000;
const CONNECTIONS_NOT_READING = 2;
const nothing = (): void => undefined;

interface Parts {
  readonly commits: CommitSignal;
  readonly queue: AppendQueue;
  readonly writing: Connection;
  readonly notices: CommitNotices;
  readonly pool: ConnectionPool;
  readonly reader: LogReader;
}

export class PostgresEventStore extends EventStore {
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  #closed: Promise<void> | null = null;

  private constructor(parts: Parts) {
    super();
    this.#parts = parts;
  }

  /**
   * Opens the log, and makes its schema when it is not there. Several processes may do so at once.
   * @throws StoreUnavailable when the server does not answer within OPEN_PATIENCE_ms: trying again later is right
   * @throws EventStoreError `STORE_NEWER_THAN_PROGRAM` when a newer program made the schema
   * @throws Error when the URL or the schema's name is out of form, the server is too old, or refuses the login
   */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const { schema = SCHEMA_DEFAULT, numbering = NUMBERING_DEFAULT, signal } = options;
    const applicationName = options.applicationName ?? 'tallystick';
    const connectionOptions: ConnectionOptions = { url: checkedUrl(options.url), applicationName };
    quotedSchema(schema);
    const { firstRevision } = await prepareLog(connectionOptions, schema, numbering, signal);
    const parts = assemble(options, connectionOptions, schema, firstRevision);
    parts.notices.keepOpen();
    return new PostgresEventStore(parts);
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    validateAppend(stream, events);
    return await this.#parts.queue.append(stream, expected, events);
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    let { from } = options;
    let left = limit;
    while (left > 0) {
      const size = Math.min(left, PAGE_SIZE_EVENTS);
      const { events, isEnd } = await this.#parts.reader.readStream(stream, direction, from, size);
      yield* events;
      const last = events.at(-1);
      if (isEnd || last === undefined) return;
      left -= events.length;
      from = direction === 'forwards' ? last.revision + 1n : last.revision - 1n;
    }
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    let left = limit;
    const read = (after: Position | undefined): Promise<LogPage> => {
      const page = this.#parts.reader.readAll(options, direction, after, Math.min(left, PAGE_SIZE_EVENTS));
      // Its failure is heard where it is awaited, and not at all by a reader that has gone.
      page.catch(() => undefined);
      return page;
    };
    let next = left > 0 ? read(options.after) : null;
    while (next !== null) {
      const page: LogPage = await next;
      left -= page.events.length;
      // The next page is read while this one is being worked on.
      next = page.isEnd || page.lookedTo === null || left <= 0 ? null : read(page.lookedTo);
      yield* page.events;
    }
  }

  /** Goes on by itself after a lost connection, from its checkpoint: nothing comes twice. */
  override subscribe(options: SubscribeOptions): AsyncIterable<EventBatch> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const readBatch = (after: Position, limit: number): Promise<EventBatch> =>
      readPatiently(() => batchOf(this.#parts.reader, options, after, limit), after, signal);
    return followLog(readingAhead(readBatch), this.#parts.commits, { ...options, signal, poll_ms: POLL_ms });
  }

  override async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    return await this.#parts.reader.head();
  }

  override close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { queue, writing, notices, pool, reader } = this.#parts;
    await queue.close();
    this.#closing.abort();
    reader.close();
    await Promise.all([writing.close(), notices.close(), pool.close()]);
  }
}

function assemble(
  options: PostgresEventStoreOptions,
  connectionOptions: ConnectionOptions,
  schema: string,
  firstRevision: bigint,
): Parts {
  const { onCommit = nothing, onFailure = nothing } = options;
  const connections = Math.max(options.maxConnections ?? CONNECTIONS_DEFAULT, CONNECTIONS_MIN);
  const quoted = quotedSchema(schema);
  const commits = new CommitSignal();
  const writing: Connection = new Connection(connectionOptions, { onLoss: () => writer.forget() });
  const writer = new GroupWriter(writing, quoted, firstRevision);
  const notices = new CommitNotices(connectionOptions, schema, () => commits.notify());
  const pool = new ConnectionPool(connectionOptions, connections - CONNECTIONS_NOT_READING);
  const queue = new AppendQueue({
    waitingAppends_max: options.waitingAppends_max ?? WAITING_APPENDS_DEFAULT,
    waitingSize_max_bytes: options.waitingSize_max_bytes ?? WAITING_SIZE_DEFAULT_bytes,
    write: (group) => writer.write(group),
    onWritten: ({ head, appends, events }, bytes, duration_ms) => {
      if (head === null) return;
      commits.notify();
      notices.publish(head);
      onCommit({ appends, events, bytes, head, duration_ms });
    },
    onFailure,
  });
  return { commits, queue, writing, notices, pool, reader: new LogReader(pool, quoted) };
}

async function batchOf(reader: LogReader, filter: Filter, after: Position, limit: number): Promise<EventBatch> {
  const { events, lookedTo, isEnd, head } = await reader.readAll(filter, 'forwards', after, limit);
  // At the end of a filtered page everything up to the head, of the same snapshot, was looked at.
  const end = isEnd && head !== null && head > after ? head : lookedTo;
  return { events, checkpoint: end ?? after, caughtUp: isEnd };
}

/** A subscription outlives every outage. At the abort the answer is empty, and the loop that asked ends. */
async function readPatiently(
  read: () => Promise<EventBatch>,
  after: Position,
  signal: AbortSignal,
): Promise<EventBatch> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await read();
    } catch {
      await pauseAfterFailure(failures, signal);
    }
  }
  return { events: [], checkpoint: after, caughtUp: false };
}
