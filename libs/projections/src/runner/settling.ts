/** While catching up, KPI figures are computed so often. */
const CATCHING_UP_INTERVAL_ms = 500;
/** Computing them then waits so many times as long as it took, so that it leaves most of the time to new events. */
const PAUSE_FACTOR = 4;

/**
 * Decides when stale KPI figures are computed: at once while that is cheap, and seldom enough when it is not. What is
 * still stale when nothing more comes is computed by a timer. Times are those of `performance.now()`.
 */
export class Settling {
  private last_ms = Number.NEGATIVE_INFINITY;
  private pause_ms = 0;
  private timer: NodeJS.Timeout | undefined;

  isDue(now_ms: number, caughtUp: boolean): boolean {
    return now_ms - this.last_ms >= Math.max(this.pause_ms, caughtUp ? 0 : CATCHING_UP_INTERVAL_ms);
  }

  /** Figures were computed, which took `cost_ms`. */
  done(now_ms: number, cost_ms: number): void {
    this.cancel();
    this.last_ms = now_ms;
    this.pause_ms = PAUSE_FACTOR * cost_ms;
  }

  /** Calls `settle` when the pause is over, unless figures are computed before. */
  later(now_ms: number, settle: () => void): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        settle();
      },
      Math.max(0, this.last_ms + this.pause_ms - now_ms),
    );
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
