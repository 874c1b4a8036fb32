import type { CityTick } from '../city/city-stream.js';
import { TICK_MS } from '../city/city-model.js';
import type { Carrier } from './source-queue.js';
import { idempotencyKeyOf, observationsJson } from './observation-json.js';

/** What the live part needs from the world, so that its spec needs no clock. */
export interface Tempo {
  now(): number;
  /** Resolves after the delay, or at once when the run is stopped. */
  pause(delay_ms: number): Promise<void>;
}

/**
 * Plays ticks as they happen: `speed` times faster than time while they lie in the past, in real time once they have
 * caught up with the clock. Ends when the signal is aborted.
 *
 * @returns the last tick that was sent, in milliseconds
 */
export async function playLive(options: {
  readonly first: CityTick;
  readonly stream: Iterator<CityTick>;
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly speed: number;
  readonly runId: string;
  readonly tempo: Tempo;
  readonly signal: AbortSignal;
  readonly onTick: (tick: CityTick, sent: number) => void;
}): Promise<number> {
  const { stream, carriers, speed, runId, tempo, signal, onTick } = options;
  let tick = options.first;
  for (;;) {
    await tempo.pause(Math.max(tick.at_ms - tempo.now(), TICK_MS / speed));
    if (signal.aborted) return tick.at_ms - TICK_MS;
    onTick(tick, await sendTick(tick, carriers, runId));
    const following = stream.next();
    if (following.done) return tick.at_ms;
    tick = following.value;
  }
}

async function sendTick(tick: CityTick, carriers: ReadonlyMap<string, Carrier>, runId: string): Promise<number> {
  const verdicts = await Promise.all(
    [...tick.readings].map(([source, readings]) => {
      const body = observationsJson(readings);
      return carriers.get(source)?.sendObservations(body, { idempotencyKey: idempotencyKeyOf(runId, body) });
    }),
  );
  return verdicts.reduce((sum, verdict) => sum + (verdict?.sent ?? 0), 0);
}

/** The real clock; a pause ends early when the run is stopped. */
export function realTempo(signal: AbortSignal): Tempo {
  return {
    now: Date.now,
    pause: (delay_ms) =>
      new Promise((done) => {
        if (signal.aborted) return done();
        const finish = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', finish);
          done();
        };
        const timer = setTimeout(finish, delay_ms);
        signal.addEventListener('abort', finish);
      }),
  };
}
