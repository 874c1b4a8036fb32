/** Series of one gateway and how many readings of each arrive in one batch: 1,000 together. */
export const SERIES_PER_GATEWAY = 50;
export const GATEWAYS = 4;
const INTERVAL_MS = 900_000;
const START_MS = Date.UTC(2024, 0, 1);

export const BATCH_SIZE = 1_000;

/** Keys of all series that the workload sends, for registration. */
export const SERIES_KEYS: readonly string[] = Array.from({ length: GATEWAYS * SERIES_PER_GATEWAY }, (_, index) => {
  const gateway = String(Math.floor(index / SERIES_PER_GATEWAY) + 1).padStart(2, '0');
  return `bench/gateway-${gateway}/sensor-${String((index % SERIES_PER_GATEWAY) + 1).padStart(2, '0')}`;
});

/** Numbers from 0 (inclusive) to 1 (exclusive); the same seed gives the same ones (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random walk with three decimals for every series; the same seed gives the same values. */
function walks(seed: number): (series: number) => number {
  const random = randomOf(seed);
  const values = SERIES_KEYS.map(() => 20_000 + Math.floor(random() * 10_000));
  return (series) => {
    const value = (values[series] ?? 0) + Math.floor(random() * 401) - 200;
    values[series] = value;
    return value / 1_000;
  };
}

const observation = (series: number, step: number, value: number): string =>
  `{"series":"${SERIES_KEYS[series]}","observedAt":"${new Date(START_MS + step * INTERVAL_MS).toISOString()}","value":${value}}`;

/**
 * Request bodies as a gateway sends them: 50 series × 20 quarter-hours, about 95 bytes an observation. No observation
 * occurs twice in all bodies together, so that nothing can be saved on repeats.
 */
export function batchBodies(count: number, seed: number): string[] {
  const next = walks(seed);
  const stepsPerBatch = BATCH_SIZE / SERIES_PER_GATEWAY;
  return Array.from({ length: count }, (_, batch) => {
    const gateway = batch % GATEWAYS;
    const firstStep = Math.floor(batch / GATEWAYS) * stepsPerBatch;
    const items: string[] = [];
    for (let index = 0; index < BATCH_SIZE; index += 1) {
      const series = gateway * SERIES_PER_GATEWAY + (index % SERIES_PER_GATEWAY);
      items.push(observation(series, firstStep + Math.floor(index / SERIES_PER_GATEWAY), next(series)));
    }
    return `[${items.join(',')}]`;
  });
}

/** Bodies of one observation each, all different. */
export function singleBodies(count: number, seed: number): string[] {
  const next = walks(seed);
  return Array.from({ length: count }, (_, index) => {
    const series = index % SERIES_KEYS.length;
    return observation(series, Math.floor(index / SERIES_KEYS.length), next(series));
  });
}

/** Columns as a batch event holds them: what arrived together, times as steps. */
export interface Columns {
  readonly series: string[];
  readonly seriesIndex: number[];
  readonly from_ms: number;
  readonly step_ms: number[];
  readonly value: number[];
}

/** An observation as it comes through a door. */
export interface Observation {
  readonly series: string;
  readonly observedAt: string;
  readonly value: number;
}

/** Turns a batch into the columns that one event holds; the peers get exactly the envelope that Tallystick uses. */
export function columnsOf(batch: readonly Observation[]): Columns {
  const indexes = new Map<string, number>();
  const columns: Columns = {
    series: [],
    seriesIndex: [],
    from_ms: Date.parse(batch[0]?.observedAt ?? ''),
    step_ms: [],
    value: [],
  };
  let before_ms = columns.from_ms;
  for (const { series, observedAt, value } of batch) {
    let index = indexes.get(series);
    if (index === undefined) {
      index = columns.series.push(series) - 1;
      indexes.set(series, index);
    }
    const at_ms = Date.parse(observedAt);
    columns.seriesIndex.push(index);
    columns.step_ms.push(at_ms - before_ms);
    columns.value.push(value);
    before_ms = at_ms;
  }
  return columns;
}
