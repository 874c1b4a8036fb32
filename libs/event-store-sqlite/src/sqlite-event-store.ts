/**
 * The event store port on one SQLite file.
 *
 * Writing happens in a thread of its own (`writer.worker.ts`), because SQLite's fsync blocks: here only text is put together.
 * Reading happens in the calling thread on a read-only connection. A store opened with `readOnly` has no writer; it is for
 * other threads and processes, and learns of commits by `wake()` or by looking again every `poll_ms`. The writing store
 * need not look: nobody else may append to its file.
 */
import { dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  CommitSignal,
  EventStore,
  EventStoreError,
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
import { LogReader, type Filter } from './log-reader.js';
import { makeFolderDurably, openForReading, WAL_CHECKPOINT_PAGES } from './schema.js';
import { unavailable, type CommitStatistics, type Numbering } from './wire.js';
import { WriterClient } from './writer-client.js';

export interface SqliteEventStoreOptions {
  readonly file: string;
  /** Reads only; the file must exist. */
  readonly readOnly?: boolean;
  /** How often a read-only store looks for commits of the writer. Default 50. */
  readonly poll_ms?: number;
  /** Appends that may wait for the disk; more are refused with `StoreUnavailable`. */
  readonly waitingAppends_max?: number;
  /** Data and metadata that may wait for the disk. */
  readonly waitingSize_max_bytes?: number;
  /** Hears of each durable commit, before its appends are acknowledged: for metrics, and to wake readers elsewhere. */
  readonly onCommit?: (statistics: CommitStatistics) => void;
  /** Hears once that the disk failed; from then on every append is refused until a restart. */
  readonly onFailure?: (error: Error) => void;
  /** Where a new log begins to number. Only for tests: beyond 2^53. */
  readonly numbering?: Numbering;
  /** Pages in the write-ahead log before its content moves into the file. Only tests want fewer than the default. */
  readonly checkpointAfter_pages?: number;
}

export const POLL_DEFAULT_ms = 50;
export const WAITING_APPENDS_DEFAULT = 20_000;
export const WAITING_SIZE_DEFAULT_bytes = 64 * 1024 * 1024;
/** Events that one turn reads before other work gets its turn. */
const PAGE_SIZE_EVENTS = 500;
const NUMBERING_DEFAULT: Numbering = { firstPosition: 1n, firstRevision: 0n };
const nothing = (): void => undefined;

export class SqliteEventStore extends EventStore {
  readonly #commits: CommitSignal;
  readonly #reader: LogReader;
  readonly #writer: WriterClient | null;
  readonly #poll_ms: number | undefined;
  readonly #closing = new AbortController();
  #closed: Promise<void> | null = null;

  private constructor(
    reader: LogReader,
    writer: WriterClient | null,
    commits: CommitSignal,
    poll_ms: number | undefined,
  ) {
    super();
    this.#reader = reader;
    this.#writer = writer;
    this.#commits = commits;
    this.#poll_ms = poll_ms;
  }

  /**
   * Opens the log, and makes it (with its folder) when it is not there.
   * @throws EventStoreError `STORE_IN_USE` when another process appends to this file, `STORE_NEWER_THAN_PROGRAM` when a
   *   newer program made it; Error when the file is missing (read-only) or not an event log
   */
  static async open(options: SqliteEventStoreOptions): Promise<SqliteEventStore> {
    const commits = new CommitSignal();
    if (options.readOnly) {
      const reader = new LogReader(openForReading(options.file));
      return new SqliteEventStore(reader, null, commits, options.poll_ms ?? POLL_DEFAULT_ms);
    }
    const writer = await openWriter(options, commits);
    try {
      return new SqliteEventStore(new LogReader(openForReading(options.file)), writer, commits, options.poll_ms);
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    validateAppend(stream, events);
    if (this.#writer === null)
      throw new EventStoreError('STORE_READ_ONLY', 'this event store was opened for reading only');
    return await this.#writer.append(stream, expected, events);
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    let { from } = options;
    for (let left = limit; left > 0; left -= PAGE_SIZE_EVENTS) {
      const size = Math.min(left, PAGE_SIZE_EVENTS);
      const events = this.#openReader().readStream(stream, direction, from, size);
      yield* events;
      const last = events.at(-1);
      if (last === undefined || events.length < size) return;
      from = direction === 'forwards' ? last.revision + 1n : last.revision - 1n;
      await setImmediate();
    }
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    let { after } = options;
    let left = limit;
    while (left > 0) {
      const size = Math.min(left, PAGE_SIZE_EVENTS);
      const page = this.#readPage((reader) => reader.readAll(options, direction, after, size));
      yield* page.events;
      left -= page.events.length;
      if (page.isEnd || page.lookedTo === null) return;
      after = page.lookedTo;
      await setImmediate();
    }
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<EventBatch> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const following = { ...options, signal, poll_ms: this.#poll_ms };
    const readBatch = (after: Position, limit: number): EventBatch =>
      this.#readPage((reader) => batchOf(reader, options, after, limit));
    return followLog(readBatch, this.#commits, following);
  }

  #readPage<Page>(read: (reader: LogReader) => Page): Page {
    const reader = this.#openReader();
    return reader.inSnapshot(() => read(reader));
  }

  override async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    return this.#openReader().head();
  }

  /** Tells the subscriptions of this store that something was committed elsewhere. */
  wake(): void {
    this.#commits.notify();
  }

  override close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#writer?.close();
    this.#closing.abort();
    this.#reader.db.close();
  }

  #openReader(): LogReader {
    if (!this.#reader.db.open) throw unavailable('the event store is closed');
    return this.#reader;
  }
}

function batchOf(reader: LogReader, filter: Filter, after: Position, limit: number): EventBatch {
  const head = reader.head()?.position ?? after;
  if (head <= after) return { events: [], checkpoint: after, caughtUp: true };
  const { events, lookedTo, isEnd } = reader.readAll(filter, 'forwards', after, limit);
  const checkpoint = isEnd ? head : (lookedTo ?? after);
  return { events, checkpoint, caughtUp: checkpoint === head };
}

function openWriter(options: SqliteEventStoreOptions, commits: CommitSignal): Promise<WriterClient> {
  const { file, onCommit = nothing, onFailure = nothing } = options;
  makeFolderDurably(dirname(resolve(file)));
  return WriterClient.open({
    file,
    numbering: options.numbering ?? NUMBERING_DEFAULT,
    checkpointAfter_pages: options.checkpointAfter_pages ?? WAL_CHECKPOINT_PAGES,
    waitingAppends_max: options.waitingAppends_max ?? WAITING_APPENDS_DEFAULT,
    waitingSize_max_bytes: options.waitingSize_max_bytes ?? WAITING_SIZE_DEFAULT_bytes,
    onCommit: (statistics) => {
      commits.notify();
      onCommit(statistics);
    },
    onFailure,
  });
}
