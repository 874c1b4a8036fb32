import { statfsSync } from 'node:fs';
import { type BenchSystem, startBenchSystem } from '../cases/bench-system.js';
import { loadFrom, perSecond, type Round } from '../cases/plan.js';
import {
  headOf,
  memoryOf,
  OBSERVATIONS_PATH,
  portOf,
  requireAllAccepted,
  waitUntilProjected,
} from '../cases/system-probes.js';
import { figure } from '../report.js';
import { BATCH_SIZE } from '../workload.js';
import { memoryCourse, type MemorySample } from './memory-course.js';
import { soakPlan } from './soak-plan.js';

const SAMPLE_INTERVAL_MS = 1_000;
const PROGRESS_EVERY_SAMPLES = 30;
const MEMORY_MAX_MIB = 512;
const GIB = 2 ** 30;

/**
 * Full batch load for a long time, and what the system's process held meanwhile (all its threads, once a second).
 * @returns what was missed: more than 512 MiB, or not flat
 */
export async function soak(round: Round, duration_ms: number, say: (text: string) => void): Promise<string[]> {
  const { bavail, bsize } = statfsSync(round.folder);
  const plan = soakPlan(duration_ms, bavail * bsize);
  say(
    `soak: ${duration_ms / 60_000} min, 8 connections, ` +
      (plan.rate === undefined
        ? 'as fast as it goes'
        : `NOT full load but ${plan.rate * BATCH_SIZE} observations/s, because ${figure((bavail * bsize) / GIB)} GiB of disk are free`),
  );
  const system = await startBenchSystem(round.folder);
  const samples: MemorySample[] = [];
  const sampling = sampleMemory(system, samples, say);
  try {
    const result = await loadFrom(portOf(system.tallystick.url), round, {
      kind: 'stream',
      path: OBSERVATIONS_PATH,
      token: system.sourceKey,
      count: plan.batches_max,
      times: plan.times,
      rate: plan.rate,
      limit_ms: duration_ms,
    });
    clearInterval(sampling);
    requireAllAccepted(result);
    round.results.record('soak-accepted', 'tallystick', perSecond(result.accepted, result.elapsed_ms));
    const loadedAt = performance.now();
    await waitUntilProjected(system, await headOf(system));
    round.results.record('lag-after-load', 'tallystick', performance.now() - loadedAt);
    const most_MiB = memoryOf(system.tallystick.pid).most_MiB;
    return judge(samples, most_MiB, round);
  } finally {
    clearInterval(sampling);
    await system.tallystick.stop();
  }
}

function sampleMemory(
  { tallystick }: BenchSystem,
  samples: MemorySample[],
  say: (text: string) => void,
): NodeJS.Timeout {
  const startedAt = performance.now();
  return setInterval(() => {
    // Gone when the system broke: the load fails then and tells why.
    if (tallystick.process.exitCode !== null || tallystick.process.signalCode !== null) return;
    const { now_MiB, most_MiB } = memoryOf(tallystick.pid);
    samples.push({ at_ms: performance.now() - startedAt, memory_MiB: now_MiB });
    if (samples.length % PROGRESS_EVERY_SAMPLES === 0) {
      say(`soak: after ${samples.length} s ${Math.round(now_MiB)} MiB, at most ${Math.round(most_MiB)} MiB`);
    }
  }, SAMPLE_INTERVAL_MS);
}

function judge(samples: readonly MemorySample[], most_MiB: number, { results }: Round): string[] {
  const { firstThird_MiB, lastThird_MiB, slope_MiB_per_min, isFlat } = memoryCourse(samples);
  results.record('soak-memory-most', 'tallystick', most_MiB);
  results.record('soak-memory-first', 'tallystick', firstThird_MiB);
  results.record('soak-memory-last', 'tallystick', lastThird_MiB);
  results.record('soak-memory-slope', 'tallystick', slope_MiB_per_min);
  return [
    ...(most_MiB > MEMORY_MAX_MIB ? [`soak: ${Math.round(most_MiB)} MiB are more than ${MEMORY_MAX_MIB}`] : []),
    ...(isFlat ? [] : [`soak: not flat: ${Math.round(firstThird_MiB)} MiB, later ${Math.round(lastThird_MiB)} MiB`]),
  ];
}
