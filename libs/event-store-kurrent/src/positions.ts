/**
 * A position of EventStoreDB is a pair (commit, prepare) of offsets into its log. For everything that is written with gRPC
 * both halves of an event are the same; they differ only for transactions of the old TCP protocol, and in checkpoints of
 * filtered subscriptions, which say «everything before here» and may point behind the last event. So our position is the
 * commit half of an event that was seen: ordered, exact, and it fits where the views keep it (63 bits). A checkpoint of the
 * server never becomes a position of ours.
 */
import type { Position as ServerPosition, RecordedEvent } from '@eventstore/db-client';
import type { Position } from '#lib/event-store';

/** The server counts bytes with signed 64 bits; it says «no position» with a value beyond. */
export const POSITION_MAX: Position = 2n ** 63n - 1n;
/** Below every event: the log begins with records of the server's own. */
export const BEFORE_ALL_POSITIONS: Position = 0n;

/**
 * The position of an event as the server sent it.
 * @throws Error when the server sends none with a reading of a stream: older than 22.6
 */
export function positionOf(event: Pick<RecordedEvent, 'id' | 'position'>, commitPosition?: bigint): Position {
  const commit = event.position?.commit ?? commitPosition;
  if (commit === undefined || commit > POSITION_MAX)
    throw new Error(`the server gave no position for event ${event.id}: EventStoreDB 22.10 or later is needed`);
  return commit;
}

/** Where the server finds the event at this position. */
export function serverPositionOf(position: Position): ServerPosition {
  const offset = position > POSITION_MAX ? POSITION_MAX : position;
  return { commit: offset, prepare: offset };
}
