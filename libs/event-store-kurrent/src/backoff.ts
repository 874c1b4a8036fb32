import { setTimeout } from 'node:timers/promises';

/** First pause after a failure; doubles up to the cap, and each is drawn between its half and its whole. */
const PAUSE_FIRST_ms = 50;
const PAUSE_CAP_ms = 2000;

/** Pauses of one series of failures. The draw keeps the clients of a cluster from coming back all at once. */
export class Backoff {
  #failures = 0;

  reset(): void {
    this.#failures = 0;
  }

  /** Resolves after the next pause, or at the abort. */
  async pause(signal?: AbortSignal): Promise<void> {
    const whole_ms = Math.min(PAUSE_CAP_ms, PAUSE_FIRST_ms * 2 ** this.#failures);
    this.#failures += 1;
    await setTimeout(whole_ms * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}
