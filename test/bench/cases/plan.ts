import { startChild } from '../child.js';
import type { PrepareQuestion } from '../load/load-process.js';
import type { LoadResult } from '../load/run-load.js';
import type { Results } from '../report.js';

/** How much is done; `quick` is for a look, `full` for figures to compare. */
export interface Plan {
  readonly rounds: number;
  /** Longest load on one door. */
  readonly limit_ms: number;
  /** Bodies of 1,000 observations, and of one, that the load generator has ready. */
  readonly batches: number;
  readonly singles: number;
  /** Batches that the peers' projections get; Emmett gets one in a hundred of it, an event a reading. */
  readonly projectedBatches: number;
  readonly queries: number;
}

export const QUICK: Plan = {
  rounds: 1,
  limit_ms: 3_000,
  batches: 1_500,
  singles: 150_000,
  projectedBatches: 500,
  queries: 1_000,
};
export const FULL: Plan = {
  rounds: 5,
  limit_ms: 6_000,
  batches: 3_000,
  singles: 300_000,
  projectedBatches: 1_000,
  queries: 3_000,
};

/** What every case is given. */
export interface Round {
  readonly plan: Plan;
  readonly seed: number;
  /** An empty folder of this case's own. */
  readonly folder: string;
  readonly results: Results;
}

export interface Case {
  readonly name: string;
  run(round: Round): Promise<void>;
}

/** Requests on how many connections, by kind of load. */
export const CONNECTIONS = { batches: 8, singles: 64, queries: 1 } as const;

/** Runs one load in a process of its own and answers what it saw. */
export async function loadFrom(
  port: number,
  { plan, seed }: Round,
  load: Pick<PrepareQuestion, 'kind' | 'path' | 'token'>,
): Promise<LoadResult> {
  const process = startChild('load/load-process.js');
  try {
    const count = { batches: plan.batches, singles: plan.singles, queries: plan.queries }[load.kind];
    await process.ask({ ask: 'prepare', ...load, count, seed });
    return await process.ask<LoadResult>({
      ask: 'run',
      port,
      connections: CONNECTIONS[load.kind],
      limit_ms: load.kind === 'queries' ? Number.MAX_SAFE_INTEGER : plan.limit_ms,
    });
  } finally {
    await process.stop();
  }
}

export const perSecond = (count: number, elapsed_ms: number): number => (count / elapsed_ms) * 1_000;
