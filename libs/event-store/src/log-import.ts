import { validateAppend } from './append-rules.js';
import { EventStoreError, NotNextInLog } from './errors.js';
import type { Position, Revision, StoredEvent } from './port.js';

/**
 * Puts events of another log into this one as they are: ids, streams, revisions, recorded times, metadata and order stay.
 * It is for moving a log, and apart from `EventStore`, because nobody else may say when something was recorded.
 *
 * An import only ever makes a log longer by what comes next. So a process that is killed leaves an exact prefix, and a
 * log that has grown in another way in between refuses what does not follow. The contract suite is
 * `contract/log-import-contract.ts`.
 */
export abstract class LogImport {
  /**
   * Whether events stand at the positions that they carry, which must then be 1, 2, 3 …. Where it is false
   * (EventStoreDB) the log numbers by itself: the positions of the events are not looked at, everything else is kept.
   */
  abstract readonly keepsPositions: boolean;

  /**
   * Places the events behind everything that is in the log, in this order, and resolves after the durable commit.
   *
   * Where positions are kept, a call is all or nothing. Elsewhere it is atomic for each stream only, but in order: what
   * stands in the log after a crash is a prefix of what was given.
   *
   * @throws NotNextInLog when an event is not the next one: its position (where kept) or its revision leaves a gap or is
   *   taken, it was recorded before its predecessor, or its id is in the log already
   * @throws EventStoreError `INVALID_EVENT`, `EVENT_TOO_LARGE` when no store may take it
   * @throws StoreUnavailable when the store cannot take it now
   */
  abstract place(events: readonly StoredEvent[]): Promise<void>;

  /** Releases files and connections. Safe to call twice. */
  abstract close(): Promise<void>;
}

/** What an adapter must be able to tell about its log, from inside the transaction that will place. */
export interface PlacingLookups {
  /** The newest event; null in an empty log. */
  readonly head: { readonly position: Position; readonly recordedAt_ms: number } | null;
  lastRevision(stream: string): Revision | null;
}

/** Where a log that keeps positions begins to number. */
const FIRST_POSITION: Position = 1n;
const FIRST_REVISION: Revision = 0n;

/**
 * The rule of `LogImport.place` as a pure function, for every adapter that can look into its own log. That ids are new is
 * left to the store's unique index: `idTaken` makes the error.
 *
 * @param keepsPositions false leaves the positions unjudged
 * @throws NotNextInLog, EventStoreError as `place` says
 */
export function judgePlacing(events: readonly StoredEvent[], log: PlacingLookups, keepsPositions = true): void {
  let nextPosition = log.head === null ? FIRST_POSITION : log.head.position + 1n;
  let recordedAt_ms = log.head?.recordedAt_ms ?? 0;
  const nextRevisions = new Map<string, Revision>();
  for (const event of events) {
    const { stream } = event;
    validateAppend(stream, [event]);
    if (keepsPositions && event.position !== nextPosition)
      throw new NotNextInLog(event, `its position must be ${nextPosition}`);
    const last = nextRevisions.has(stream) ? null : log.lastRevision(stream);
    const nextRevision = nextRevisions.get(stream) ?? (last === null ? FIRST_REVISION : last + 1n);
    if (event.revision !== nextRevision) throw new NotNextInLog(event, `its revision must be ${nextRevision}`);
    if (!Number.isSafeInteger(event.recordedAt_ms))
      throw new EventStoreError('INVALID_EVENT', `recorded time ${event.recordedAt_ms} of ${event.id} is not whole`);
    if (event.recordedAt_ms < recordedAt_ms)
      throw new NotNextInLog(event, `it was recorded at ${event.recordedAt_ms}, before ${recordedAt_ms}`);
    nextPosition += 1n;
    nextRevisions.set(stream, nextRevision + 1n);
    recordedAt_ms = event.recordedAt_ms;
  }
}

/** The error for an id that the log has already. */
export const idTaken = (event: StoredEvent): NotNextInLog =>
  new NotNextInLog(event, 'its id is in the log already, or twice in what is to be placed');
