import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { CITY } from '../src/city/city.js';
import { DAY_MS, HOUR_MS, type CityDomain, type Faults, TICK_MS } from '../src/city/city-model.js';
import { cityStream, expectedReadings } from '../src/city/city-stream.js';
import type { Reading } from '../src/city/faulty-sensor.js';
import { wave } from '../src/city/sensor-reading.js';
import { observationsJson } from '../src/stream/observation-json.js';

const START_MS = Date.UTC(2024, 10, 24);

/** Everything that arrives in the first days, in order. */
function arrivals(domains: readonly CityDomain[], seed: number, days: number): Reading[] {
  const readings: Reading[] = [];
  for (const tick of cityStream(domains, seed, START_MS)) {
    if (tick.at_ms >= START_MS + days * DAY_MS) return readings;
    for (const group of tick.readings.values()) readings.push(...group);
  }
  return readings;
}

const digest = (readings: readonly Reading[]): string =>
  createHash('sha256').update(observationsJson(readings)).digest('hex');

/** A city of one sensor with one ailment. */
const cityWith = (faults: Faults): readonly CityDomain[] => [
  {
    source: { sourceId: 's', name: { en: 's' } },
    units: [],
    sensors: [
      {
        seriesKey: 'a/b',
        sourceId: 's',
        name: { en: 'a' },
        unitOfMeasure: 'K',
        interval_ms: HOUR_MS,
        faults,
        signal: {
          base: 100,
          trendPerYear: 0,
          day: Array.from({ length: 24 }, () => 1),
          weekend: 1,
          wander: 0.1,
          noise: 0.1,
          min: 0,
          max: 500,
          decimals: 3,
        },
      },
    ],
  },
];

describe('the city stream', () => {
  it('is the same, byte for byte, for the same seed, and another for another seed', () => {
    const once = digest(arrivals(CITY, 7, 3));
    expect(digest(arrivals(CITY, 7, 3))).toBe(once);
    expect(digest(arrivals(CITY, 8, 3))).not.toBe(once);
  });

  it('has three domains, six units with three to five KPIs each whose weights add up, and about sixty series', () => {
    const units = CITY.flatMap((domain) => domain.units);
    expect([CITY.length, units.length]).toEqual([3, 6]);
    for (const { kpis } of units) {
      expect(kpis.length).toBeGreaterThanOrEqual(3);
      expect(kpis.length).toBeLessThanOrEqual(5);
      expect(kpis.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
      expect(new Set(kpis.map(({ horizon }) => horizon)).size).toBe(2);
    }
    const keys = CITY.flatMap((domain) => domain.sensors).map(({ seriesKey }) => seriesKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(55);
  });

  it('makes over two million readings in two years, nearly all of those that are due', () => {
    const due = expectedReadings(CITY, 730 * DAY_MS);
    expect(due).toBeGreaterThan(2_000_000);
    const days = 30;
    const made = arrivals(CITY, 7, days).length;
    const dueInDays = expectedReadings(CITY, days * DAY_MS);
    expect(made).toBeGreaterThan(dueInDays * 0.98);
    expect(made).toBeLessThan(dueInDays * 1.01);
  });

  it('lets every reading arrive at or after the time at which it was made, on the clock of the city', () => {
    for (const { at_ms, arrives_ms } of arrivals(CITY, 7, 5)) {
      expect(arrives_ms).toBeGreaterThanOrEqual(at_ms);
      expect(at_ms % TICK_MS).toBe(0);
    }
  });

  it('sends nothing while a sensor is silent', () => {
    const always = arrivals(cityWith({}), 1, 200).length;
    const withGaps = arrivals(cityWith({ silence: { perDay: 0.1, hours: 48 } }), 1, 200).length;
    expect(always).toBe(200 * 24);
    expect(withGaps).toBeLessThan(always * 0.97);
  });

  it('repeats one value while a sensor sticks', () => {
    const values = arrivals(cityWith({ sticking: { perDay: 0.1, hours: 48 } }), 1, 200).map(({ value }) => value);
    const repeats = values.filter((value, index) => value === values[index - 1]).length;
    expect(repeats).toBeGreaterThan(100);
    const healthy = arrivals(cityWith({}), 1, 200).map(({ value }) => value);
    expect(healthy.filter((value, index) => value === healthy[index - 1]).length).toBeLessThan(5);
  });

  it('delivers late readings together, after those that were made later', () => {
    const readings = arrivals(cityWith({ lateness: { perDay: 0.2, hours: 24 } }), 1, 100);
    const backwards = readings.filter(({ at_ms }, index) => at_ms < (readings[index - 1]?.at_ms ?? 0));
    expect(backwards.length).toBeGreaterThan(0);
    expect(new Set(readings.map(({ at_ms }) => at_ms)).size).toBe(readings.length);
  });

  it('sends something impossible now and then', () => {
    const readings = arrivals(cityWith({ impossible: { perDay: 0.5, value: -999 } }), 1, 200);
    const impossible = readings.filter(({ value }) => value === -999).length;
    expect(impossible).toBeGreaterThan(50);
    expect(impossible).toBeLessThan(150);
  });

  it('drifts until it is calibrated', () => {
    const drifting = arrivals(cityWith({ drift: { perMonth: 0.5, calibration_days: 30 } }), 1, 60);
    const healthy = arrivals(cityWith({}), 1, 60);
    const off = drifting.map(({ value }, index) => value - (healthy[index]?.value ?? NaN));
    expect(Math.abs(off[0] ?? NaN)).toBeLessThan(0.01);
    expect(off[29 * 24]).toBeCloseTo((29 / 30) * 50, 1);
    expect(Math.abs(off[30 * 24] ?? NaN)).toBeLessThan(0.01);
  });

  it('corrects provisional readings some days later', () => {
    const readings = arrivals(cityWith({ correction: { perDay: 0.2, hours: 24 } }), 1, 200);
    const provisional = readings.filter(({ flag }) => flag === 'P');
    expect(provisional.length).toBeGreaterThan(50);
    const first = provisional[0];
    const both = readings.filter(({ at_ms }) => at_ms === first?.at_ms);
    expect(both).toHaveLength(2);
    expect((both[1]?.arrives_ms ?? 0) - (first?.at_ms ?? 0)).toBeGreaterThanOrEqual(3 * DAY_MS);
  });
});

describe('the yearly wave', () => {
  it('is a cosine to within six hundredths', () => {
    for (let turns = -1; turns <= 2; turns += 0.01) {
      expect(Math.abs(wave(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(0.06);
    }
  });
});
