import type { RunnerEnd } from '#lib/projections';
import { startChild, type TortureChild } from '../support/torture-child.js';
import type { FromOwner, ToOwner } from './owner-child.js';

const POLL_MS = 3;

/** The parent's hand on one process that owns (or owned) the views. */
export class Owner {
  private readonly child: TortureChild<ToOwner, FromOwner>;
  private reached = 0n;
  private end: RunnerEnd | null = null;
  readonly troubles: string[] = [];

  constructor(logFile: string, viewsFolder: string) {
    this.child = startChild('zombies/owner-child.js', [logFile, viewsFolder]);
    this.child.hear((message) => {
      if (message.kind === 'progress') this.reached = BigInt(message.position);
      else if (message.kind === 'trouble') this.troubles.push(message.message);
      else this.end = message.end;
    });
  }

  freeze(): void {
    this.child.process.kill('SIGSTOP');
  }

  wake(): void {
    this.child.process.kill('SIGCONT');
  }

  rebuild(): void {
    this.child.send({ kind: 'rebuild' });
  }

  /** True when the views have reached the position within the time. */
  hasReached(position: bigint, timeout_ms: number): Promise<boolean> {
    return within(timeout_ms, () => this.reached >= position);
  }

  /** How the process said it ended; null when it did not end by itself within the time. */
  async ending(timeout_ms: number): Promise<RunnerEnd | null> {
    await within(timeout_ms, () => this.end !== null);
    return this.end;
  }

  async stop(): Promise<void> {
    this.child.send({ kind: 'stop' });
    await this.ending(5_000);
    await this.kill();
  }

  kill(): Promise<void> {
    return this.child.kill();
  }

  about(): string {
    return `at ${this.reached}, troubles: ${this.troubles.join('; ') || 'none'}; stderr: ${this.child.stderr() || 'empty'}`;
  }
}

async function within(timeout_ms: number, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
