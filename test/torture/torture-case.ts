import type { Report } from './report.js';

/** What one run of a case is given. All random choices come from `seed`; what the machine's timing adds is not replayed. */
export interface TortureRun {
  readonly seed: number;
  /** How much to do, in the unit that the case's summary names. */
  readonly count: number;
  readonly report: Report;
  /** An empty folder for files of this run; the frame removes it. */
  readonly folder: string;
}

/** A way to try to break a promise of the system. */
export interface TortureCase {
  /** What to type: lower case, words joined by `-`. */
  readonly name: string;
  /** One sentence: what is done to the system, what must hold, and what `count` counts. */
  readonly summary: string;
  /** The slice that CI runs. */
  readonly defaultCount: number;
  readonly fullCount: number;
  /** Longest time that a run of so many may take; then the frame ends it and calls it a violation. */
  timeLimit_ms(count: number): number;
  /**
   * Does it and reports. A broken promise goes into the report and the run goes on as long as it makes sense; an error that is
   * thrown means that the case itself could not be carried out, which is a failure, too. Leaves no process.
   */
  run(run: TortureRun): Promise<void>;
}
