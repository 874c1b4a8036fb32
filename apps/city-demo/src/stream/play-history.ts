import type { CityTick } from '../city/city-stream.js';
import { type Carrier, emptyTally, SourceQueue, type Tally } from './source-queue.js';

/**
 * Sends every tick before `until_ms` as fast as the doors take them, and answers what became of the readings. The stream
 * is left at `until_ms`, for the live part to go on from.
 *
 * @param skipUntil_ms ticks before it were sent by an earlier run and are passed over
 */
export async function playHistory(options: {
  readonly stream: Iterator<CityTick>;
  readonly until_ms: number;
  readonly skipUntil_ms?: number;
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly onProgress: (tally: Tally) => void;
}): Promise<{ readonly tally: Tally; readonly next: CityTick | undefined }> {
  const { stream, until_ms, skipUntil_ms = 0, carriers, runId, signal, onProgress } = options;
  const tally = emptyTally();
  const queues = new Map([...carriers].map(([source, carrier]) => [source, new SourceQueue(carrier, tally, runId)]));
  let next: CityTick | undefined;
  for (let tick = stream.next(); !tick.done && !signal.aborted; tick = stream.next()) {
    if (tick.value.at_ms >= until_ms) {
      next = tick.value;
      break;
    }
    if (tick.value.at_ms < skipUntil_ms) continue;
    for (const [source, readings] of tick.value.readings) await queues.get(source)?.add(readings);
    onProgress(tally);
  }
  await Promise.all([...queues.values()].map((queue) => queue.settled()));
  onProgress(tally);
  return { tally, next };
}
