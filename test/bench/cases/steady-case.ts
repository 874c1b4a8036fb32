import { startChild } from '../child.js';
import { lagsOf, quantileOf } from '../load/lag.js';
import type { LoadAnswer } from '../load/load-process.js';
import type { ViewsSeen } from '../load/watch-process.js';
import { type BenchSystem, startBenchSystem } from './bench-system.js';
import { type Case, loadFrom, perSecond, type Round } from './plan.js';
import { QUARTER_HOURS } from '../load/batch-stream.js';
import { headOf, OBSERVATIONS_PATH, portOf, requireAllAccepted, waitUntilProjected } from './system-probes.js';

/** 300,000 observations a second. */
const BATCHES_PER_SECOND = 300;
/** So many that the senders wait for the clock and not for each other. */
const CONNECTIONS = 32;
/** How often the views are looked at: finer would be load of its own on the door. */
const WATCH_INTERVAL_MS = 10;

/** Intake at a steady rate from one process, while another sees when the views have what was acknowledged. */
export const tallystickSteady: Case = {
  name: 'Tallystick, steady load',
  onceARun: true,
  async run(round) {
    const system = await startBenchSystem(round.folder);
    try {
      const { result, seen } = await watchedLoad(system, round);
      requireAllAccepted(result);
      const lags_ms = lagsOf(result.acknowledgements, seen);
      const { results } = round;
      results.record('steady-accepted', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
      results.record('steady-accepted-p99', 'tallystick', result.p99_ms);
      results.record('steady-lag-p50', 'tallystick', quantileOf(lags_ms, 0.5));
      results.record('steady-lag-p99', 'tallystick', quantileOf(lags_ms, 0.99));
      results.record('steady-lag-max', 'tallystick', quantileOf(lags_ms, 1));
    } finally {
      await system.tallystick.stop();
    }
  },
};

async function watchedLoad(
  system: BenchSystem,
  round: Round,
): Promise<{ readonly result: LoadAnswer; readonly seen: readonly ViewsSeen[] }> {
  const port = portOf(system.tallystick.url);
  const watcher = startChild('load/watch-process.js');
  try {
    await watcher.ask({ ask: 'watch', port, token: system.admin.token, interval_ms: WATCH_INTERVAL_MS });
    const result = await loadFrom(port, round, {
      kind: 'stream',
      times: QUARTER_HOURS,
      path: OBSERVATIONS_PATH,
      token: system.sourceKey,
      count: (round.plan.steady_ms / 1_000) * BATCHES_PER_SECOND,
      rate: BATCHES_PER_SECOND,
      limit_ms: round.plan.steady_ms,
      connections: CONNECTIONS,
      keepsAcknowledgements: true,
    });
    await waitUntilProjected(system, await headOf(system));
    // The watcher looks once more after the views have everything, so that he has seen the last batch too.
    await new Promise((done) => setTimeout(done, WATCH_INTERVAL_MS * 10));
    return { result, seen: await watcher.ask<ViewsSeen[]>({ ask: 'seen' }) };
  } finally {
    await watcher.stop();
  }
}
