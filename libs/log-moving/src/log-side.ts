import type { EventStore, Position, StoredEvent } from '#lib/event-store';
import { throwIfStopped } from './errors.js';

/** One of the logs between which something is moved. */
export interface LogSide {
  /** For messages: the URL without secrets. */
  readonly name: string;
  readonly store: EventStore;
  /** Whether its positions are 1, 2, 3 … (SQLite, PostgreSQL) or of its own making (EventStoreDB). */
  readonly hasDensePositions: boolean;
}

/** The events beyond `after` up to and with `until`; nothing when `until` is null (an empty log). Stops between events. */
export async function* eventsBetween(
  side: LogSide,
  after: Position | undefined,
  until: Position | null,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent> {
  if (until === null || (after !== undefined && after >= until)) return;
  for await (const event of side.store.readAll({ after })) {
    throwIfStopped(signal);
    if (event.position > until) return;
    yield event;
    if (event.position === until) return;
  }
}

/** The newest position of a log, null when it is empty. */
export async function headOf(side: LogSide): Promise<Position | null> {
  return (await side.store.head())?.position ?? null;
}
