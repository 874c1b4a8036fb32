import { type CityDomain, type Sensor, TICK_MS } from './city-model.js';
import { type FaultySensor, faultySensor, type Reading } from './faulty-sensor.js';

/** Everything that reaches the doors at one tick of the city's clock, by source. */
export interface CityTick {
  readonly at_ms: number;
  readonly readings: ReadonlyMap<string, readonly Reading[]>;
}

/** Rounds a time down to the city's clock. */
export const tickBefore = (at_ms: number): number => Math.floor(at_ms / TICK_MS) * TICK_MS;

/**
 * The city's observations from `start_ms` on, tick by tick and without end, in the order in which they arrive: late ones
 * and corrections stand in the tick in which they arrive. The same seed and start give the same stream.
 */
export function* cityStream(domains: readonly CityDomain[], seed: number, start_ms: number): Generator<CityTick> {
  const sensors = domains.flatMap((domain) => domain.sensors).map((sensor) => faultySensor(sensor, seed, start_ms));
  const byKey = new Map(sensors.map((one) => [one.sensor.seriesKey, one]));
  const due = sensors.map((one) => ({ one, whole: wholeOf(one.sensor, byKey) }));
  const onTheWay = new Map<number, Reading[]>();
  const sourceOf = new Map(sensors.map(({ sensor }) => [sensor.seriesKey, sensor.sourceId]));
  for (let at_ms = tickBefore(start_ms); ; at_ms += TICK_MS) {
    const arriving = onTheWay.get(at_ms) ?? [];
    onTheWay.delete(at_ms);
    for (const { one, whole } of due) {
      if (at_ms % one.sensor.interval_ms !== 0) continue;
      for (const reading of one.readingsAt(at_ms, whole?.seen)) {
        if (reading.arrives_ms <= at_ms) arriving.push(reading);
        else hold(onTheWay, reading);
      }
    }
    yield { at_ms, readings: bySource(arriving, sourceOf) };
  }
}

/** The sensor of which this one counts a part; it must stand before this one, so that it has been asked already. */
function wholeOf(sensor: Sensor, byKey: ReadonlyMap<string, FaultySensor>): FaultySensor | undefined {
  if (sensor.partOf === undefined) return undefined;
  const whole = byKey.get(sensor.partOf);
  if (!whole) throw new Error(`${sensor.seriesKey} is a part of ${sensor.partOf}, which is not a sensor`);
  return whole;
}

function hold(onTheWay: Map<number, Reading[]>, reading: Reading): void {
  const arrival_ms = tickBefore(reading.arrives_ms);
  const others = onTheWay.get(arrival_ms);
  if (others) others.push(reading);
  else onTheWay.set(arrival_ms, [reading]);
}

function bySource(readings: readonly Reading[], sourceOf: ReadonlyMap<string, string>): Map<string, Reading[]> {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const source = sourceOf.get(reading.seriesKey) ?? '';
    const group = groups.get(source);
    if (group) group.push(reading);
    else groups.set(source, [reading]);
  }
  return groups;
}

/** How many readings a time span will hold, faults aside: for progress bars. */
export function expectedReadings(domains: readonly CityDomain[], span_ms: number): number {
  const sensors = domains.flatMap((domain) => domain.sensors);
  return sensors.reduce((sum, { interval_ms }) => sum + Math.floor(span_ms / interval_ms), 0);
}
