import { DAY_ms, INSTANT_MAX_ms, INSTANT_MIN_ms } from '#lib/analysis';
import { type ObservationColumns } from '#lib/domain';
import { type ProjectedEvent } from '../projection.js';
import { type SeriesIndex } from './series-index.js';

/** Observations of one batch, sorted by series, then time, then arrival. Columns instead of objects: this is the hot path. */
export interface Arrivals {
  readonly seriesId: Int32Array;
  readonly at_ms: Float64Array;
  readonly value: Float64Array;
  readonly position: Float64Array;
  /** Null when no observation of the batch has a flag. */
  readonly flag: (string | null)[] | null;
}

/**
 * The views look at the fiscal years around an observation, so it must lie more than that away from the ends of the calendar.
 * (The door keeps twice as far away.)
 */
const AROUND_ms = 2 * 366 * DAY_ms;
const OBSERVED_MIN_ms = INSTANT_MIN_ms + AROUND_ms;
const OBSERVED_MAX_ms = INSTANT_MAX_ms - AROUND_ms;

/**
 * Decodes the columns of `ObservationsRecorded` events and sorts them.
 * @throws Error when an event's columns do not fit together; the runner then parks that event
 */
export function arrivalsOf(events: readonly ProjectedEvent[], series: SeriesIndex): Arrivals {
  const count = events.reduce((total, event) => total + (event.data as ObservationColumns).value.length, 0);
  const arrived: Arrivals = {
    seriesId: new Int32Array(count),
    at_ms: new Float64Array(count),
    value: new Float64Array(count),
    position: new Float64Array(count),
    flag: events.some((event) => (event.data as ObservationColumns).flag) ? new Array(count).fill(null) : null,
  };
  let next = 0;
  for (const event of events) next = decodeInto(arrived, next, event, series);
  return sorted(arrived);
}

function decodeInto(arrived: Arrivals, start: number, event: ProjectedEvent, series: SeriesIndex): number {
  const data = event.data as ObservationColumns;
  const { value, step_ms, seriesIndex, flag } = data;
  if (step_ms.length !== value.length || seriesIndex.length !== value.length) {
    throw new Error(`the columns of the event at ${event.position} have different lengths`);
  }
  const ids = data.series.map((seriesKey) => series.idOf(seriesKey));
  let time_ms = data.from_ms;
  for (let index = 0; index < value.length; index += 1) {
    time_ms += step_ms[index]!;
    const id = ids[seriesIndex[index]!];
    const number = value[index];
    // Written so that NaN fails, too, and text that has been added to.
    const isPlaced = Number.isInteger(time_ms) && time_ms >= OBSERVED_MIN_ms && time_ms <= OBSERVED_MAX_ms;
    if (id === undefined || !isPlaced || typeof number !== 'number') {
      throw new Error(`observation ${index} of the event at ${event.position} names no series, time or value`);
    }
    const at = start + index;
    arrived.seriesId[at] = id;
    arrived.at_ms[at] = time_ms;
    arrived.value[at] = number;
    arrived.position[at] = event.position;
    const mark = flag?.[index];
    if (mark === undefined || mark === null || mark === NORMAL_FLAG) continue;
    if (typeof mark !== 'string') throw new Error(`flag ${index} of the event at ${event.position} is no text`);
    arrived.flag![at] = mark;
  }
  return start + value.length;
}

/** `A` (normal value) is what is meant where there is no flag, so both are kept as none. */
const NORMAL_FLAG = 'A';

/** A counting sort by series keeps arrival order; times then mostly stand in order already, and are sorted where not. */
function sorted(arrived: Arrivals): Arrivals {
  const order = orderBySeries(arrived.seriesId);
  for (let start = 0; start < order.length;) {
    const end = endOfSeries(arrived.seriesId, order, start);
    sortByTime(order.subarray(start, end), arrived.at_ms);
    start = end;
  }
  const { flag } = arrived;
  return {
    seriesId: arrived.seriesId.map((_, index) => arrived.seriesId[order[index]!]!),
    at_ms: arrived.at_ms.map((_, index) => arrived.at_ms[order[index]!]!),
    value: arrived.value.map((_, index) => arrived.value[order[index]!]!),
    position: arrived.position.map((_, index) => arrived.position[order[index]!]!),
    flag: flag === null ? null : flag.map((_, index) => flag[order[index]!]!),
  };
}

function orderBySeries(seriesId: Int32Array): Int32Array {
  const starts = new Map<number, number>();
  for (const id of seriesId) starts.set(id, (starts.get(id) ?? 0) + 1);
  let next = 0;
  for (const id of [...starts.keys()].sort((a, b) => a - b)) {
    const size = starts.get(id)!;
    starts.set(id, next);
    next += size;
  }
  const order = new Int32Array(seriesId.length);
  for (let index = 0; index < seriesId.length; index += 1) {
    const place = starts.get(seriesId[index]!)!;
    order[place] = index;
    starts.set(seriesId[index]!, place + 1);
  }
  return order;
}

function endOfSeries(seriesId: Int32Array, order: Int32Array, start: number): number {
  const id = seriesId[order[start]!];
  let end = start + 1;
  while (end < order.length && seriesId[order[end]!] === id) end += 1;
  return end;
}

function sortByTime(order: Int32Array, at_ms: Float64Array): void {
  for (let index = 1; index < order.length; index += 1) {
    if (at_ms[order[index]!]! < at_ms[order[index - 1]!]!) {
      // Same time: arrival order, which is the order of the indices.
      order.sort((a, b) => at_ms[a]! - at_ms[b]! || a - b);
      return;
    }
  }
}
