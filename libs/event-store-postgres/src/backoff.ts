import { setTimeout } from 'node:timers/promises';

/** Pause after a failure; doubles with each failure in a row, up to the cap. */
export const BACKOFF_BASE_ms = 20;
export const BACKOFF_CAP_ms = 1000;

/** Waits before the next attempt; ends early, without an error, at the abort. */
export async function pauseAfterFailure(failures: number, signal?: AbortSignal): Promise<void> {
  const pause_ms = Math.min(BACKOFF_CAP_ms, BACKOFF_BASE_ms * 2 ** Math.min(failures, 10));
  // Half of it is chance, so that processes that lost the same server do not come back in step.
  const jittered_ms = pause_ms * (0.5 + Math.random() / 2);
  await setTimeout(jittered_ms, undefined, { signal }).catch(() => undefined);
}
