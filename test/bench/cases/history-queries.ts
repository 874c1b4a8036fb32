import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Child, startChild } from '../child.js';
import type { LoadAnswer } from '../load/load-process.js';
import type { MetricName } from '../report.js';
import { type BenchSystem, KPI_PATH, restartTallystick } from './bench-system.js';
import { loadWith, type Round } from './plan.js';
import { filesOf, portOf } from './system-probes.js';

/** A system with a history. */
export interface History {
  readonly folder: string;
  /** Changes with each start. */
  system: BenchSystem;
  /** Log positions of the first batch and of the end. */
  readonly first: number;
  readonly head: number;
  /** The KPI's current value. */
  readonly value: number;
}

/** A step that has no factor in common with the number of questions, so that neighbours are not asked one after another. */
const QUESTION_STEP = 7_919;

const query = (child: Child, { system }: History, round: Round, paths: readonly string[], count: number) =>
  loadWith(child, portOf(system.tallystick.url), round, {
    kind: 'queries',
    path: KPI_PATH,
    paths,
    count,
    token: system.admin.token,
  });

/**
 * The KPI's progress over a long history, a short one over the same months, and a young one (as short, of half a day),
 * asked in turn in several stretches, all three systems running: what the machine does meanwhile meets them alike. The
 * first stretch of each is a warm-up.
 */
export async function compareHistories(
  histories: { readonly long: History; readonly short: History; readonly young: History },
  round: Round,
): Promise<void> {
  const { plan, results } = round;
  const child = startChild('load/load-process.js');
  try {
    const ask = (history: History): Promise<LoadAnswer> =>
      query(child, history, round, [KPI_PATH], plan.historyQueries);
    for (const history of Object.values(histories)) await ask(history);
    for (let stretch = 0; stretch < plan.historyRepeats; stretch += 1) {
      const short = await ask(histories.short);
      const long = await ask(histories.long);
      const young = await ask(histories.young);
      results.record('history-query-p50', 'tallystick', long.p50_ms);
      results.record('history-query-p99', 'tallystick', long.p99_ms);
      results.record('history-query-short-p50', 'tallystick', short.p50_ms);
      results.record('history-query-short-p99', 'tallystick', short.p99_ms);
      results.record('history-query-young-p99', 'tallystick', young.p99_ms);
      results.record('history-query-ratio', 'tallystick', long.p99_ms / short.p99_ms);
    }
  } finally {
    await child.stop();
  }
}

/**
 * The KPI as of moments spread over the whole log, by position and by time, every question another one. `cold`: after a
 * start for each kind with the files dropped from the page cache; `onStart` hears the systems it starts.
 */
export async function measurePast(
  long: History,
  round: Round,
  state: 'warm' | 'cold',
  onStart: (system: BenchSystem) => void = () => undefined,
): Promise<void> {
  const metrics = {
    warm: { position: 'as-of-position-p99', time: 'as-of-time-p99' },
    cold: { position: 'as-of-position-cold-p99', time: 'as-of-time-cold-p99' },
  } as const satisfies Record<string, Record<string, MetricName>>;
  const { pastQueries, coldPastQueries } = round.plan;
  const count = state === 'warm' ? pastQueries : coldPastQueries;
  const child = startChild('load/load-process.js');
  try {
    for (const kind of ['position', 'time'] as const) {
      if (state === 'cold' && !(await restartCold(long, onStart))) return;
      const paths = kind === 'position' ? pastPositions(long, count) : await pastTimes(long, count);
      if (state === 'warm') await query(child, long, round, [KPI_PATH], round.plan.historyQueries);
      const { p99_ms } = await query(child, long, round, paths, paths.length);
      round.results.record(metrics[state][kind], 'tallystick', p99_ms);
      if (state === 'cold') await long.system.tallystick.stop();
    }
  } finally {
    await child.stop();
  }
}

const asOf = (moment: string): string => `${KPI_PATH}?asOf=${encodeURIComponent(moment)}`;

function pastPositions({ first, head }: History, count: number): string[] {
  return spread(first, head, count).map((position) => asOf(String(position)));
}

async function pastTimes({ first, head, system }: History, count: number): Promise<string[]> {
  const recorded_ms = async (position: number): Promise<number> => {
    const answer = await system.admin.get<{ asOf: { recordedAt: string } }>(asOf(String(position)));
    return Date.parse(answer.asOf.recordedAt);
  };
  const [from_ms, until_ms] = [await recorded_ms(first), await recorded_ms(head)];
  return spread(from_ms, until_ms, count).map((time_ms) => asOf(new Date(time_ms).toISOString()));
}

/** Whole numbers at equal distances from `first` to `last`, in a scattered order. */
export function spread(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const share = ((index * QUESTION_STEP) % count) / Math.max(1, count - 1);
    return Math.round(first + share * (last - first));
  });
}

/** Starts the stopped system with none of its files in the page cache; false where they cannot be dropped (no GNU tools). */
async function restartCold(long: History, onStart: (system: BenchSystem) => void): Promise<boolean> {
  for (const file of filesOf(long.folder).map((one) => join(long.folder, one))) {
    const synced = spawnSync('sync', ['--data', file]);
    // Reads nothing and tells the kernel that the whole file is not needed any more: no right to drop others' pages.
    const dropped = spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
    if (synced.status !== 0 || dropped.status !== 0) return false;
  }
  const tallystick = await restartTallystick(long.folder);
  long.system = { ...long.system, tallystick, admin: long.system.admin.at(tallystick.url) };
  onStart(long.system);
  return true;
}
