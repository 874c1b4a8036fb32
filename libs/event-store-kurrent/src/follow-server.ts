/**
 * A subscription of the port: the server pushes what is wanted, and what lies beyond is looked at from time to time.
 *
 * The push alone cannot say «everything up to here, and nothing newer»: a filtered subscription is silent about the last
 * events that it filtered out, older servers do not say when it has caught up, and a server's checkpoint is a place
 * between events. So when nothing comes for a while, the tail behind the last known place is read from `$all`, a few
 * events, filtered here: that moves the checkpoint to a real event, and shows the end. Whatever the push then repeats,
 * also after a lost connection, is dropped.
 */
import type { Position as ServerPosition } from '@eventstore/db-client';
import {
  SUBSCRIPTION_BATCH_SIZE_DEFAULT,
  type CommitSignal,
  type EventBatch,
  type Position,
  type StoredEvent,
  type SubscribeOptions,
} from '#lib/event-store';
import { Backoff } from './backoff.js';
import { isSystemEvent, toStoredEvent, type ReadEvent } from './event-mapping.js';
import { isPassing, readFailure } from './failures.js';
import { Feed, isCheckpoint, SEARCH_WINDOW_EVENTS, type FeedItem } from './feed.js';
import { BEFORE_ALL_POSITIONS, POSITION_MAX, positionOf, serverPositionOf } from './positions.js';
import type { ServerLog } from './server-log.js';

/** Silence after which the tail is read, while the end has not been seen or this process has appended. */
const SILENCE_BEFORE_TAIL_ms = 25;
/** The same when everything known has been delivered. */
const TAIL_INTERVAL_ms = 1000;
/** So long a batch waits for its next event when everything known has been delivered. */
const LINGER_ms = 2;
/** Between two readings of the tail at least: under load most of the tail is what nobody wants. */
const TAIL_PAUSE_ms = 200;
/** Events in one reading of the tail: what can lie behind a checkpoint, and some more. */
const TAIL_EVENTS = 2 * SEARCH_WINDOW_EVENTS;

export interface FollowServerOptions extends SubscribeOptions {
  /** Hears of each lost connection; the subscription comes back by itself. */
  readonly onConnectionLost: (error: unknown) => void;
  /** Appends of this process. */
  readonly commits: CommitSignal;
  /** The newest position that this process has appended. */
  readonly ownHead: () => Position;
}

export async function* followServer(log: ServerLog, options: FollowServerOptions): AsyncGenerator<EventBatch> {
  const follower = new Follower(log, options);
  const backoff = new Backoff();
  while (!options.signal.aborted) {
    try {
      for await (const batch of follower.follow()) {
        backoff.reset();
        yield batch;
      }
    } catch (error) {
      if (options.signal.aborted) return;
      if (!isPassing(error)) throw readFailure(error);
      options.onConnectionLost(error);
      await backoff.pause(options.signal);
    }
  }
}

class Follower {
  readonly #log: ServerLog;
  readonly #options: FollowServerOptions;
  readonly #batchSize: number;
  /** Position of the last event that was given or passed over. */
  #checkpoint: Position;
  /** Everything wanted before this place was given: where the tail begins. Undefined: the beginning of the log. */
  #tailFrom: ServerPosition | undefined;
  #isEndSeen = false;
  #tailReadAt_ms = Number.NEGATIVE_INFINITY;

  constructor(log: ServerLog, options: FollowServerOptions) {
    this.#log = log;
    this.#options = options;
    this.#batchSize = options.batchSize ?? SUBSCRIPTION_BATCH_SIZE_DEFAULT;
    this.#checkpoint = options.after ?? BEFORE_ALL_POSITIONS;
    this.#tailFrom = this.#checkpoint === BEFORE_ALL_POSITIONS ? undefined : serverPositionOf(this.#checkpoint);
  }

  /** Over one connection. */
  async *follow(): AsyncGenerator<EventBatch> {
    const feed = new Feed(this.#log.client, this.#checkpoint, this.#options);
    try {
      while (!this.#options.signal.aborted) {
        const items = await this.#take(feed);
        const batch = items.length > 0 ? this.#pushed(items, feed) : await this.#tailWhenDue();
        if (batch !== null && !this.#options.signal.aborted) yield batch;
      }
    } finally {
      await feed.close();
    }
  }

  async #take(feed: Feed): Promise<FeedItem[]> {
    const { commits, signal } = this.#options;
    const stop = new AbortController();
    const interrupted = AbortSignal.any([signal, stop.signal]);
    const interrupt = commits.changedSince(commits.version, interrupted);
    try {
      const linger_ms = this.#isEndSeen ? LINGER_ms : SILENCE_BEFORE_TAIL_ms;
      return await feed.take(this.#batchSize, this.#patience_ms(), linger_ms, interrupt);
    } finally {
      stop.abort();
    }
  }

  /** How long the push may be silent before the tail is read. */
  #patience_ms(): number {
    const sinceTail_ms = performance.now() - this.#tailReadAt_ms;
    if (this.#isEndSeen && this.#options.ownHead() <= this.#checkpoint)
      return Math.max(0, TAIL_INTERVAL_ms - sinceTail_ms);
    return Math.max(SILENCE_BEFORE_TAIL_ms, this.#isEndSeen ? TAIL_PAUSE_ms - sinceTail_ms : 0);
  }

  #pushed(items: readonly FeedItem[], feed: Feed): EventBatch | null {
    const events: StoredEvent[] = [];
    for (const item of items) {
      if (isCheckpoint(item)) this.#moveTail(item.everythingBefore);
      else if (item.event !== undefined) this.#pass({ event: item.event, commitPosition: item.commitPosition }, events);
    }
    if (events.length === 0) return null;
    const caughtUp = this.#isEndSeen && feed.isDrained && this.#options.ownHead() <= this.#checkpoint;
    return { events, checkpoint: this.#checkpoint, caughtUp };
  }

  async #tailWhenDue(): Promise<EventBatch | null> {
    // A commit woke us: the push may be on its way.
    if (this.#isEndSeen && performance.now() - this.#tailReadAt_ms < TAIL_PAUSE_ms) return null;
    return this.#options.signal.aborted ? null : await this.#tail();
  }

  /** The next events behind `#tailFrom`, whether wanted or not. */
  async #tail(): Promise<EventBatch | null> {
    const before = this.#checkpoint;
    const page = await this.#log.page(this.#tailFrom, TAIL_EVENTS);
    this.#tailReadAt_ms = performance.now();
    const events: StoredEvent[] = [];
    let looked = 0;
    for (const read of page) {
      if (events.length === this.#batchSize) break;
      this.#pass(read, events);
      looked += 1;
    }
    const wasEndSeen = this.#isEndSeen;
    this.#isEndSeen = looked === page.length && page.length < TAIL_EVENTS;
    const isNews = this.#checkpoint > before || (this.#isEndSeen && !wasEndSeen);
    return isNews ? { events, checkpoint: this.#checkpoint, caughtUp: this.#isEndSeen } : null;
  }

  /** Takes one event: into the batch when it is wanted and new. The server's own events move only the tail. */
  #pass(read: ReadEvent, events: StoredEvent[]): void {
    const position = positionOf(read.event, read.commitPosition);
    this.#moveTail(serverPositionOf(position));
    if (position <= this.#checkpoint || isSystemEvent(read.event)) return;
    this.#checkpoint = position;
    if (isWanted(read.event, this.#options)) events.push(toStoredEvent(read));
  }

  #moveTail(place: ServerPosition): void {
    // Beyond all offsets the server says «none».
    if (place.commit > POSITION_MAX) return;
    if (this.#tailFrom === undefined || place.commit > this.#tailFrom.commit) this.#tailFrom = place;
  }
}

/** Whether a subscriber or reader asks for this event. */
export function isWanted(
  event: { readonly type: string; readonly streamId: string },
  { types, streamPrefix = '' }: Pick<SubscribeOptions, 'types' | 'streamPrefix'>,
): boolean {
  return (types === undefined || types.includes(event.type)) && event.streamId.startsWith(streamPrefix);
}
