/**
 * What the two threads say to each other. Appends travel as one flat array of strings and small values for each turn of the
 * event loop, answers as one message for each commit with their figures in one BigInt64Array: structured cloning of an object
 * per event costs more than the insert.
 */
import {
  EventIdConflict,
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type EventStoreError,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type Revision,
} from '#lib/event-store';

/** How a log numbers; only tests give other values than 1 and 0. */
export interface Numbering {
  readonly firstPosition: Position;
  readonly firstRevision: Revision;
}

export interface WriterThreadData {
  readonly file: string;
  readonly numbering: Numbering;
  /** Pages in the write-ahead log before its content moves into the file. */
  readonly checkpointAfter_pages: number;
}

type Word = string | number | bigint;
export type ToWriter = { readonly kind: 'appends'; readonly words: readonly Word[] } | { readonly kind: 'close' };

/** An event on the writer's side: as it came, but for the metadata, which stay text. */
export interface EventToWrite {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToWrite[];
}

/** One commit. Appends that were refused or replayed in it wrote nothing and are not counted. */
export interface CommitStatistics {
  readonly appends: number;
  readonly events: number;
  /** Data and metadata, in UTF-16 code units (bytes, for text in ASCII). */
  readonly bytes: number;
  /** The newest position of the log after this commit; one below the first while the log is empty. */
  readonly head: Position;
  /** From BEGIN to the end of COMMIT. */
  readonly duration_ms: number;
  /** COMMIT alone: writing the write-ahead log, fsync, now and then a checkpoint. */
  readonly fsync_ms: number;
}

export type FromWriter =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-opened'; readonly code: string | null; readonly message: string }
  | {
      readonly kind: 'answers';
      readonly figures: BigInt64Array;
      readonly refusals: readonly Refusal[];
      readonly statistics: CommitStatistics;
    }
  | { readonly kind: 'unavailable'; readonly appends: number; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' };

/** Why one append of a group was refused. */
export type Refusal =
  | {
      readonly why: 'revision';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: Revision | null;
    }
  | {
      readonly why: 'event-id';
      readonly eventId: string;
      readonly stream: string;
      readonly revision: Revision;
      readonly position: Position;
    };

export type Answer = AppendResult | Refusal;

/** Adds one append to the message that will be sent next. */
export function pushAppend(
  words: Word[],
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): number {
  let size = 0;
  words.push(stream, expected, events.length);
  for (const event of events) {
    const metadata = JSON.stringify(event.metadata);
    words.push(event.id, event.type, event.schemaVersion, event.data, metadata);
    size += event.data.length + metadata.length;
  }
  return size;
}

/** Reads the appends of a message. */
export function* appendsIn(words: readonly Word[]): Generator<AppendRequest> {
  for (let at = 0; at < words.length;) {
    const stream = words[at] as string;
    const expected = words[at + 1] as ExpectedRevision;
    const events: EventToWrite[] = new Array(words[at + 2] as number);
    at += 3;
    for (let index = 0; index < events.length; index += 1, at += 5)
      events[index] = {
        id: words[at] as string,
        type: words[at + 1] as string,
        schemaVersion: words[at + 2] as number,
        data: words[at + 3] as string,
        metadata: words[at + 4] as string,
      };
    yield { stream, expected, events };
  }
}

const FIGURES_PER_ANSWER = 5;
const APPENDED = 0n;
const REPLAYED = 1n;
const REFUSED = 2n;

export function packAnswers(answers: readonly Answer[]): { figures: BigInt64Array; refusals: Refusal[] } {
  const figures = new BigInt64Array(answers.length * FIGURES_PER_ANSWER);
  const refusals: Refusal[] = [];
  answers.forEach((answer, index) => {
    const at = index * FIGURES_PER_ANSWER;
    if ('why' in answer) {
      figures[at] = REFUSED;
      refusals.push(answer);
      return;
    }
    figures[at] = answer.outcome === 'appended' ? APPENDED : REPLAYED;
    figures[at + 1] = answer.firstRevision;
    figures[at + 2] = answer.lastRevision;
    figures[at + 3] = answer.position;
    figures[at + 4] = BigInt(answer.recordedAt_ms);
  });
  return { figures, refusals };
}

export function* unpackAnswers(figures: BigInt64Array, refusals: readonly Refusal[]): Generator<Answer> {
  let refused = 0;
  for (let at = 0; at < figures.length; at += FIGURES_PER_ANSWER) {
    if (figures[at] === REFUSED) yield refusals[refused++]!;
    else
      yield {
        outcome: figures[at] === APPENDED ? 'appended' : 'replayed',
        firstRevision: figures[at + 1]!,
        lastRevision: figures[at + 2]!,
        position: figures[at + 3]!,
        recordedAt_ms: Number(figures[at + 4]!),
      };
  }
}

export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof WrongExpectedRevision)
    return { why: 'revision', stream: error.stream, expected: error.expected, actual: error.actual };
  if (error instanceof EventIdConflict)
    return {
      why: 'event-id',
      eventId: error.eventId,
      stream: error.stream,
      revision: error.revision,
      position: error.position,
    };
  return null;
}

export function errorOf(refusal: Refusal): EventStoreError {
  return refusal.why === 'revision'
    ? new WrongExpectedRevision(refusal.stream, refusal.expected, refusal.actual)
    : new EventIdConflict(refusal.eventId, refusal.stream, refusal.revision, refusal.position);
}

/** Pause that a refused caller is advised to make. */
export const RETRY_AFTER_ms = 1000;
export const unavailable = (message: string): StoreUnavailable => new StoreUnavailable(message, RETRY_AFTER_ms);
