import type { ExpectedRevision, Position, Revision, StoredEvent } from './port.js';

/** A failure of the log with a stable code. Guards test `code`, so a duplicated package cannot break them. */
export class EventStoreError extends Error {
  override readonly name: string = 'EventStoreError';
  constructor(
    readonly code:
      | 'EMPTY_APPEND'
      | 'WRONG_EXPECTED_REVISION'
      | 'EVENT_ID_CONFLICT'
      | 'EVENT_TOO_LARGE'
      | 'INVALID_EVENT'
      | 'STORE_UNAVAILABLE'
      | 'STORE_NEWER_THAN_PROGRAM'
      | 'STORE_IN_USE'
      | 'STORE_READ_ONLY'
      | 'CONCURRENCY_EXHAUSTED'
      | 'COMMAND_ID_CONFLICT'
      | 'STREAM_UNREADABLE'
      | 'STREAM_DELETED'
      | 'NOT_NEXT_IN_LOG',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The stream is not where the caller believed it to be: read it again and decide again. */
export class WrongExpectedRevision extends EventStoreError {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The stream's last revision, null when it has no event. */
    readonly actual: Revision | null,
  ) {
    super('WRONG_EXPECTED_REVISION', `stream ${stream}: expected ${String(expected)}, but it is at ${String(actual)}`);
  }
}

/** The id is in the log already, with other content or in another place. */
export class EventIdConflict extends EventStoreError {
  override readonly name = 'EventIdConflict';
  constructor(
    readonly eventId: string,
    /** Where the event with this id stands. */
    readonly stream: string,
    readonly revision: Revision,
    readonly position: Position,
  ) {
    super('EVENT_ID_CONFLICT', `event id ${eventId} is taken by ${stream}@${String(revision)} with other content`);
  }
}

/** The store cannot take this now. Nothing was acknowledged; trying again later is right. */
export class StoreUnavailable extends EventStoreError {
  override readonly name = 'StoreUnavailable';
  constructor(
    message: string,
    readonly retryAfter_ms: number,
  ) {
    super('STORE_UNAVAILABLE', message);
  }
}

/** The stream kept changing under a decision until the attempts were used up. The caller may try again: 409. */
export class ConcurrencyExhausted extends EventStoreError {
  override readonly name = 'ConcurrencyExhausted';
  constructor(
    readonly stream: string,
    readonly attempts: number,
  ) {
    super('CONCURRENCY_EXHAUSTED', `stream ${stream} changed during each of ${attempts} attempts to decide`);
  }
}

/** The command id was used before, for a request with another fingerprint. */
export class CommandIdConflict extends EventStoreError {
  override readonly name = 'CommandIdConflict';
  constructor(
    readonly stream: string,
    readonly commandId: string,
  ) {
    super('COMMAND_ID_CONFLICT', `command id ${commandId} was used on ${stream} before, with another content`);
  }
}

/**
 * An event of the stream cannot be read or followed by this program: written by a newer one, or damaged. Nothing more can be
 * decided on the stream until somebody has looked; trying again does not help. `cause` is what went wrong.
 */
export class StreamUnreadable extends EventStoreError {
  override readonly name = 'StreamUnreadable';
  constructor(
    readonly stream: string,
    readonly position: Position,
    readonly eventType: string,
    cause: unknown,
  ) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super('STREAM_UNREADABLE', `stream ${stream}: the ${eventType} at ${String(position)} is unreadable: ${what}`, {
      cause,
    });
  }
}

/** An event that was to be placed as it is (`LogImport`) is not the one that comes next in the log. */
export class NotNextInLog extends EventStoreError {
  override readonly name = 'NotNextInLog';
  constructor(
    readonly event: Pick<StoredEvent, 'id' | 'stream' | 'revision' | 'position'>,
    why: string,
  ) {
    const { id, stream, revision, position } = event;
    super('NOT_NEXT_IN_LOG', `event ${id} (${stream}@${revision}, position ${position}) does not come next: ${why}`);
  }
}
