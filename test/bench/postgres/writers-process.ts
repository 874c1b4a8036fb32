import { answerQuestions } from '../child.js';
import { type Observation, singleBodies } from '../workload.js';
import { emmettWriters } from './emmett-writers.js';
import { insertWriters } from './insert-writers.js';
import { tallystickWriters } from './tallystick-writers.js';
import { STREAMS, type WriterStore, type WriterStoreName } from './writer-store.js';

export interface WritersQuestion {
  readonly store: WriterStoreName;
  readonly url: string;
  readonly writers: number;
  readonly warmUp_ms: number;
  readonly duration_ms: number;
  readonly seed: number;
}

export interface WritersAnswer {
  readonly events: number;
  readonly elapsed_ms: number;
  readonly p99_ms: number;
  /** Of this process, user and system. */
  readonly cpu_ms: number;
}

const EVENTS_PREPARED = 20_000;

const openers: Readonly<Record<WriterStoreName, (url: string, writers: number) => Promise<WriterStore>>> = {
  tallystick: tallystickWriters,
  'emmett-postgres': emmettWriters,
  'postgres-insert': insertWriters,
};

/** Each writer appends one event, waits until it is durable, and appends the next. */
async function writeFor(
  store: WriterStore,
  observations: readonly Observation[],
  writers: number,
  duration_ms: number,
): Promise<WritersAnswer> {
  const latencies_ms: number[] = [];
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const begun_ms = performance.now();
  const write = async (): Promise<void> => {
    for (let now_ms = performance.now(); now_ms - begun_ms < duration_ms;) {
      const number = next++;
      await store.append(`bench-${number % STREAMS}`, observations[number % observations.length]!);
      const done_ms = performance.now();
      latencies_ms.push(done_ms - now_ms);
      now_ms = done_ms;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const elapsed_ms = performance.now() - begun_ms;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = Float64Array.from(latencies_ms).sort();
  const p99_ms = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  return { events: sorted.length, elapsed_ms, p99_ms, cpu_ms: (user + system) / 1_000 };
}

answerQuestions<WritersQuestion>(async ({ store: name, url, writers, warmUp_ms, duration_ms, seed }) => {
  const observations = singleBodies(EVENTS_PREPARED, seed).map((body) => JSON.parse(body) as Observation);
  const store = await openers[name](url, writers);
  try {
    await writeFor(store, observations, writers, warmUp_ms);
    return await writeFor(store, observations, writers, duration_ms);
  } finally {
    await store.close();
  }
});
