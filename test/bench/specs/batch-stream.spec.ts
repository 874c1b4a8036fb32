import { describe, expect, it } from '@jest/globals';
import { batchStream, endOf_ms } from '../load/batch-stream.js';
import { batchBodies, type Observation } from '../workload.js';

const TIMES = { startsAt_ms: Date.UTC(2024, 0, 1), interval_ms: 900_000 };
const bodies = (count: number, seed: number, times = TIMES): Observation[][] => {
  const make = batchStream((body) => Buffer.from(body), seed, times);
  return Array.from({ length: count }, (_, number) => JSON.parse(make(number).toString()) as Observation[]);
};

describe('the stream of batches', () => {
  it('has the series and times of the bodies that are made beforehand, without end', () => {
    const identities = (batch: Observation[]) => batch.map(({ series, observedAt }) => `${series} ${observedAt}`);
    const beforehand = batchBodies(9, 1).map((body) => JSON.parse(body) as Observation[]);
    expect(bodies(9, 1).map(identities)).toEqual(beforehand.map(identities));
  });

  it('lets the values of a series walk on in small steps from batch to batch', () => {
    const values = bodies(400, 1)
      .flat()
      .filter(({ series }) => series === 'bench/gateway-01/sensor-07')
      .map(({ value }) => value);
    expect(values).toHaveLength(2_000);
    const steps = values.slice(1).map((value, index) => Math.abs(value - values[index]!));
    // One thousandth more than the walk's own step, where the last digit would have been a zero.
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.2021);
    expect(new Set(values).size).toBeGreaterThan(1_000);
    expect(values.every((value) => value > 10 && value < 100)).toBe(true);
  });

  it('is the same for the same seed, and puts its values where a sender prints three decimals', () => {
    expect(bodies(4, 7)).toEqual(bodies(4, 7));
    expect(bodies(4, 7)).not.toEqual(bodies(4, 8));
    const text = batchStream((body) => Buffer.from(body), 1, TIMES)(0).toString();
    expect(text.match(/"value":\d\d\.\d\d[1-9]\}/g)).toHaveLength(1_000);
  });

  it('ends where it says', () => {
    const times = { startsAt_ms: Date.UTC(2010, 0, 1), interval_ms: 60_000 };
    const last = bodies(6, 1, times)
      .flat()
      .reduce((latest, { observedAt }) => Math.max(latest, Date.parse(observedAt)), 0);
    expect(last + times.interval_ms).toBe(endOf_ms(times, 6));
  });
});
