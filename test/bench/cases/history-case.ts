import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { endOf_ms, QUARTER_HOURS, type StreamTimes, STEPS_PER_BATCH } from '../load/batch-stream.js';
import { BATCH_SIZE, GATEWAYS } from '../workload.js';
import { type BenchSystem, KPI_PATH, restartTallystick, startBenchSystem } from './bench-system.js';
import { compareHistories, type History, measurePast } from './history-queries.js';
import { type Case, loadFrom, type Round } from './plan.js';
import {
  headOf,
  memoryOf,
  OBSERVATIONS_PATH,
  portOf,
  recordSizes,
  requireAllAccepted,
  waitUntilProjected,
} from './system-probes.js';

/** 10,000 observations. */
const SHORT_BATCHES = 10;
const READY_POLL_MS = 2;

/**
 * A long history (10,000,000 observations), made through the door: what it takes on the disk, how long a start takes with
 * it, and what it costs the queries, beside systems with 10,000 observations.
 */
export const tallystickHistory: Case = {
  name: 'Tallystick, history',
  onceARun: true,
  async run(round) {
    const { plan, results } = round;
    const running: BenchSystem[] = [];
    try {
      const long = await grow(round, 'long', plan.historyBatches, QUARTER_HOURS, running);
      recordMemory(long, round);
      await long.system.tallystick.stop();
      const observations = plan.historyBatches * BATCH_SIZE;
      results.record('history-size', 'tallystick', observations);
      recordSizes(results, long.folder, observations, { log: 'history-log-size', views: 'history-views-size' });
      await measureStarts(long, round, running);
      const short = await grow(round, 'short', SHORT_BATCHES, spreadOver(plan.historyBatches), running);
      const young = await grow(round, 'young', SHORT_BATCHES, QUARTER_HOURS, running);
      await compareHistories({ long, short, young }, round);
      await measurePast(long, round, 'warm');
      recordMemory(long, round);
      await long.system.tallystick.stop();
      await measurePast(long, round, 'cold', (system) => running.push(system));
    } finally {
      for (const { tallystick } of running) await tallystick.stop();
    }
  },
};

/**
 * The times of a short history that covers the same months as the long one, for the first gateway, whose series the KPI
 * measures: then the KPI has the same periods in both, and only the number of observations differs.
 */
function spreadOver(longBatches: number): StreamTimes {
  const { startsAt_ms } = QUARTER_HOURS;
  const steps = Math.ceil(SHORT_BATCHES / GATEWAYS) * STEPS_PER_BATCH;
  const span_s = (endOf_ms(QUARTER_HOURS, longBatches) - startsAt_ms) / 1_000;
  return { startsAt_ms, interval_ms: Math.floor(span_s / steps) * 1_000 };
}

async function grow(
  round: Round,
  name: string,
  batches: number,
  times: StreamTimes,
  running: BenchSystem[],
): Promise<History> {
  const folder = join(round.folder, name);
  mkdirSync(folder);
  const system = await startBenchSystem(folder);
  running.push(system);
  const before = await headOf(system, 'bench-before');
  const result = await loadFrom(portOf(system.tallystick.url), round, {
    kind: 'stream',
    path: OBSERVATIONS_PATH,
    token: system.sourceKey,
    count: batches,
    times,
  });
  requireAllAccepted(result);
  const head = await headOf(system, 'bench-after');
  await waitUntilProjected(system, head);
  const { current } = await system.admin.get<{ current: { value: number | null } }>(KPI_PATH);
  if (current.value === null) throw new Error(`the KPI does not see the ${name} history`);
  const history = { folder, system, first: Number(before) + 1, head: Number(head), value: current.value };
  return history;
}

/**
 * Several starts with the files in the page cache, each until /health/ready says so and a KPI query is answered, with the
 * figure that it had before the stop. The last one stays.
 */
async function measureStarts(long: History, { plan, results }: Round, running: BenchSystem[]): Promise<void> {
  for (let start = 1; start <= plan.historyRepeats; start += 1) {
    const startedAt = performance.now();
    const tallystick = await restartTallystick(long.folder);
    long.system = { ...long.system, tallystick, admin: long.system.admin.at(tallystick.url) };
    running.push(long.system);
    while ((await fetch(`${tallystick.url}/health/ready`)).status !== 200) {
      await new Promise((done) => setTimeout(done, READY_POLL_MS));
    }
    const { current } = await long.system.admin.get<{ current: { value: number | null } }>(KPI_PATH);
    results.record('history-start-time', 'tallystick', performance.now() - startedAt);
    if (current.value !== long.value) throw new Error(`after a start the KPI is ${current.value}, not ${long.value}`);
    if (start < plan.historyRepeats) await tallystick.stop();
  }
}

/** The most that a process with this history ever held. */
function recordMemory({ system }: History, { results }: Round): void {
  results.record('history-memory', 'tallystick', memoryOf(system.tallystick.pid).most_MiB);
}
