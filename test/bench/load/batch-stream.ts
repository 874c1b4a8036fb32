import { BATCH_SIZE, GATEWAYS, randomOf, SERIES_KEYS, SERIES_PER_GATEWAY } from '../workload.js';

/** When the first observation of a stream was made, and how far its steps are apart (whole seconds). */
export interface StreamTimes {
  readonly startsAt_ms: number;
  readonly interval_ms: number;
}

/** As the workload has them: ten million observations of its 200 series are 520 days. */
export const QUARTER_HOURS: StreamTimes = { startsAt_ms: Date.UTC(2024, 0, 1), interval_ms: 900_000 };

/** Steps that one batch covers: 50 series × 20 times. */
export const STEPS_PER_BATCH = BATCH_SIZE / SERIES_PER_GATEWAY;

/** `2024-01-01T00:00:00` of a time; the milliseconds never change. */
const TIME_CHARACTERS = 19;
const TIME_MARK = '"observedAt":"';
const VALUE_MARK = '"value":';
/** Values in thousandths stay between these, so that each takes six characters. */
const VALUE_MIN_thousandths = 10_001;
const VALUE_MAX_thousandths = 99_999;
/** Furthest that a value moves in one step. */
const VALUE_STEP_MAX_thousandths = 200;
const DIGIT_ZERO = 48;

/** One request of a gateway, and where in its bytes the times and values stand, in the order of the observations. */
interface Template {
  readonly bytes: Buffer;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/**
 * Makes the requests of the workload one by one: as `batchBodies` lays them out, batch `number` being that of gateway
 * `number % 4`, but without end and for about 40 µs each. Times and values are put into a copy of a prepared request, because
 * ten million observations made beforehand are a gigabyte, and bodies sent twice would be repeats.
 * @param whole makes a request of a body
 * @returns to be called with 0, 1, 2 …: the values of each series walk on from call to call
 */
export function batchStream(
  whole: (body: string) => Buffer,
  seed: number,
  { startsAt_ms, interval_ms }: StreamTimes,
): (number: number) => Buffer {
  const templates = Array.from({ length: GATEWAYS }, (_, gateway) => templateOf(whole, gateway));
  const next = boundedWalks(seed);
  return (number) => {
    const gateway = number % GATEWAYS;
    const firstStep = Math.floor(number / GATEWAYS) * STEPS_PER_BATCH;
    const { bytes, times, values } = templates[gateway]!;
    const copy = Buffer.from(bytes);
    for (let step = 0; step < STEPS_PER_BATCH; step += 1) {
      const time = Buffer.from(new Date(startsAt_ms + (firstStep + step) * interval_ms).toISOString());
      for (let series = 0; series < SERIES_PER_GATEWAY; series += 1) {
        const index = step * SERIES_PER_GATEWAY + series;
        writeTime(copy, times[index]!, time);
        writeThousandths(copy, values[index]!, next(gateway * SERIES_PER_GATEWAY + series));
      }
    }
    return copy;
  };
}

/** The first time that a stream of so many batches does not reach. */
export function endOf_ms({ startsAt_ms, interval_ms }: StreamTimes, batches: number): number {
  return startsAt_ms + Math.ceil(batches / GATEWAYS) * STEPS_PER_BATCH * interval_ms;
}

function templateOf(whole: (body: string) => Buffer, gateway: number): Template {
  const items = Array.from({ length: BATCH_SIZE }, (_, index) => {
    const series = SERIES_KEYS[gateway * SERIES_PER_GATEWAY + (index % SERIES_PER_GATEWAY)];
    return `{"series":"${series}",${TIME_MARK}2000-01-01T00:00:00.000Z",${VALUE_MARK}00.000}`;
  });
  const bytes = whole(`[${items.join(',')}]`);
  return { bytes, times: placesAfter(bytes, TIME_MARK), values: placesAfter(bytes, VALUE_MARK) };
}

function placesAfter(bytes: Buffer, mark: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) places.push(at + mark.length);
  return places;
}

/** A random walk of every series between the bounds. None ends in a zero, which no sender would print. */
function boundedWalks(seed: number): (series: number) => number {
  const random = randomOf(seed);
  const held = Int32Array.from(SERIES_KEYS, () => 20_000 + Math.floor(random() * 10_000));
  return (series) => {
    const moved =
      held[series]! + Math.floor(random() * (2 * VALUE_STEP_MAX_thousandths + 1)) - VALUE_STEP_MAX_thousandths;
    const bounded = Math.max(VALUE_MIN_thousandths, Math.min(VALUE_MAX_thousandths, moved));
    held[series] = bounded;
    return bounded % 10 === 0 ? bounded + 1 : bounded;
  };
}

// Byte by byte: a call into the buffer's own methods costs more than nineteen bytes do.
function writeTime(bytes: Buffer, at: number, time: Buffer): void {
  for (let index = 0; index < TIME_CHARACTERS; index += 1) bytes[at + index] = time[index]!;
}

function writeThousandths(bytes: Buffer, at: number, value: number): void {
  bytes[at] = DIGIT_ZERO + Math.floor(value / 10_000);
  bytes[at + 1] = DIGIT_ZERO + (Math.floor(value / 1_000) % 10);
  bytes[at + 3] = DIGIT_ZERO + (Math.floor(value / 100) % 10);
  bytes[at + 4] = DIGIT_ZERO + (Math.floor(value / 10) % 10);
  bytes[at + 5] = DIGIT_ZERO + (value % 10);
}
