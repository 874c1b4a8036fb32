/**
 * The event store port on EventStoreDB (KurrentDB) 22.10 and later, over gRPC. docs/eventstoredb.md says what is different
 * from the other stores, and what is guaranteed.
 *
 * Three habits of client 6.2.1 shaped this adapter. It shares one table of waiting appends among all clients of a process,
 * and a reply that comes after another client's connection broke would end the process; with credentials in the call it
 * sends each append as a call of its own instead, with a deadline, so credentials are always given where they are known or
 * not needed. It parses JSON (`event-mapping.ts`). And it does not come back to a subscription that ended.
 */
import {
  CommitSignal,
  EventStore,
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
import { Appender, LogClock } from './appender.js';
import { callCredentialsOf, clientFor, closeClient, refuseSystemNames } from './connection.js';
import { isSystemEvent, toStoredEvent } from './event-mapping.js';
import { readFailure, unavailable } from './failures.js';
import { followServer, isWanted } from './follow-server.js';
import { BEFORE_ALL_POSITIONS } from './positions.js';
import { ServerLog, type ServerClient } from './server-log.js';
import { StreamMemory } from './stream-memory.js';
import { APPEND_SIZE_DEFAULT_bytes, GIVE_UP_AFTER_DEFAULT_ms } from './write-at.js';

export interface KurrentEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, several hosts, or `esdb+discover://`; as the client's documentation says. */
  readonly connectionString: string;
  /** How long a write without an answer is repeated, before `StoreUnavailable`. Default 20,000. */
  readonly giveUpAfter_ms?: number;
  /** Newest events of a stream whose ids are known before an append. Default 2,000. */
  readonly identityWindow_events?: number;
  /** Appends that may wait; more are refused with `StoreUnavailable`. Default 10,000. */
  readonly waitingAppends_max?: number;
  /** Data and metadata of one append at most: the server's MaxAppendSize, which it does not tell. Default 1 MiB, as there. */
  readonly appendSize_max_bytes?: number;
  /** Hears of each lost connection of a subscription, which comes back by itself. */
  readonly onConnectionLost?: (error: unknown) => void;
  /** Instead of the real client. For tests. */
  readonly client?: ServerClient;
}

export const WAITING_APPENDS_DEFAULT = 10_000;
const nothing = (): void => undefined;

export class KurrentEventStore extends EventStore {
  readonly #log: ServerLog;
  readonly #appender: Appender;
  readonly #waitingMax: number;
  readonly #onConnectionLost: (error: unknown) => void;
  readonly #commits = new CommitSignal();
  readonly #clock = new LogClock();
  readonly #closing = new AbortController();
  #waiting = 0;
  #ownHead: Position = BEFORE_ALL_POSITIONS;
  #closed: Promise<void> | null = null;

  private constructor(options: KurrentEventStoreOptions) {
    super();
    const { connectionString, client = clientFor(connectionString) } = options;
    this.#log = new ServerLog(client);
    this.#waitingMax = options.waitingAppends_max ?? WAITING_APPENDS_DEFAULT;
    this.#onConnectionLost = options.onConnectionLost ?? nothing;
    this.#appender = new Appender({
      log: this.#log,
      memory: new StreamMemory(options.identityWindow_events),
      giveUpAfter_ms: options.giveUpAfter_ms ?? GIVE_UP_AFTER_DEFAULT_ms,
      appendSize_max_bytes: options.appendSize_max_bytes ?? APPEND_SIZE_DEFAULT_bytes,
      clock: this.#clock,
      credentials: callCredentialsOf(connectionString),
    });
  }

  /**
   * Connects, and makes sure that the log can be read.
   * @throws StoreUnavailable when no server answers, or the user may not read `$all`; Error for a connection string out of form
   */
  static async open(options: KurrentEventStoreOptions): Promise<KurrentEventStore> {
    const store = new KurrentEventStore(options);
    try {
      await store.head();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    validateAppend(stream, events);
    refuseSystemNames(stream, events);
    this.#refuseWhenClosed();
    if (this.#waiting >= this.#waitingMax) throw unavailable(`${this.#waiting} appends are waiting already`);
    this.#waiting += 1;
    try {
      const result = await this.#appender.append(stream, expected, events);
      if (result.position > this.#ownHead) this.#ownHead = result.position;
      this.#commits.notify();
      return result;
    } finally {
      this.#waiting -= 1;
    }
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', from, limit = Number.POSITIVE_INFINITY } = options;
    this.#refuseWhenClosed();
    if (limit <= 0) return;
    try {
      let left = limit;
      for await (const read of this.#log.readStream(stream, direction, from, Number.POSITIVE_INFINITY)) {
        if (isSystemEvent(read.event)) continue;
        yield toStoredEvent(read);
        left -= 1;
        if (left <= 0) return;
      }
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** A filter is applied here, not at the server: reading much to find little is for `subscribe`. */
  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    this.#refuseWhenClosed();
    let left = options.types?.length === 0 ? 0 : limit;
    if (left <= 0) return;
    try {
      const after = await this.#placeInLog(direction, options.after);
      for await (const read of this.#log.readAll(direction, after)) {
        if (isSystemEvent(read.event) || !isWanted(read.event, options)) continue;
        const event = toStoredEvent(read);
        this.#clock.saw(event.recordedAt_ms);
        yield event;
        left -= 1;
        if (left <= 0) return;
      }
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** The server refuses places beyond its log; backwards they mean the end, forwards «before everything» means the start. */
  async #placeInLog(direction: 'forwards' | 'backwards', after: Position | undefined): Promise<Position | undefined> {
    if (after === undefined) return undefined;
    if (direction === 'forwards') return after <= BEFORE_ALL_POSITIONS ? undefined : after;
    const head = await this.head();
    return head === null || after > head.position ? undefined : after;
  }

  override async *subscribe(options: SubscribeOptions): AsyncGenerator<EventBatch> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    const following = followServer(this.#log, {
      ...options,
      signal,
      onConnectionLost: this.#onConnectionLost,
      commits: this.#commits,
      ownHead: () => this.#ownHead,
    });
    for await (const batch of following) {
      const last = batch.events.at(-1);
      if (last !== undefined) this.#clock.saw(last.recordedAt_ms);
      yield batch;
    }
  }

  override async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    this.#refuseWhenClosed();
    try {
      // The newest event is nearly always one of ours; if not, the server's own are passed over.
      for (const count of [1, Number.POSITIVE_INFINITY])
        for await (const read of this.#log.readAll('backwards', undefined, count)) {
          if (isSystemEvent(read.event)) continue;
          const { position, recordedAt_ms } = toStoredEvent(read);
          this.#clock.saw(recordedAt_ms);
          return { position, recordedAt_ms };
        }
      return null;
    } catch (error) {
      throw readFailure(error);
    }
  }

  override close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    await this.#appender.drained();
    this.#closing.abort();
    await closeClient(this.#log.client);
  }

  #isClosing = false;

  #refuseWhenClosed(): void {
    if (this.#isClosing) throw unavailable('the event store is closed');
  }
}
