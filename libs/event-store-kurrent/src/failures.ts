/**
 * What an error of the client means. Its errors carry a `type`; the guards test that and not the class, and treat an error
 * that is not the client's own by its gRPC status. Errors of discovery («Failed to discover …») have neither.
 */
import { EventStoreError, StoreUnavailable } from '#lib/event-store';

/** Advice to callers when the server did not take part. */
export const RETRY_AFTER_ms = 1000;

/** gRPC: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const PASSING_STATUSES: ReadonlySet<unknown> = new Set([1, 2, 4, 8, 10, 13, 14]);
const PASSING_TYPES: ReadonlySet<unknown> = new Set([
  'timeout',
  'deadline-exceeded',
  'unavailable',
  'cancelled',
  'not-leader',
  'unknown',
]);
/** Errors of Node below gRPC, and of the client's discovery of a cluster. */
const PASSING_MESSAGE = /^Failed to discover|Channel has been shut down|ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND/;

const fieldOf = (error: unknown, field: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;

export const isOfType = (error: unknown, type: string): boolean => fieldOf(error, 'type') === type;

/**
 * Nothing is known but that the server did not answer: a leader changes, a connection broke, a deadline passed. A write that
 * ended so may have been done or not; repeating it with the same ids at the same revision settles it.
 */
export function isPassing(error: unknown): boolean {
  const type = fieldOf(error, 'type');
  if (typeof type === 'string') return PASSING_TYPES.has(type);
  const status = fieldOf(error, 'code');
  if (typeof status === 'number') return PASSING_STATUSES.has(status);
  return error instanceof Error && PASSING_MESSAGE.test(error.message);
}

/** The stream's revision according to a refusal for its revision: null for none, undefined when the error is another one. */
export function currentRevisionIn(error: unknown): bigint | null | undefined {
  if (!isOfType(error, 'wrong-expected-version')) return undefined;
  const actual = fieldOf(error, 'actualVersion');
  return typeof actual === 'bigint' && actual >= 0n && actual < 2n ** 63n ? actual : null;
}

/** The error for the caller of an append. Errors of ours and those without a meaning here come back as they are. */
export function appendFailure(error: unknown, stream: string, size_bytes: number): unknown {
  if (isOfType(error, 'maximum-append-size-exceeded'))
    return appendTooLarge(stream, size_bytes, fieldOf(error, 'maxAppendSize'), error);
  if (isOfType(error, 'stream-deleted')) return streamDeleted(stream, error);
  return readFailure(error);
}

/** The error for a reader. */
export function readFailure(error: unknown): unknown {
  if (error instanceof EventStoreError) return error;
  if (isPassing(error)) return unavailable(`EventStoreDB does not answer: ${messageOf(error)}`, error);
  if (isOfType(error, 'access-denied'))
    return unavailable(
      'EventStoreDB refuses: the user of the connection string may not do this ($all needs $admins)',
      error,
    );
  return error;
}

/** An append is atomic, so it cannot be split. */
export function appendTooLarge(stream: string, size_bytes: number, limit: unknown, cause?: unknown): EventStoreError {
  const message = `append of about ${size_bytes} bytes to ${stream} exceeds the server's limit of ${String(limit)} bytes (MaxAppendSize)`;
  return new EventStoreError('EVENT_TOO_LARGE', message, { cause });
}

/** A tombstone is for ever: the name can never be used again, which no other store of ours knows. */
function streamDeleted(stream: string, cause: unknown): EventStoreError {
  return new EventStoreError('STREAM_DELETED', `stream ${stream} was deleted for ever (tombstone) in EventStoreDB`, {
    cause,
  });
}

export function unavailable(message: string, cause?: unknown): StoreUnavailable {
  const failure = new StoreUnavailable(message, RETRY_AFTER_ms);
  if (cause !== undefined) failure.cause = cause;
  return failure;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
