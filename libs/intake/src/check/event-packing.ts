import {
  OBSERVATION_EVENT_SIZE_MAX_bytes,
  OBSERVATIONS_PER_EVENT_MAX,
  type ObservationColumns,
  type QuarantinedObservation,
} from '#lib/domain';
import type { RequestBatch } from './request-batch.js';

/** An event's type and its data as JSON text, before it gets an identity. */
export interface PackedEvent {
  readonly type: 'ObservationsRecorded' | 'ObservationsQuarantined';
  readonly data: string;
}

/** Room for the braces and the source's id around the items of a quarantine event. */
const QUARANTINE_FRAME_bytes = 256;

/**
 * What the batches hold as few, full events: accepted observations in the order in which they came, then what went to
 * quarantine. The result depends on the batches alone, so a repeated request packs into the same events. Empty when there
 * is nothing to store.
 */
export function packEvents(sourceId: string, batches: readonly RequestBatch[]): PackedEvent[] {
  const events: PackedEvent[] = [];
  const columns = batches.length === 1 ? batches[0]! : joined(batches);
  for (let from = 0; from < columns.at_ms.length; from += OBSERVATIONS_PER_EVENT_MAX) {
    packSlice(sourceId, columns, from, Math.min(from + OBSERVATIONS_PER_EVENT_MAX, columns.at_ms.length), events);
  }
  for (const batch of batches) if (batch.quarantined.length > 0) packQuarantine(sourceId, batch.quarantined, events);
  return events;
}

type Columns = Pick<RequestBatch, 'seriesIndex' | 'at_ms' | 'value' | 'flag'> & {
  readonly series: readonly { readonly seriesKey: string }[];
};

/** Small requests that waited together become the columns of one. */
function joined(batches: readonly RequestBatch[]): Columns {
  const series: { readonly seriesKey: string }[] = [];
  const all: Columns = { series, seriesIndex: [], at_ms: [], value: [], flag: null };
  const indexOf = new Map<string, number>();
  const hasFlags = batches.some((batch) => batch.flag !== null);
  const flag: (string | null)[] = [];
  for (const batch of batches) {
    const local = batch.series.map((entry) => {
      const known = indexOf.get(entry.seriesKey);
      if (known !== undefined) return known;
      const index = series.push(entry) - 1;
      indexOf.set(entry.seriesKey, index);
      return index;
    });
    for (let i = 0; i < batch.at_ms.length; i += 1) {
      all.seriesIndex.push(local[batch.seriesIndex[i]!]!);
      all.at_ms.push(batch.at_ms[i]!);
      all.value.push(batch.value[i]!);
      if (hasFlags) flag.push(batch.flag === null ? null : batch.flag[i]!);
    }
  }
  return hasFlags ? { ...all, flag } : all;
}

/** Too large only with many long keys or long numbers: then two events of half the length. */
function packSlice(sourceId: string, columns: Columns, from: number, to: number, events: PackedEvent[]): void {
  const data = JSON.stringify(sliceOf(sourceId, columns, from, to));
  // Keys, identifiers, flags and numbers are ASCII by their patterns: characters are bytes.
  if (data.length > OBSERVATION_EVENT_SIZE_MAX_bytes && to - from > 1) {
    const middle = (from + to) >>> 1;
    packSlice(sourceId, columns, from, middle, events);
    packSlice(sourceId, columns, middle, to, events);
    return;
  }
  events.push({ type: 'ObservationsRecorded', data });
}

function sliceOf(sourceId: string, columns: Columns, from: number, to: number): ObservationColumns {
  const localIndex = new Int32Array(columns.series.length).fill(-1);
  const series: string[] = [];
  const seriesIndex = new Array<number>(to - from);
  const step_ms = new Array<number>(to - from);
  let before_ms = columns.at_ms[from]!;
  for (let i = from; i < to; i += 1) {
    const wide = columns.seriesIndex[i]!;
    let local = localIndex[wide]!;
    if (local < 0) {
      local = series.push(columns.series[wide]!.seriesKey) - 1;
      localIndex[wide] = local;
    }
    seriesIndex[i - from] = local;
    step_ms[i - from] = columns.at_ms[i]! - before_ms;
    before_ms = columns.at_ms[i]!;
  }
  const value = from === 0 && to === columns.value.length ? columns.value : columns.value.slice(from, to);
  const slice = { sourceId, series, seriesIndex, from_ms: columns.at_ms[from]!, step_ms, value };
  const flag = columns.flag?.slice(from, to);
  return flag === undefined || flag.every((letter) => letter === null) ? slice : { ...slice, flag };
}

function packQuarantine(sourceId: string, items: readonly QuarantinedObservation[], events: PackedEvent[]): void {
  let group: string[] = [];
  let size_bytes = QUARANTINE_FRAME_bytes;
  const close = (): void => {
    const data = `{"sourceId":${JSON.stringify(sourceId)},"items":[${group.join(',')}]}`;
    events.push({ type: 'ObservationsQuarantined', data });
    group = [];
    size_bytes = QUARANTINE_FRAME_bytes;
  };
  for (const item of items) {
    const text = JSON.stringify(item);
    const itemSize_bytes = Buffer.byteLength(text) + 1;
    if (group.length > 0 && size_bytes + itemSize_bytes > OBSERVATION_EVENT_SIZE_MAX_bytes) close();
    group.push(text);
    size_bytes += itemSize_bytes;
  }
  close();
}
