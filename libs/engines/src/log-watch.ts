import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '#lib/event-store';
import type { Health, Logger } from '#lib/platform';

/** How often the head of the log is asked for. */
export const WATCH_INTERVAL_ms = 500;
/** A log that has not answered for so long counts as unreachable. */
export const ANSWER_PATIENCE_ms = 2000;
/** Name of the log among the health checks. */
export const LOG_HEALTH_NAME = 'log';

export interface LogWatchOptions {
  readonly head: () => Promise<{ readonly position: Position } | null>;
  /** Hears the newest position of each answer. */
  readonly onHead: (position: Position) => void;
  readonly health: Health;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  readonly interval_ms?: number;
  readonly patience_ms?: number;
}

/**
 * Asks a server for the head of the log every now and then: that shows whether the log can be reached, and how far it has
 * grown by other processes' appends. What the public reads at `/health/ready` names no host; our log does.
 */
export class LogWatch {
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private isUp = true;

  constructor(private readonly options: LogWatchOptions) {}

  start(): this {
    this.running ??= this.run();
    return this;
  }

  /** Resolves when nothing more is asked. A question without an answer is not waited for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { interval_ms = WATCH_INTERVAL_ms } = this.options;
    while (!signal.aborted) {
      await pause(interval_ms, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.ask();
    }
  }

  private async ask(): Promise<void> {
    const { patience_ms = ANSWER_PATIENCE_ms } = this.options;
    const answered = new AbortController();
    const late = pause(patience_ms, undefined, {
      signal: AbortSignal.any([answered.signal, this.stopping.signal]),
    }).then(
      () => this.tellDown(`no answer within ${patience_ms} ms`),
      () => undefined,
    );
    const answer = this.options.head().then(
      (head) => this.tellUp(head?.position ?? null),
      (error: unknown) => this.tellDown(error instanceof Error ? error.message : String(error)),
    );
    // After the patience the question is still waited for: a server that stands still is not asked more and more.
    await Promise.race([answer, late.then(() => (this.stopping.signal.aborted ? undefined : answer))]);
    answered.abort();
  }

  private tellUp(position: Position | null): void {
    if (this.stopping.signal.aborted) return;
    if (!this.isUp) this.options.logger.info({}, 'the log can be reached again');
    this.isUp = true;
    this.options.health.up(LOG_HEALTH_NAME);
    if (position !== null) this.options.onHead(position);
  }

  private tellDown(reason: string): void {
    if (this.stopping.signal.aborted) return;
    if (this.isUp) this.options.logger.warn({ reason }, 'the log cannot be reached; it is asked again and again');
    this.isUp = false;
    this.options.health.down(LOG_HEALTH_NAME, 'cannot be reached');
  }
}
