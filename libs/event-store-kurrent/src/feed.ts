/**
 * One server-side subscription to everything, as something to take from: events and markers in the order of the wire. The
 * client calls back for checkpoints while earlier events still wait in its buffer, so the marker is pushed into the same
 * buffer behind them.
 */
import {
  eventTypeFilter,
  excludeSystemEvents,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type Filter,
  type Position as ServerPosition,
} from '@eventstore/db-client';
import type { Position, SubscribeOptions } from '#lib/event-store';
import { serverPositionOf, BEFORE_ALL_POSITIONS } from './positions.js';
import type { ServerClient } from './server-log.js';

/** The server sends a checkpoint after so many events that it filtered out; what lies behind one is read event by event. */
export const SEARCH_WINDOW_EVENTS = 128;
/** Events that wait in memory for the consumer; the rest waits at the server. */
const BUFFERED_EVENTS = 128;
/** No type is empty, so this matches none. */
const NO_TYPE = '^$';

/** Says that every wanted event before this place has been sent. */
export interface Checkpoint {
  readonly everythingBefore: ServerPosition;
}

export type FeedItem = AllStreamResolvedEvent | Checkpoint;

export const isCheckpoint = (item: FeedItem): item is Checkpoint => 'everythingBefore' in item;

export class Feed {
  readonly #subscription: AllStreamSubscription;
  #error: unknown = null;
  #isOver = false;
  #wake = (): void => undefined;

  /** @param after exclusive: the position of an event, or before everything */
  constructor(client: ServerClient, after: Position, filter: Pick<SubscribeOptions, 'types' | 'streamPrefix'>) {
    this.#subscription = client.subscribeToAll(
      {
        fromPosition: after === BEFORE_ALL_POSITIONS ? 'start' : serverPositionOf(after),
        filter: serverFilter(filter),
      },
      { highWaterMark: BUFFERED_EVENTS },
    );
    const wake = (): void => this.#wake();
    const end = (error: unknown): void => {
      this.#error ??= error;
      this.#isOver = true;
      wake();
    };
    this.#subscription.on('readable', wake);
    this.#subscription.on('error', end);
    this.#subscription.on('end', () => end(lost('the server ended the subscription')));
    this.#subscription.on('close', () => end(lost('the subscription was closed')));
  }

  /** Nothing more is here at the moment. */
  get isDrained(): boolean {
    return this.#subscription.readableLength === 0;
  }

  /**
   * Up to `count` items: as many as follow each other within `linger_ms`. Resolves empty when nothing came in `wait_ms`, or
   * `interrupt` resolved.
   * @throws what ended the subscription, after everything that came before
   */
  async take(count: number, wait_ms: number, linger_ms: number, interrupt: Promise<void>): Promise<FeedItem[]> {
    const items = this.#takeNow(count);
    if (items.length === 0 && !this.#isOver) {
      await this.#change(wait_ms, interrupt);
      items.push(...this.#takeNow(count));
    }
    while (items.length > 0 && items.length < count && !this.#isOver) {
      await this.#change(linger_ms);
      const more = this.#takeNow(count - items.length);
      if (more.length === 0) break;
      items.push(...more);
    }
    if (items.length === 0 && this.#isOver) throw this.#error;
    return items;
  }

  async close(): Promise<void> {
    await this.#subscription.unsubscribe().catch(() => undefined);
    // What has come already must run out, else the client would wait for it (see `server-log.ts`).
    this.#subscription.removeAllListeners('readable');
    this.#subscription.resume();
  }

  #takeNow(count: number): FeedItem[] {
    const items: FeedItem[] = [];
    while (items.length < count) {
      const item = this.#subscription.read() as FeedItem | null;
      if (item === null) break;
      items.push(item);
    }
    return items;
  }

  async #change(wait_ms: number, interrupt?: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const changed = new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, wait_ms);
    });
    await (interrupt === undefined ? changed : Promise.race([changed, interrupt]));
    clearTimeout(timer);
  }
}

/** An end without an error of the server's is a lost connection too. */
const lost = (message: string): Error => Object.assign(new Error(message), { type: 'unavailable' });

/** The server takes one filter, on types or on streams; whoever reads the feed applies the whole again. */
function serverFilter({ types, streamPrefix }: Pick<SubscribeOptions, 'types' | 'streamPrefix'>): Filter {
  const options = {
    maxSearchWindow: SEARCH_WINDOW_EVENTS,
    checkpointInterval: 1,
    checkpointReached: (subscription: AllStreamSubscription, position: ServerPosition): void => {
      const marker: Checkpoint = { everythingBefore: position };
      subscription.push(marker);
    },
  };
  if (types?.length === 0) return eventTypeFilter({ ...options, regex: NO_TYPE });
  if (types !== undefined) return eventTypeFilter({ ...options, prefixes: [...types] });
  if (streamPrefix) return streamNameFilter({ ...options, prefixes: [streamPrefix] });
  return excludeSystemEvents(options);
}
