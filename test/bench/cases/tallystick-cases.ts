import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchSystem, KPI_PATH, restartTallystick, startBenchSystem } from './bench-system.js';
import { type Case, loadFrom, MANY_CONNECTIONS, perSecond, type Round } from './plan.js';
import {
  CATCH_UP_TIMEOUT_MS,
  headOf,
  OBSERVATIONS_PATH,
  portOf,
  recordSizes,
  requireAllAccepted,
  waitUntilProjected,
} from './system-probes.js';

const POLL_MS = 5;

const pause = (delay_ms: number): Promise<void> => new Promise((done) => setTimeout(done, delay_ms));

interface ViewsAnswer {
  readonly generation: number;
  readonly position: string;
  readonly rebuild: { readonly position: string } | null;
}

/** Batches: accepted, then size, start, catching up from nothing, rebuild and query on the same history. */
export const tallystickBatches: Case = {
  name: 'Tallystick, batches',
  async run(round) {
    const { folder, results } = round;
    const system = await startBenchSystem(folder);
    const observations = await acceptBatches(system, round);
    const loadedAt = performance.now();
    await waitUntilProjected(system, observations.position);
    results.record('lag-after-load', 'tallystick', performance.now() - loadedAt);
    await system.tallystick.stop();
    const count = observations.accepted;
    recordSizes(results, folder, count, { log: 'log-size', views: 'views-size' });

    await measureStart(folder, round);
    await measureCatchingUp(system, folder, observations.position, count, round);
  },
};

async function acceptBatches(system: BenchSystem, round: Round): Promise<{ accepted: number; position: string }> {
  const load = { kind: 'batches', path: OBSERVATIONS_PATH, token: system.sourceKey } as const;
  const result = await loadFrom(portOf(system.tallystick.url), round, load);
  requireAllAccepted(result);
  round.results.record('accepted-batches', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
  round.results.record('accepted-batches-p99', 'tallystick', result.p99_ms);
  return { accepted: result.accepted, position: await headOf(system) };
}

async function measureStart(folder: string, { results }: Round): Promise<void> {
  const again = await restartTallystick(folder);
  results.record('start-time', 'tallystick', again.startTime_ms);
  await again.stop();
}

/** Deletes the views, so that the projector has the whole history before it while nothing else is to be done. */
async function measureCatchingUp(
  system: BenchSystem,
  folder: string,
  position: string,
  count: number,
  round: Round,
): Promise<void> {
  rmSync(join(folder, 'views'), { recursive: true, force: true });
  const startedAt = performance.now();
  const again = await restartTallystick(folder);
  const revived = { ...system, tallystick: again, admin: system.admin.at(again.url) };
  try {
    // The projector begins while the rest of the system still starts, so the clock runs from the start of the process;
    // the time a start takes anyway, with nothing to project, is left out.
    const startWithViews_ms = round.results.spread('start-time', 'tallystick')?.median ?? 0;
    await waitUntilProjected(revived, position);
    const took_ms = performance.now() - startedAt - startWithViews_ms;
    round.results.record('projected', 'tallystick', perSecond(count, took_ms));
    await measureRebuild(revived, count, round);
    await measureQueries(revived, round);
  } finally {
    await again.stop();
  }
}

async function measureRebuild({ admin }: BenchSystem, count: number, { results }: Round): Promise<void> {
  const { generation: before } = await admin.get<ViewsAnswer>('/v1/views');
  const startedAt = performance.now();
  await admin.post('/v1/views/rebuild', {});
  for (;;) {
    const { generation } = await admin.get<ViewsAnswer>('/v1/views');
    if (generation > before) break;
    if (performance.now() - startedAt > CATCH_UP_TIMEOUT_MS) throw new Error('the rebuild does not end');
    await pause(POLL_MS);
  }
  results.record('rebuilt', 'tallystick', perSecond(count, performance.now() - startedAt));
}

async function measureQueries(system: BenchSystem, round: Round): Promise<void> {
  const load = { kind: 'queries', path: KPI_PATH, token: system.admin.token } as const;
  const { p50_ms, p99_ms } = await loadFrom(portOf(system.tallystick.url), round, load);
  round.results.record('kpi-query-p50', 'tallystick', p50_ms);
  round.results.record('kpi-query-p99', 'tallystick', p99_ms);
}

/** Batches on twice as many connections; only what was accepted. */
export const tallystickManyBatches: Case = {
  name: `Tallystick, batches, ${MANY_CONNECTIONS} connections`,
  async run(round) {
    const system = await startBenchSystem(round.folder);
    try {
      const { sourceKey: token, tallystick } = system;
      const load = { kind: 'batches', path: OBSERVATIONS_PATH, token, connections: MANY_CONNECTIONS } as const;
      const result = await loadFrom(portOf(tallystick.url), round, load);
      requireAllAccepted(result);
      round.results.record('accepted-batches-16', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
      round.results.record('accepted-batches-16-p99', 'tallystick', result.p99_ms);
    } finally {
      await system.tallystick.stop();
    }
  },
};

/** Single observations, one a request. */
export const tallystickSingles: Case = {
  name: 'Tallystick, singles',
  async run(round) {
    const system = await startBenchSystem(round.folder);
    try {
      const load = { kind: 'singles', path: OBSERVATIONS_PATH, token: system.sourceKey } as const;
      const result = await loadFrom(portOf(system.tallystick.url), round, load);
      if (result.accepted !== result.requests) throw new Error('not every single observation was accepted');
      round.results.record('accepted-singles', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
      round.results.record('accepted-singles-p50', 'tallystick', result.p50_ms);
      round.results.record('accepted-singles-p99', 'tallystick', result.p99_ms);
    } finally {
      await system.tallystick.stop();
    }
  },
};
