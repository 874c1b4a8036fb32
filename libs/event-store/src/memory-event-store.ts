/**
 * The port in memory: the model that the other adapters are compared with, and the store of fast tests. Appends of one turn
 * of the event loop are committed together in a microtask, so that callers meet the same group commit as on disk.
 */
import { setImmediate } from 'node:timers/promises';
import { judgeAppend, validateAppend, type LogLookups } from './append-rules.js';
import { CommitSignal } from './commit-signal.js';
import { StoreUnavailable } from './errors.js';
import { followLog } from './follow-log.js';
import { idTaken, judgePlacing } from './log-import.js';
import {
  EventStore,
  type AppendResult,
  type EventBatch,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type Revision,
  type StoredEvent,
  type SubscribeOptions,
} from './port.js';

export interface MemoryEventStoreOptions {
  /** Where positions begin. Default 1; tests begin beyond 2^53. */
  readonly firstPosition?: Position;
  /** Where the revisions of every stream begin. Default 0; tests begin beyond 2^53. */
  readonly firstRevision?: Revision;
  /** Appends that may wait for one commit. */
  readonly waitingAppends_max?: number;
  readonly now?: () => number;
}

interface WaitingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Events that one turn of a reading may hand out before other work gets its turn. */
const PAGE_SIZE_EVENTS = 1000;
const WAITING_APPENDS_DEFAULT = 100_000;
const RETRY_AFTER_ms = 1000;

export class MemoryEventStore extends EventStore {
  readonly #firstPosition: Position;
  readonly #firstRevision: Revision;
  readonly #waitingMax: number;
  readonly #now: () => number;
  readonly #log: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #byId = new Map<string, StoredEvent>();
  readonly #commits = new CommitSignal();
  readonly #closing = new AbortController();
  #waiting: WaitingAppend[] = [];

  constructor(options: MemoryEventStoreOptions = {}) {
    super();
    this.#firstPosition = options.firstPosition ?? 1n;
    this.#firstRevision = options.firstRevision ?? 0n;
    this.#waitingMax = options.waitingAppends_max ?? WAITING_APPENDS_DEFAULT;
    this.#now = options.now ?? Date.now;
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    validateAppend(stream, events);
    if (this.#closing.signal.aborted) throw new StoreUnavailable('the event store is closed', RETRY_AFTER_ms);
    if (this.#waiting.length >= this.#waitingMax)
      throw new StoreUnavailable(`${this.#waiting.length} appends are waiting already`, RETRY_AFTER_ms);
    return await new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#commitWaiting());
      this.#waiting.push({ stream, expected, events: structuredClone(events), resolve, reject });
    });
  }

  #commitWaiting(): void {
    const group = this.#waiting;
    this.#waiting = [];
    for (const waiting of group) {
      try {
        waiting.resolve(this.#commit(waiting));
      } catch (error) {
        waiting.reject(error);
      }
    }
    this.#commits.notify();
  }

  #commit({ stream, expected, events }: WaitingAppend): AppendResult {
    const judgement = judgeAppend(stream, expected, events, this.#lookups);
    if (judgement.outcome === 'replayed')
      return {
        outcome: 'replayed',
        firstRevision: judgement.first.revision,
        lastRevision: judgement.last.revision,
        position: judgement.last.position,
        recordedAt_ms: judgement.last.recordedAt_ms,
      };
    const firstRevision = judgement.lastRevision === null ? this.#firstRevision : judgement.lastRevision + 1n;
    const recordedAt_ms = Math.max(this.#log.at(-1)?.recordedAt_ms ?? 0, this.#now());
    const stored = events.map((event, index) => ({
      ...event,
      stream,
      revision: firstRevision + BigInt(index),
      position: this.#firstPosition + BigInt(this.#log.length + index),
      recordedAt_ms,
    }));
    this.#place(stream, stored);
    const last = stored[stored.length - 1]!;
    return { outcome: 'appended', firstRevision, lastRevision: last.revision, position: last.position, recordedAt_ms };
  }

  /** For `MemoryLogImport`: puts events that come next (`judgePlacing`) into the log as they are. */
  placeVerbatim(events: readonly StoredEvent[]): void {
    judgePlacing(events, { head: this.#log.at(-1) ?? null, lastRevision: this.#lookups.lastRevision });
    const ids = new Set<string>();
    for (const event of events) {
      if (this.#byId.has(event.id) || ids.has(event.id)) throw idTaken(event);
      ids.add(event.id);
    }
    for (const event of structuredClone(events)) this.#place(event.stream, [event]);
    this.#commits.notify();
  }

  #place(stream: string, stored: readonly StoredEvent[]): void {
    const events = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, events);
    for (const event of stored) {
      events.push(event);
      this.#log.push(event);
      this.#byId.set(event.id, event);
    }
  }

  readonly #lookups: LogLookups = {
    findEvent: (id) => this.#byId.get(id) ?? null,
    lastRevision: (stream) => this.#streams.get(stream)?.at(-1)?.revision ?? null,
  };

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', from, limit = Number.POSITIVE_INFINITY } = options;
    const events = this.#streams.get(stream) ?? [];
    // Without a limit a reading ends where the stream ended when it began.
    const size = events.length;
    const step = direction === 'forwards' ? 1 : -1;
    const asked = from === undefined ? null : clampIndex(from - this.#firstRevision, size);
    const start = step > 0 ? Math.max(asked ?? 0, 0) : Math.min(asked ?? size, size - 1);
    let given = 0;
    for (let index = start; index >= 0 && index < size && given < limit; index += step) {
      given += 1;
      yield events[index]!;
      if (given % PAGE_SIZE_EVENTS === 0) await setImmediate();
    }
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', after, limit = Number.POSITIVE_INFINITY } = options;
    const isWanted = wantedBy(options);
    const step = direction === 'forwards' ? 1 : -1;
    let index = this.#indexBeyond(after, direction);
    for (let given = 0; index >= 0 && index < this.#log.length && given < limit; index += step) {
      const event = this.#log[index]!;
      if (!isWanted(event)) continue;
      given += 1;
      yield event;
      if (given % PAGE_SIZE_EVENTS === 0) await setImmediate();
    }
  }

  /** Index of the first event strictly beyond `after` in the reading direction; outside the log when there is none. */
  #indexBeyond(after: Position | undefined, direction: 'forwards' | 'backwards'): number {
    if (after === undefined) return direction === 'forwards' ? 0 : this.#log.length - 1;
    const offset = after - this.#firstPosition;
    if (direction === 'forwards') return offset < 0n ? 0 : clampIndex(offset, this.#log.length) + 1;
    return offset >= BigInt(this.#log.length) ? this.#log.length - 1 : clampIndex(offset, this.#log.length) - 1;
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<EventBatch> {
    const isWanted = wantedBy(options);
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    return followLog((after, limit) => this.#readPage(after, limit, isWanted), this.#commits, { ...options, signal });
  }

  #readPage(after: Position, limit: number, isWanted: (event: StoredEvent) => boolean): EventBatch {
    const events: StoredEvent[] = [];
    let checkpoint = after;
    for (let index = this.#indexBeyond(after, 'forwards'); index < this.#log.length; index += 1) {
      const event = this.#log[index]!;
      if (events.length === limit) return { events, checkpoint, caughtUp: false };
      checkpoint = event.position;
      if (isWanted(event)) events.push(event);
    }
    return { events, checkpoint, caughtUp: true };
  }

  override async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    const last = this.#log.at(-1);
    return last === undefined ? null : { position: last.position, recordedAt_ms: last.recordedAt_ms };
  }

  override async close(): Promise<void> {
    this.#closing.abort();
  }
}

function wantedBy(filter: Pick<ReadAllOptions, 'types' | 'streamPrefix'>): (event: StoredEvent) => boolean {
  const types = filter.types === undefined ? null : new Set(filter.types);
  const prefix = filter.streamPrefix ?? '';
  return (event) => (types === null || types.has(event.type)) && event.stream.startsWith(prefix);
}

/** The offset as an array index; anything outside becomes -1 or `size`. */
function clampIndex(offset: bigint, size: number): number {
  if (offset < 0n) return -1;
  return offset > BigInt(size) ? size : Number(offset);
}
