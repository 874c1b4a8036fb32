/**
 * Tells waiting readers in this thread that something was committed. A reader notes `version` before it reads and waits
 * for a change beyond it, so a commit between the read and the wait is never missed.
 */
export class CommitSignal {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  notify(): void {
    this.#version += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves when the version differs from `seen`, at the abort, or after `timeout_ms` where one is given. */
  changedSince(seen: number, signal: AbortSignal, timeout_ms?: number): Promise<void> {
    if (this.#version !== seen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = timeout_ms === undefined ? undefined : setTimeout(wake, timeout_ms);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
