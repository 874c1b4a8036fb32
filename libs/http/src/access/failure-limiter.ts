/** Failed attempts that one address may make in a window before it is told to wait. */
export const FAILURES_PER_WINDOW_MAX = 30;
export const FAILURE_WINDOW_ms = 60_000;
/** Addresses remembered at once; beyond that the one that failed longest ago is forgotten. */
export const FAILING_ADDRESSES_MAX = 10_000;

interface Failures {
  startedAt_ms: number;
  count: number;
}

/**
 * Counts failed sign-ins by address in fixed windows, in bounded memory. Only failures count and only failures are slowed
 * down: a valid credential passes whatever its neighbours do, because 256 random bits are not guessed, and a lock-out
 * would be a gift to whoever wants to keep others out. What is limited is the work and the noise.
 */
export class FailureLimiter {
  private readonly failures = new Map<string, Failures>();

  /** Notes a failure; returns 0, or the seconds this address has to wait. */
  note(address: string, now_ms: number): number {
    const known = this.failures.get(address);
    const inWindow = known !== undefined && now_ms - known.startedAt_ms < FAILURE_WINDOW_ms;
    const entry = inWindow ? known : { startedAt_ms: now_ms, count: 0 };
    entry.count += 1;
    this.failures.delete(address);
    this.failures.set(address, entry);
    this.forgetOldest();
    if (entry.count <= FAILURES_PER_WINDOW_MAX) return 0;
    return Math.max(1, Math.ceil((entry.startedAt_ms + FAILURE_WINDOW_ms - now_ms) / 1000));
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.failures.size;
  }

  private forgetOldest(): void {
    if (this.failures.size <= FAILING_ADDRESSES_MAX) return;
    const oldest = this.failures.keys().next();
    if (!oldest.done) this.failures.delete(oldest.value);
  }
}
