/**
 * The loop of every subscription over a log whose positions become visible in order: read what is beyond the checkpoint,
 * hand it out, wait for a commit. It is right only for stores with one writer; a store whose commits overtake each other
 * must close that gap in its `readPage`.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { CommitSignal } from './commit-signal.js';
import type { EventBatch, Position, SubscribeOptions } from './port.js';

/** Events in a batch when the subscriber names no number. */
export const SUBSCRIPTION_BATCH_SIZE_DEFAULT = 1000;
/**
 * A filtered follower that found nothing it wants looks again so soon at the earliest: under load nearly every commit is
 * one that it does not want, and looking into the log for each of them cost as much as a tenth of the door's work.
 */
export const UNWANTED_PAUSE_ms = 10;
/** Before everything in a log that numbers from 1. */
export const BEFORE_THE_LOG: Position = 0n;

export interface FollowOptions extends SubscribeOptions {
  /** Looks again after so long without a signal: for commits that other processes make. Default: never. */
  readonly poll_ms?: number;
}

/**
 * @param readPage gives at most `limit` wanted events beyond `after`, and how far it has looked (`checkpoint`, never below
 *   `after`); `caughtUp` when it has looked to the end of the log
 */
export async function* followLog(
  readPage: (after: Position, limit: number) => EventBatch | Promise<EventBatch>,
  commits: CommitSignal,
  options: FollowOptions,
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, batchSize = SUBSCRIPTION_BATCH_SIZE_DEFAULT } = options;
  let checkpoint = options.after ?? BEFORE_THE_LOG;
  // A follower must hear that it has caught up, even when there is nothing more to deliver: in an empty log, or when the
  // batch before was full and happened to be the last.
  let isEndKnown = false;
  while (!signal.aborted) {
    const seen = commits.version;
    const page = await readPage(checkpoint, batchSize);
    if (signal.aborted) return;
    const readAt_ms = performance.now();
    if (page.checkpoint > checkpoint || (page.caughtUp && !isEndKnown)) {
      isEndKnown = page.caughtUp;
      checkpoint = page.checkpoint;
      yield page;
    }
    if (page.caughtUp) {
      await commits.changedSince(seen, signal, options.poll_ms);
      if (page.events.length === 0) await pauseUntil(readAt_ms + UNWANTED_PAUSE_ms, signal);
    }
    // A long catch-up must leave the thread's other work its turn.
    else await setImmediate();
  }
}

async function pauseUntil(time_ms: number, signal: AbortSignal): Promise<void> {
  const pause_ms = time_ms - performance.now();
  if (pause_ms > 0) await setTimeout(pause_ms, undefined, { signal }).catch(() => undefined);
}
