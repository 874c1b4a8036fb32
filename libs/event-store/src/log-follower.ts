/**
 * Keeps an in-memory picture of a part of the log: registries of sources, tokens, series. The picture is rebuilt at every
 * start, so it needs no checkpoint on disk, and it is read without waiting.
 *
 * When reading or applying fails, the follower reports it and goes on from the last event that was applied: it never
 * skips one. An event that cannot be applied therefore stops the picture, loudly: guessing who may do what is worse.
 */
import { setTimeout } from 'node:timers/promises';
import { BEFORE_THE_LOG } from './follow-log.js';
import type { EventStore, Position, StoredEvent } from './port.js';

/** Pause after a failure; doubles with each failure in a row, up to the cap. */
export const FOLLOWER_BACKOFF_BASE_ms = 50;
export const FOLLOWER_BACKOFF_CAP_ms = 5000;

export interface LogFollowerOptions {
  readonly store: EventStore;
  readonly types?: readonly string[];
  readonly streamPrefix?: string;
  /** Where to begin, exclusive. Default: the beginning of the log. */
  readonly after?: Position;
  /** Takes one event into the picture. Comes at most once for each event unless it throws. */
  readonly apply: (event: StoredEvent) => void;
  /** Hears every failure. The follower goes on by itself. */
  readonly onError: (error: unknown) => void;
}

interface Waiter {
  readonly position: Position;
  readonly settle: (isReached: boolean) => void;
}

export class LogFollower {
  readonly #options: LogFollowerOptions;
  readonly #abort = new AbortController();
  readonly #waiters = new Set<Waiter>();
  readonly #firstCatchUp: Promise<void>;
  #settleFirstCatchUp: { resolve: () => void; reject: (error: Error) => void };
  #position: Position;
  #running: Promise<void> | null = null;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    this.#position = options.after ?? BEFORE_THE_LOG;
    let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
    this.#firstCatchUp = new Promise((resolve, reject) => (settle = { resolve, reject }));
    this.#firstCatchUp.catch(() => undefined);
    this.#settleFirstCatchUp = settle!;
  }

  /** Everything up to here, wanted or filtered out, is in the picture. */
  get position(): Position {
    return this.#position;
  }

  /** Begins to follow. Returns itself; a second call does nothing. */
  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  /** Resolves when the picture has reached the end of the log for the first time; rejects when stopped before. */
  caughtUp(): Promise<void> {
    return this.#firstCatchUp;
  }

  /** True as soon as the picture contains everything up to `position`; false after `timeout_ms` or when stopped. */
  waitFor(position: Position, timeout_ms: number): Promise<boolean> {
    if (this.#position >= position) return Promise.resolve(true);
    if (this.#abort.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        settle: (isReached) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(isReached);
        },
      };
      const timer = globalThis.setTimeout(() => waiter.settle(false), timeout_ms);
      this.#waiters.add(waiter);
    });
  }

  /** Ends following and resolves when nothing more will be applied. Safe to call twice. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#followWithRetries();
    for (const waiter of [...this.#waiters]) waiter.settle(false);
    this.#settleFirstCatchUp.reject(new Error('following ended before the end of the log was reached'));
  }

  async #followWithRetries(): Promise<void> {
    const { signal } = this.#abort;
    let failures = 0;
    while (!signal.aborted) {
      try {
        for await (const isCaughtUp of this.#follow()) {
          failures = 0;
          if (isCaughtUp) this.#settleFirstCatchUp.resolve();
        }
        return; // The subscription ended without a failure: stopped, or the store was closed.
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onError(error);
        const pause_ms = Math.min(FOLLOWER_BACKOFF_CAP_ms, FOLLOWER_BACKOFF_BASE_ms * 2 ** failures);
        failures += 1;
        await setTimeout(pause_ms, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Applies batches from the present position on; yields after each whether the end of the log was seen. */
  async *#follow(): AsyncGenerator<boolean, void, undefined> {
    const { store, types, streamPrefix, apply } = this.#options;
    const { signal } = this.#abort;
    for await (const batch of store.subscribe({ after: this.#position, types, streamPrefix, signal })) {
      for (const event of batch.events) {
        // A store may deliver again what it delivered before a lost connection.
        if (event.position <= this.#position) continue;
        if (signal.aborted) return;
        apply(event);
        this.#position = event.position;
      }
      this.#moveTo(batch.checkpoint);
      yield batch.caughtUp;
    }
  }

  #moveTo(checkpoint: Position): void {
    if (checkpoint > this.#position) this.#position = checkpoint;
    for (const waiter of [...this.#waiters]) if (waiter.position <= this.#position) waiter.settle(true);
  }
}
