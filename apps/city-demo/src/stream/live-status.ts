import { grouped } from '../progress-bar.js';

/** At least so often the live part says where it is, also when nothing is due: silence looks like a fault. */
export const STATUS_EVERY_ms = 10_000;

/** Says every few seconds how far the live part is. */
export class LiveStatus {
  private sent = 0;
  private tickAt_ms: number | undefined;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param tick_ms how much of the city's time lies between two ticks
   * @param now_ms the clock; only tells whether the city has caught up with it
   */
  constructor(
    private readonly say: (text: string) => void,
    private readonly tick_ms: number,
    private readonly now_ms: () => number = Date.now,
  ) {
    this.timer = setInterval(() => this.tell(), STATUS_EVERY_ms);
  }

  /** Takes note of a tick that was sent; the first one is told at once. */
  tick(at_ms: number, sent: number): void {
    const isFirst = this.tickAt_ms === undefined;
    this.tickAt_ms = at_ms;
    this.sent += sent;
    if (isFirst) this.tell();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const sent = `${grouped(this.sent)} observations sent`;
    if (this.tickAt_ms === undefined) return this.say(`live: ${sent}`);
    const next_ms = this.tickAt_ms + this.tick_ms;
    const waiting = next_ms > this.now_ms() ? `, the next are due at ${minuteOf(next_ms)}` : '';
    this.say(`live: ${minuteOf(this.tickAt_ms)}, ${sent}${waiting}`);
  }
}

const minuteOf = (at_ms: number): string => `${new Date(at_ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
