import type { Actor } from '#lib/domain';

/**
 * A place in the one total order of a log. Opaque: compare two positions of the same log with `<`, never calculate with
 * them. SQLite and PostgreSQL number densely from 1; EventStoreDB does not. Written as decimal text outside the process.
 */
export type Position = bigint;

/** A revision counts the events of one stream from 0. */
export type Revision = bigint;

/**
 * What the caller believes about the stream. The store checks it, also in a race.
 * - a revision: the stream's last event has exactly this revision
 * - `no-stream`: the stream has no readable event. (A store that can delete may have numbered before: then the first
 *   revision after a delete need not be 0.)
 * - `stream-exists`: the stream has at least one readable event
 * - `any`: nothing is checked
 */
export type ExpectedRevision = Revision | 'no-stream' | 'stream-exists' | 'any';

/** Says who and why; `recordedAt` and position are added by the store. JSON values only. */
export interface EventMetadata {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
  /** Why, where a reason is owed. */
  readonly reason?: string;
  /** What the door needs to answer a repeated request as it answered the first (fingerprint, response). */
  readonly request?: {
    readonly key?: string;
    readonly fingerprint: string;
    readonly response: unknown;
  };
}

/** An event on its way in. `data` is JSON text, made once by the caller and never parsed by the store. */
export interface NewEvent {
  /** UUID, lower case. Unique in the log for ever. */
  readonly id: string;
  readonly type: string;
  /** Version of the shape of `data`, from 1. */
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: EventMetadata;
}

/** An event as it stands in the log. */
export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** Milliseconds since the Unix epoch, set by the store; never decreases along positions. */
  readonly recordedAt_ms: number;
}

export interface AppendResult {
  /** `replayed`: all events were in the log already, with the same content; nothing was written. */
  readonly outcome: 'appended' | 'replayed';
  readonly firstRevision: Revision;
  readonly lastRevision: Revision;
  /** Of the last event of the batch. */
  readonly position: Position;
  readonly recordedAt_ms: number;
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** First revision to return (inclusive), in the reading direction. Default: the first, or backwards the last. */
  readonly from?: Revision;
  /** At most so many events. Default: all. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** Events strictly beyond this position in the reading direction. Default: from the start, or backwards the end. */
  readonly after?: Position;
  readonly limit?: number;
  /** Only these event types. */
  readonly types?: readonly string[];
  /** Only streams whose name starts so. */
  readonly streamPrefix?: string;
}

/** A step of a subscription. */
export interface EventBatch {
  /** In order of position; empty when only filtered-out events, or nothing, came since the last batch. */
  readonly events: readonly StoredEvent[];
  /** Everything up to here, wanted or filtered out, has been delivered: store this as the checkpoint. */
  readonly checkpoint: Position;
  /** Nothing newer was in the log when this batch was read. */
  readonly caughtUp: boolean;
}

export interface SubscribeOptions {
  /** Exclusive; `undefined` means from the beginning. */
  readonly after?: Position;
  readonly types?: readonly string[];
  readonly streamPrefix?: string;
  /** Events a batch at most. Default 1,000. */
  readonly batchSize?: number;
  /** Ends the subscription; the iterator returns. */
  readonly signal: AbortSignal;
}

/**
 * The log. The contract suite (`libs/event-store/src/contract/`) states it as tests that every adapter passes.
 */
export abstract class EventStore {
  /**
   * Appends the events to one stream, all or none, and resolves after the durable commit (for SQLite: after fsync).
   *
   * Identity first: if every id is in the log already, in this stream, in this order and with the same content (type,
   * schema version and data; metadata may differ), the result is `replayed`, whatever `expected` says. If an id is there with other
   * content or in another place, or only some ids are there: `EventIdConflict`. Then `expected` is checked:
   * `WrongExpectedRevision`. A refused append changes nothing, and does not disturb appends that were waiting with it.
   *
   * EventStoreDB has no index of ids, and keeps less: a repetition is recognised in the newest events of its stream, or where
   * `expected` names its place; ids in other streams only while the process remembers them. It takes fewer bytes in one
   * append, and refuses streams that were deleted for ever. docs/eventstoredb.md has the whole of it.
   *
   * @throws EmptyAppend when `events` is empty
   * @throws EventIdConflict, WrongExpectedRevision as above
   * @throws EventTooLarge when `data` of one event exceeds EVENT_DATA_SIZE_MAX_bytes, or an append what EventStoreDB takes
   * @throws StreamDeleted (EventStoreDB) when the stream has a tombstone
   * @throws StoreUnavailable when the store cannot take it now (queue full, disk failed, closed); nothing was acknowledged
   */
  abstract append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /** The stream's events. A stream that does not exist has none: the iteration is empty, not an error. */
  abstract readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;

  /** Events of all streams in log order. Ends at the newest event that was committed when the last page was read. */
  abstract readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;

  /**
   * Follows the log: what is there, then what comes. Never skips a committed event, per-stream and total order are kept.
   * In one process each event comes once; after a lost connection a store may deliver again what came before, so a
   * consumer compares positions with its checkpoint.
   */
  abstract subscribe(options: SubscribeOptions): AsyncIterable<EventBatch>;

  /** The newest committed position and its recorded time, or null for an empty log. */
  abstract head(): Promise<{ readonly position: Position; readonly recordedAt_ms: number } | null>;

  /** Finishes what was accepted, refuses what comes later, releases files and threads. Safe to call twice. */
  abstract close(): Promise<void>;
}

/** Largest `data` of one event, in bytes of UTF-8. EventStoreDB's default limit for a whole append is 1 MiB. */
export const EVENT_DATA_SIZE_MAX_bytes = 900_000;
/** Most events in one append. */
export const EVENTS_PER_APPEND_MAX = 1000;
