import { type Child, startChild } from '../child.js';
import type { LoadAnswer, PrepareQuestion, RunQuestion } from '../load/load-process.js';
import type { Results } from '../report.js';

/** How much is done; `quick` is for a look, `full` for figures to compare. */
export interface Plan {
  readonly rounds: number;
  /** Longest load on one door. */
  readonly limit_ms: number;
  /** Bodies of 1,000 observations, and of one, that the load generator has ready. */
  readonly batches: number;
  readonly singles: number;
  /** Batches that the peers' projections get; Emmett gets one in fifty of it, an event a reading. */
  readonly projectedBatches: number;
  readonly queries: number;
  /** How long the steady load lasts. */
  readonly steady_ms: number;
  /** Batches of 1,000 in the long history. */
  readonly historyBatches: number;
  /** Starts on it, stretches of queries that are compared with a short history, and queries in each. */
  readonly historyRepeats: number;
  readonly historyQueries: number;
  /** Questions about its past, of each kind; a cold system is asked fewer, because it is only cold for the first ones. */
  readonly pastQueries: number;
  readonly coldPastQueries: number;
  /** How long the sixteen writers of one event each write. */
  readonly postgresWriters_ms: number;
  /** Batches of 1,000 into PostgreSQL, by each way; and in the log that is copied there and back. */
  readonly postgresBatches: number;
  readonly copiedBatches: number;
}

export const QUICK: Plan = {
  rounds: 1,
  limit_ms: 3_000,
  batches: 1_500,
  singles: 150_000,
  projectedBatches: 500,
  queries: 1_000,
  steady_ms: 5_000,
  historyBatches: 1_000,
  historyRepeats: 3,
  historyQueries: 1_000,
  pastQueries: 200,
  coldPastQueries: 100,
  postgresWriters_ms: 1_000,
  postgresBatches: 500,
  copiedBatches: 500,
};
export const FULL: Plan = {
  rounds: 5,
  limit_ms: 6_000,
  batches: 3_000,
  singles: 300_000,
  projectedBatches: 1_000,
  queries: 3_000,
  steady_ms: 20_000,
  historyBatches: 10_000,
  historyRepeats: 5,
  historyQueries: 2_000,
  pastQueries: 500,
  coldPastQueries: 200,
  postgresWriters_ms: 2_000,
  postgresBatches: 1_000,
  copiedBatches: 2_000,
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
  /** Too long for every round: it runs in the first one only, and repeats inside what it can. */
  readonly onceARun?: true;
  run(round: Round): Promise<void>;
}

/** Requests on how many connections, by kind of load, where a case does not say. */
export const CONNECTIONS = { batches: 8, singles: 64, queries: 1, stream: 8 } as const;

/** Batches on more connections than in the first row: tells whether the door waits for its senders. */
export const MANY_CONNECTIONS = 16;

/** What a load sends, and what is not as usual about it. */
export type LoadOptions = Pick<PrepareQuestion, 'kind' | 'path'> &
  Partial<Omit<PrepareQuestion, 'ask'>> &
  Partial<Pick<RunQuestion, 'connections' | 'limit_ms' | 'rate' | 'keepsAcknowledgements'>>;

/** Runs one load in a process of its own and answers what it saw. */
export async function loadFrom(
  port: number,
  round: Pick<Round, 'plan' | 'seed'>,
  load: LoadOptions,
): Promise<LoadAnswer> {
  const process = startChild('load/load-process.js');
  try {
    return await loadWith(process, port, round, load);
  } finally {
    await process.stop();
  }
}

/** The same in a load process that is there already, and stays. */
export async function loadWith(
  process: Child,
  port: number,
  { plan, seed }: Pick<Round, 'plan' | 'seed'>,
  { connections, limit_ms, rate, keepsAcknowledgements, ...load }: LoadOptions,
): Promise<LoadAnswer> {
  const { batches, singles, queries, historyBatches } = plan;
  const count = { batches, singles, queries, stream: historyBatches }[load.kind];
  const isBounded = load.kind === 'batches' || load.kind === 'singles';
  await process.ask({ ask: 'prepare', count, seed, ...load });
  const question: Omit<RunQuestion, 'ask'> = {
    port,
    connections: connections ?? CONNECTIONS[load.kind],
    limit_ms: limit_ms ?? (isBounded ? plan.limit_ms : Number.MAX_SAFE_INTEGER),
    rate,
    keepsAcknowledgements,
  };
  return process.ask<LoadAnswer>({ ask: 'run', ...question });
}

export const perSecond = (count: number, elapsed_ms: number): number => (count / elapsed_ms) * 1_000;
