import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBenchSystem } from '../cases/bench-system.js';
import { type Case, loadFrom, perSecond, type Round } from '../cases/plan.js';
import { OBSERVATIONS_PATH, portOf, requireAllAccepted } from '../cases/system-probes.js';
import { startChild } from '../child.js';
import { syncsPerSecond } from '../sync-probe.js';
import { BATCH_SIZE } from '../workload.js';
import type { BatchesQuestion } from './batches-process.js';
import { withPostgres } from './bench-postgres.js';
import { WRITER_STORES, type WriterStoreName } from './writer-store.js';
import type { WritersAnswer, WritersQuestion } from './writers-process.js';

const WRITERS = 16;
const WARM_UP_ms = 300;
const PROBE_ms = 300;
const CLI = join('dist', 'apps', 'cli', 'src', 'main.js');
const COPY_TIMEOUT_ms = 120_000;

const NAMES: Readonly<Record<WriterStoreName, string>> = {
  tallystick: 'Tallystick',
  'emmett-postgres': 'Emmett',
  'postgres-insert': 'bare INSERT',
};

async function askChild<Answer>(script: string, question: object): Promise<Answer> {
  const child = startChild(join('postgres', script));
  try {
    return await child.ask<Answer>(question);
  } finally {
    await child.stop();
  }
}

/** Sixteen writers that each wait for their one event, and the same before a peer and the bare engine. */
const writersCase = (store: WriterStoreName): Case => ({
  name: `postgres, ${NAMES[store]}, ${WRITERS} writers`,
  run: ({ plan, seed, folder, results }) =>
    withPostgres(async ({ url }) => {
      if (store === 'tallystick') results.record('postgres-sync-probe', store, syncsPerSecond(folder, PROBE_ms));
      const times = { warmUp_ms: WARM_UP_ms, duration_ms: plan.postgresWriters_ms };
      const question: WritersQuestion = { store, url, writers: WRITERS, seed, ...times };
      const { events, elapsed_ms, p99_ms, cpu_ms } = await askChild<WritersAnswer>('writers-process.js', question);
      results.record('postgres-writers', store, perSecond(events, elapsed_ms));
      results.record('postgres-writers-p99', store, p99_ms);
      results.record('postgres-writers-cpu', store, (cpu_ms / events) * 1_000);
    }),
});

/** Batches of 1,000 into the PostgreSQL log: through the door of the whole system, and straight into another log beside it. */
const batchesCase: Case = {
  name: 'postgres, Tallystick, batches',
  run: (round) =>
    withPostgres(async ({ url }) => {
      await throughTheDoor(url, round);
      await straight(url, round);
    }),
};

async function straight(url: string, { plan, seed, results }: Round): Promise<void> {
  const batches = plan.postgresBatches;
  const question: BatchesQuestion = { log: { url, schema: 'straight' }, batches, writers: WRITERS, seed };
  const { elapsed_ms } = await askChild<{ elapsed_ms: number }>('batches-process.js', question);
  results.record('postgres-batches-straight', 'tallystick', perSecond(batches * BATCH_SIZE, elapsed_ms));
}

async function throughTheDoor(url: string, round: Round): Promise<void> {
  const system = await startBenchSystem(round.folder, { TALLYSTICK_LOG: url });
  try {
    const { sourceKey: token, tallystick } = system;
    const count = round.plan.postgresBatches;
    const load = { kind: 'batches', path: OBSERVATIONS_PATH, token, connections: WRITERS, count } as const;
    const result = await loadFrom(portOf(tallystick.url), round, load);
    requireAllAccepted(result);
    round.results.record('postgres-batches', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
    round.results.record('postgres-batches-p99', 'tallystick', result.p99_ms);
  } finally {
    await system.tallystick.stop();
  }
}

/** `tallystick log copy` from SQLite to PostgreSQL and back: the whole command, with the digests of both sides at its end. */
const copyCase: Case = {
  name: 'postgres, Tallystick, log copy',
  onceARun: true,
  run: (round) =>
    withPostgres(async ({ url }) => {
      const { plan, seed, folder, results } = round;
      const file = join(folder, 'log.db');
      const question: BatchesQuestion = { log: { file }, batches: plan.copiedBatches, writers: WRITERS, seed };
      await askChild('batches-process.js', question);
      const observations = plan.copiedBatches * BATCH_SIZE;
      const there_ms = await copyLog(`sqlite:${file}`, url, observations);
      results.record('copy-to-postgres', 'tallystick', perSecond(observations, there_ms));
      const back_ms = await copyLog(url, `sqlite:${join(folder, 'back.db')}`, observations);
      results.record('copy-from-postgres', 'tallystick', perSecond(observations, back_ms));
    }),
};

/** @throws unless both sides end equal and everything was moved */
async function copyLog(from: string, to: string, observations: number): Promise<number> {
  const args = [CLI, 'log', 'copy', '--from', from, '--to', to, '--json', '--quiet'];
  const begun_ms = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: COPY_TIMEOUT_ms });
  const took_ms = performance.now() - begun_ms;
  const { isEqual, moved } = JSON.parse(stdout) as { isEqual: boolean; moved: { observations: number } };
  if (!isEqual || moved.observations !== observations) throw new Error(`the copy moved ${stdout}`);
  return took_ms;
}

export const postgresCases: readonly Case[] = [...WRITER_STORES.map(writersCase), batchesCase, copyCase];
