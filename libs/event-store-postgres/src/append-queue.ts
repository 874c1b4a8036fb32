/**
 * The appends that wait, and the loop that hands them to the writer, group after group. While one group is on its way to the
 * disk the next one gathers: the busier the log, the larger the groups.
 *
 * After a failure that may pass, the group goes back to the front of the queue. Each append is its own unit: its event ids
 * tell the database whether an attempt without an answer has written it, so it may be tried again, in any group, until its
 * patience is over. Then it is refused, and what became of the last attempt is said to be unknown.
 */
import { setImmediate } from 'node:timers';
import { EventStoreError, type AppendResult, type ExpectedRevision, type NewEvent } from '#lib/event-store';
import { pauseAfterFailure } from './backoff.js';
import { isRolledBack, kindOfFailure, textOf, unavailable } from './failures.js';
import type { AppendToWrite, EventToWrite } from './group-plan.js';
import type { WrittenGroup } from './group-writer.js';
import { storedText } from './stored-text.js';

/** How long an append is tried again, from when it was accepted. */
export const APPEND_PATIENCE_ms = 5000;
/** A group holds the lock of the log: so much at most, or one append. */
export const GROUP_EVENTS_MAX = 1000;
export const GROUP_SIZE_MAX_bytes = 4 * 1024 * 1024;

export interface AppendQueueOptions {
  readonly waitingAppends_max: number;
  readonly waitingSize_max_bytes: number;
  readonly write: (group: readonly WaitingAppend[]) => Promise<WrittenGroup<WaitingAppend>>;
  /** After each group, before its appends are answered. */
  readonly onWritten: (group: WrittenGroup<WaitingAppend>, size_bytes: number, duration_ms: number) => void;
  /** Hears of the first failure after a success. */
  readonly onFailure: (error: Error) => void;
}

export interface WaitingAppend extends AppendToWrite {
  readonly events: readonly EventToWrite[];
  isInDoubt: boolean;
  readonly size_bytes: number;
  readonly patientUntil_ms: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #waiting: WaitingAppend[] = [];
  /** Of all that are not answered, also those on their way. */
  #appends = 0;
  #size_bytes = 0;
  #refusal: string | null = null;
  #running: Promise<void> | null = null;
  /** So many of the front go one by one, because one of them cannot be taken. */
  #single = 0;
  #failures = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  /** Events must be valid (`validateAppend`). Resolves after the durable commit. */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const refusal = this.#refusal ?? this.#fullness();
    if (refusal !== null) return Promise.reject(unavailable(refusal));
    const toWrite = events.map(eventToWrite);
    const size_bytes = toWrite.reduce((size, event) => size + event.stored.text.length + event.metadata.length, 0);
    this.#appends += 1;
    this.#size_bytes += size_bytes;
    const patientUntil_ms = performance.now() + APPEND_PATIENCE_ms;
    return new Promise((resolve, reject) => {
      const common = { stream, expected, events: toWrite, isInDoubt: false };
      this.#waiting.push({ ...common, size_bytes, patientUntil_ms, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses what comes later; resolves when everything that was accepted is answered. */
  async close(): Promise<void> {
    this.#refusal ??= 'the event store is closed';
    await this.#running;
  }

  #fullness(): string | null {
    const { waitingAppends_max, waitingSize_max_bytes } = this.#options;
    if (this.#appends < waitingAppends_max && this.#size_bytes < waitingSize_max_bytes) return null;
    return `${this.#appends} appends with ${this.#size_bytes} bytes are waiting for PostgreSQL already`;
  }

  async #run(): Promise<void> {
    for (;;) {
      // What is appended in the same turn of the event loop goes into the group. That is said of every group, not of the first
      // alone: callers who were just answered append again in this turn. Without it, writers who once fell into two halves
      // would stay so, each half waiting for the other's commit.
      await endOfTurn();
      if (this.#waiting.length === 0) break;
      const group = this.#take();
      try {
        await this.#write(group);
      } catch (error) {
        await this.#recover(group, error);
      }
    }
    this.#running = null;
  }

  #take(): WaitingAppend[] {
    let events = 0;
    let size_bytes = 0;
    let count = 0;
    const count_max = this.#single > 0 ? 1 : this.#waiting.length;
    for (; count < count_max; count += 1) {
      const next = this.#waiting[count]!;
      events += next.events.length;
      size_bytes += next.size_bytes;
      if (count > 0 && (events > GROUP_EVENTS_MAX || size_bytes > GROUP_SIZE_MAX_bytes)) break;
    }
    if (this.#single > 0) this.#single -= 1;
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly WaitingAppend[]): Promise<void> {
    const begun_ms = performance.now();
    const written = await this.#options.write(group);
    this.#failures = 0;
    this.#waiting.unshift(...written.postponed);
    const size_bytes = group.reduce((size, append) => size + append.size_bytes, 0);
    this.#options.onWritten(written, size_bytes, performance.now() - begun_ms);
    for (const { append, answer } of written.answered) this.#answer(append, answer);
  }

  #answer(append: WaitingAppend, answer: AppendResult | Error): void {
    this.#appends -= 1;
    this.#size_bytes -= append.size_bytes;
    if (answer instanceof Error) append.reject(answer);
    else append.resolve(answer);
  }

  async #recover(group: readonly WaitingAppend[], error: unknown): Promise<void> {
    const kind = kindOfFailure(error);
    if (kind === 'content') return this.#separate(group, error);
    if (!isRolledBack(error)) for (const append of group) append.isInDoubt = true;
    const now_ms = performance.now();
    const isPatient = (append: WaitingAppend): boolean => kind === 'passing' && append.patientUntil_ms > now_ms;
    for (const append of group) if (!isPatient(append)) this.#answer(append, refusalAfter(append, error));
    this.#waiting.unshift(...group.filter(isPatient));
    if (this.#failures === 0) this.#options.onFailure(new Error(`PostgreSQL: ${textOf(error)}`, { cause: error }));
    await pauseAfterFailure(this.#failures);
    this.#failures += 1;
  }

  /** One append that the server does not take must not take its neighbours with it. */
  #separate(group: readonly WaitingAppend[], error: unknown): void {
    if (group.length > 1) {
      this.#waiting.unshift(...group);
      this.#single = group.length;
      return;
    }
    const [append] = group;
    const message = `PostgreSQL does not take an append to ${append!.stream}: ${textOf(error)}`;
    this.#answer(append!, new EventStoreError('INVALID_EVENT', message, { cause: error }));
  }
}

const endOfTurn = (): Promise<void> => new Promise((ended) => setImmediate(ended));

function refusalAfter(append: WaitingAppend, error: unknown): Error {
  const outcome = append.isInDoubt
    ? 'whether it was written is unknown; the same append again is safe'
    : 'nothing was written';
  return unavailable(`PostgreSQL cannot take the append now (${textOf(error)}): ${outcome}`);
}

function eventToWrite({ id, type, schemaVersion, data, metadata }: NewEvent): EventToWrite {
  return { id, type, schemaVersion, data, stored: storedText(data), metadata: JSON.stringify(metadata) };
}
