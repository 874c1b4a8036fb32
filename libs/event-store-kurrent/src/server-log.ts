/**
 * Reading the server's log: the client's streams as iterations that go on after a lost connection from the event after the
 * last one they gave, and that are cancelled when the consumer leaves early (else the server's call would stay open). Errors
 * are the client's own.
 */
import type {
  EventStoreDBClient,
  Position as ServerPosition,
  ResolvedEvent,
  StreamingRead,
} from '@eventstore/db-client';
import type { Position, Revision } from '#lib/event-store';
import { Backoff } from './backoff.js';
import type { ReadEvent } from './event-mapping.js';
import { isOfType, isPassing } from './failures.js';
import { positionOf, serverPositionOf } from './positions.js';

/** The part of the client that the adapter uses. */
export type ServerClient = Pick<
  EventStoreDBClient,
  'appendToStream' | 'readStream' | 'readAll' | 'subscribeToAll' | 'dispose'
>;

export type Direction = 'forwards' | 'backwards';

/** Lost connections in a row that a reading survives; then it fails. */
const READ_ATTEMPTS = 6;

type ServerReading = StreamingRead<Pick<ResolvedEvent, 'event' | 'commitPosition'>>;

export class ServerLog {
  constructor(readonly client: ServerClient) {}

  /**
   * Events of a stream from a revision on (inclusive); nothing when the stream is not there, or deleted.
   * @param requiresLeader asks the leader, which has what was just written
   */
  async *readStream(
    stream: string,
    direction: Direction,
    from: Revision | undefined,
    limit: number,
    requiresLeader = false,
  ): AsyncGenerator<ReadEvent> {
    const step = direction === 'forwards' ? 1n : -1n;
    const open = (last: ReadEvent | null, left: number): ServerReading | null => {
      const next = last === null ? from : last.event.revision + step;
      if (next !== undefined && next < 0n) return null;
      const fromRevision = next ?? (direction === 'forwards' ? 'start' : 'end');
      return this.client.readStream(stream, { direction, fromRevision, ...countOf(left), requiresLeader });
    };
    try {
      yield* resumed(open, limit);
    } catch (error) {
      if (!isOfType(error, 'stream-not-found') && !isOfType(error, 'stream-deleted')) throw error;
    }
  }

  /**
   * Everything in the log, the server's own events too, strictly beyond `after` in the reading direction. The server reads
   * forwards from a position inclusive and backwards exclusive; both are compared again here.
   * @param count events that are wanted at most; default all
   */
  async *readAll(
    direction: Direction,
    after: Position | undefined,
    count = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<ReadEvent> {
    let beyond = after;
    const isBeyond = (position: Position): boolean =>
      beyond === undefined || (direction === 'forwards' ? position > beyond : position < beyond);
    const open = (_last: ReadEvent | null, left: number): ServerReading =>
      this.#openAll(direction, beyond === undefined ? undefined : serverPositionOf(beyond), left);
    // One more, because the event at the position itself may be given again.
    for await (const read of resumed(open, count + 1)) {
      const position = positionOf(read.event, read.commitPosition);
      if (!isBeyond(position)) continue;
      beyond = position;
      yield read;
    }
  }

  /** Up to `limit` events from a position of the server's on (inclusive), as it gives them. */
  async page(from: ServerPosition | undefined, limit: number): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for await (const read of resumed(() => this.#openAll('forwards', from, limit), limit, 1)) events.push(read);
    return events;
  }

  #openAll(direction: Direction, from: ServerPosition | undefined, limit: number): ServerReading {
    const fromPosition = from ?? (direction === 'forwards' ? 'start' : 'end');
    return this.client.readAll({ direction, fromPosition, ...countOf(limit) });
  }
}

const countOf = (limit: number): { maxCount?: number } => (Number.isFinite(limit) ? { maxCount: limit } : {});

/** @param open begins to read behind the event given last; null when nothing can be there */
async function* resumed(
  open: (last: ReadEvent | null, left: number) => ServerReading | null,
  limit: number,
  attempts_max = READ_ATTEMPTS,
): AsyncGenerator<ReadEvent> {
  const backoff = new Backoff();
  let last: ReadEvent | null = null;
  let left = limit;
  for (let attempts = 1; left > 0; attempts += 1) {
    const reading = open(last, left);
    if (reading === null) return;
    try {
      for await (const { event, commitPosition } of itemsOf(reading)) {
        // No event where the target of a link is gone; links are not followed, so there is always one.
        if (event === undefined) continue;
        last = { event, commitPosition };
        attempts = 0;
        backoff.reset();
        yield last;
        left -= 1;
        if (left <= 0) return;
      }
      return;
    } catch (error) {
      if (!isPassing(error) || attempts >= attempts_max) throw error;
      await backoff.pause();
    } finally {
      await leave(reading);
    }
  }
}

/** Leaving the iteration must not destroy the stream: the client waits for its end. */
const itemsOf = (reading: ServerReading): AsyncIterable<Pick<ResolvedEvent, 'event' | 'commitPosition'>> =>
  reading.iterator({ destroyOnReturn: false });

/**
 * Cancels what the server may still send and lets what has come already run out: a stream that was left with something in
 * it never ends, and the client would keep it for ever and wait for it when it is closed.
 */
async function leave(reading: ServerReading): Promise<void> {
  reading.on('error', () => undefined);
  await reading.cancel().catch(() => undefined);
  reading.resume();
}
