import { describe, expect, it } from '@jest/globals';
import { DAY_MS, TICK_MS } from '../src/city/city-model.js';
import { CITY } from '../src/city/city.js';
import { type CityTick, cityStream } from '../src/city/city-stream.js';
import { playHistory } from '../src/stream/play-history.js';
import { playLive } from '../src/stream/play-live.js';
import type { Carrier } from '../src/stream/source-queue.js';

const START_MS = Date.UTC(2025, 0, 1);
const SOURCES = CITY.map(({ source }) => source.sourceId);

/** Doors that note what they were given and accept everything. */
function notingDoors(): { carriers: Map<string, Carrier>; bodies: string[]; keys: string[]; atOnce: () => number } {
  const bodies: string[] = [];
  const keys: string[] = [];
  let position = 0;
  let most = 0;
  const carrierOf = (): Carrier => {
    let underWay = 0;
    return {
      sendObservations: async (body, { idempotencyKey }) => {
        most = Math.max(most, (underWay += 1));
        await Promise.resolve();
        underWay -= 1;
        bodies.push(body);
        keys.push(idempotencyKey);
        const sent = (JSON.parse(body) as unknown[]).length;
        return { sent, accepted: sent, duplicate: 0, quarantined: 0, position: String((position += 1)) };
      },
    };
  };
  return { carriers: new Map(SOURCES.map((source) => [source, carrierOf()])), bodies, keys, atOnce: () => most };
}

describe('playing the history', () => {
  const play = (
    doors: ReturnType<typeof notingDoors>,
    days: number,
    skip_days = 0,
    signal = new AbortController().signal,
  ) =>
    playHistory({
      stream: cityStream(CITY, 7, START_MS),
      until_ms: START_MS + days * DAY_MS,
      skipUntil_ms: START_MS + skip_days * DAY_MS,
      carriers: doors.carriers,
      runId: 'run',
      signal,
      onProgress: () => undefined,
    });

  it('sends everything before the end, in requests of at most 5,000, one at a time for a source', async () => {
    const doors = notingDoors();
    const { tally, next } = await play(doors, 12);
    const sizes = doors.bodies.map((body) => (JSON.parse(body) as unknown[]).length);
    expect(tally.sent).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(tally.accepted).toBe(tally.sent);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5_000);
    expect(doors.bodies.length).toBeGreaterThan(SOURCES.length);
    expect(doors.atOnce()).toBe(1);
    expect(next?.at_ms).toBe(START_MS + 12 * DAY_MS);
    expect(tally.position).toBe(String(doors.bodies.length));
  });

  it('never sends a reading and its correction in one request', async () => {
    const doors = notingDoors();
    await play(doors, 60);
    const bodies = doors.bodies.map((body) => JSON.parse(body) as { series: string; observedAt: number }[]);
    const identities = bodies.map((body) => body.map(({ series, observedAt }) => `${series} ${observedAt}`));
    for (const body of identities) expect(new Set(body).size).toBe(body.length);
    const all = identities.flat();
    expect(new Set(all).size).toBeLessThan(all.length);
  });

  it('gives every request a key of its own that a repetition has again', async () => {
    const [first, second] = [notingDoors(), notingDoors()];
    await play(first, 4);
    await play(second, 4);
    expect(new Set(first.keys).size).toBe(first.keys.length);
    expect([...second.keys].sort()).toEqual([...first.keys].sort());
  });

  it('passes over what an earlier run has sent', async () => {
    const [whole, rest, start] = [notingDoors(), notingDoors(), notingDoors()];
    const sent = await Promise.all([play(whole, 4), play(rest, 4, 3), play(start, 3)]);
    const [all, after, before] = sent.map(({ tally }) => tally.sent);
    expect(after).toBe((all ?? 0) - (before ?? 0));
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    const { tally, next } = await play(notingDoors(), 4, 0, stop.signal);
    expect([tally.sent, next]).toEqual([0, undefined]);
  });

  it('ends with the error of a door that does not recover', async () => {
    const broken: Carrier = { sendObservations: () => Promise.reject(new Error('gone')) };
    const doors = { ...notingDoors(), carriers: new Map(SOURCES.map((source) => [source, broken])) };
    await expect(play(doors, 4)).rejects.toThrow('gone');
  });
});

describe('playing live', () => {
  it('goes fast while it is behind the clock and with the clock afterwards', async () => {
    const stream = cityStream(CITY, 7, START_MS);
    const first = stream.next().value as CityTick;
    const stop = new AbortController();
    const pauses: number[] = [];
    let now = START_MS + 3 * TICK_MS;
    const last = await playLive({
      first,
      stream,
      carriers: notingDoors().carriers,
      speed: 900,
      runId: 'run',
      tempo: {
        now: () => now,
        pause: async (delay_ms) => {
          pauses.push(delay_ms);
          now += delay_ms;
          if (pauses.length === 7) stop.abort();
        },
      },
      signal: stop.signal,
      onTick: () => undefined,
    });
    expect(pauses.slice(0, 4)).toEqual([1_000, 1_000, 1_000, 1_000]);
    expect(pauses.at(-1)).toBeGreaterThan(TICK_MS - 10_000);
    expect(last).toBe(START_MS + 5 * TICK_MS);
  });
});
