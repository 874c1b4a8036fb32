import type { Logger } from '../logging/logger.js';

/** `timed-out`: given up while it still ran; `skipped`: not begun, because the deadline had passed. */
export type StepOutcome = 'done' | 'failed' | 'timed-out' | 'skipped';

/** How a stop went. */
export interface ShutdownReport {
  readonly reason: string;
  /** Every step was done. */
  readonly clean: boolean;
  readonly steps: readonly { readonly name: string; readonly outcome: StepOutcome; readonly duration_ms: number }[];
}

const TIMER_RESOLUTION_ms = 1;

interface Step {
  readonly name: string;
  readonly atMost_ms: number;
  readonly run: () => void | Promise<void>;
}

/**
 * Stops a process in order: the steps run one after the other as they were added (doors first, then what they lead to), and
 * only once, however often a stop is asked for. A step that fails does not keep the next ones from running. All together
 * have `deadline_ms`; a step that could hang is given less (`atMost_ms`), so that the later ones get their turn.
 */
export class ShutdownSequence {
  private readonly steps: Step[] = [];
  private running: Promise<ShutdownReport> | null = null;

  constructor(private readonly options: { readonly deadline_ms: number; readonly logger: Logger }) {}

  /** Adds the next step. Throws once the sequence runs: the step would be forgotten. */
  add(name: string, run: () => void | Promise<void>, { atMost_ms = Number.POSITIVE_INFINITY } = {}): this {
    if (this.running) throw new Error(`the process is stopping already; "${name}" comes too late`);
    this.steps.push({ name, run, atMost_ms });
    return this;
  }

  /** Runs the steps; every further call gets the report of the first. Never rejects. */
  run(reason: string): Promise<ShutdownReport> {
    this.running ??= this.runSteps(reason);
    return this.running;
  }

  private async runSteps(reason: string): Promise<ShutdownReport> {
    const { logger, deadline_ms } = this.options;
    logger.info({ reason, steps: this.steps.length, deadline_ms }, 'stopping');
    const end_ms = performance.now() + deadline_ms;
    const steps: ShutdownReport['steps'][number][] = [];
    for (const step of this.steps) {
      const began_ms = performance.now();
      const outcome = await this.runStep(step, Math.min(step.atMost_ms, end_ms - began_ms));
      const duration_ms = Math.round(performance.now() - began_ms);
      steps.push({ name: step.name, outcome, duration_ms });
      if (outcome === 'done') logger.info({ step: step.name, duration_ms }, 'stopped');
    }
    const clean = steps.every((step) => step.outcome === 'done');
    logger[clean ? 'info' : 'warn'](
      { reason, clean },
      clean ? 'stopped cleanly' : 'stopped, but not everything was done',
    );
    return { reason, clean, steps };
  }

  private async runStep({ name, run }: Step, atMost_ms: number): Promise<StepOutcome> {
    const { logger } = this.options;
    // Timers tick in milliseconds and may fire a fraction early.
    if (atMost_ms < TIMER_RESOLUTION_ms) {
      logger.warn({ step: name }, 'not stopped: the deadline has passed');
      return 'skipped';
    }
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<'timed-out'>((resolve) => {
      if (Number.isFinite(atMost_ms)) timer = setTimeout(() => resolve('timed-out'), Math.ceil(atMost_ms));
    });
    try {
      const outcome = await Promise.race([Promise.resolve().then(run), timedOut]);
      if (outcome !== 'timed-out') return 'done';
      logger.warn({ step: name, atMost_ms: Math.round(atMost_ms) }, 'given up: it took too long');
      return 'timed-out';
    } catch (error) {
      logger.error({ step: name, err: error }, 'failed to stop');
      return 'failed';
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What is needed of `process`; a test gives its own. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Runs the sequence on SIGTERM or SIGINT and then ends the process: with 0 after a clean stop, else with 1. A second signal
 * ends it at once with 1: somebody does not want to wait.
 */
export function stopOnSignals(
  sequence: ShutdownSequence,
  {
    source = process,
    exit = (code) => process.exit(code),
  }: { source?: SignalSource; exit?: (code: number) => void } = {},
): void {
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked) return exit(1);
    asked = true;
    void sequence.run(signal).then((report) => exit(report.clean ? 0 : 1));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) source.on(signal, () => stop(signal));
}
