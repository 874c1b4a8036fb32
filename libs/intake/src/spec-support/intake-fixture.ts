import type { CsvMapping, ObservationColumns, QuarantinedObservation, SeriesDefinition } from '#lib/domain';
import { type EventStore, MemoryEventStore, type StoredEvent } from '#lib/event-store';
import { RequestBatch } from '../check/request-batch.js';
import type { DoorRequest } from '../door/door-request.js';
import { ObservationDoor, type ObservationDoorOptions } from '../door/observation-door.js';
import { SourceRegistry } from '../registry/source-registry.js';

/** 2026-11-24T12:00:00Z: the clock of all specs of this room. */
export const NOW_ms = 1_795_521_600_000;
export const SOURCE_ID = 'air-network';
export const SOURCE = { sourceId: SOURCE_ID, keyId: 'key-1' };
export const PM25 = 'air/pm25/station-1';
export const NO2 = 'air/no2/station-1';
export const FOREIGN = 'river/level/gauge-1';
export const RETIRED = 'air/so2/station-1';

/** A registry that knows: PM25 (0 to 500 ug/m3), NO2 (any value, a week back, an hour ahead), FOREIGN and RETIRED. */
export function registryWithSeries(more: readonly SeriesDefinition[] = [], timeZone = 'Europe/Zurich'): SourceRegistry {
  const registry = new SourceRegistry(() => NOW_ms);
  const put = (type: string, data: object): void => registry.apply({ type, data: JSON.stringify(data) });
  put('OrganisationEstablished', { name: { en: 'City' }, timeZone, fiscalYearStartMonth: 1 });
  put('SeriesRegistered', { ...seriesOf(PM25), physicalRange: { min: 0, max: 500 } });
  const timeWindow = { maxAge_ms: 7 * 86_400_000, maxAhead_ms: 3_600_000 };
  put('SeriesRegistered', { ...seriesOf(NO2), timeWindow });
  put('SeriesRegistered', { ...seriesOf(FOREIGN), sourceId: 'river-board' });
  put('SeriesRegistered', seriesOf(RETIRED));
  put('SeriesRetired', { seriesKey: RETIRED });
  for (const definition of more) put('SeriesRegistered', definition);
  return registry;
}

export function seriesOf(seriesKey: string, csv?: CsvMapping): SeriesDefinition {
  const definition = { seriesKey, sourceId: SOURCE_ID, name: { en: seriesKey }, unitOfMeasure: 'ug/m3' };
  return csv === undefined ? definition : { ...definition, csv };
}

export function emptyBatch(): RequestBatch {
  return new RequestBatch(SOURCE_ID, NOW_ms);
}

/** What a batch accepted, as rows that a test can read. */
export function acceptedIn(
  batch: RequestBatch,
): { series: string; at_ms: number; value: number; flag: string | null }[] {
  return batch.at_ms.map((at_ms, i) => ({
    series: batch.series[batch.seriesIndex[i]!]!.seriesKey,
    at_ms,
    value: batch.value[i]!,
    flag: batch.flag?.[i] ?? null,
  }));
}

export function observation(minute: number, value: unknown, series = PM25): Record<string, unknown> {
  return { series, observedAt: new Date(NOW_ms - minute * 60_000).toISOString(), value };
}

export function jsonRequest(content: unknown, more: Partial<DoorRequest> = {}): DoorRequest {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { source: SOURCE, contentType: 'application/json', body, headers: {}, ...more };
}

export function openDoor(options: Partial<ObservationDoorOptions> = {}): { door: ObservationDoor; store: EventStore } {
  const store = options.store ?? new MemoryEventStore();
  const registry = options.registry ?? registryWithSeries();
  return { store, door: new ObservationDoor({ now_ms: () => NOW_ms, ...options, store, registry }) };
}

export async function storedEvents(store: EventStore): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  return events;
}

/** Everything recorded, as rows. */
export async function storedObservations(
  store: EventStore,
): Promise<{ series: string; at_ms: number; value: number; flag: string | null }[]> {
  const recorded = (await storedEvents(store)).filter((event) => event.type === 'ObservationsRecorded');
  return recorded.flatMap((event) => rowsOf(JSON.parse(event.data) as ObservationColumns));
}

export function rowsOf(
  columns: ObservationColumns,
): { series: string; at_ms: number; value: number; flag: string | null }[] {
  let at_ms = columns.from_ms;
  return columns.value.map((value, i) => {
    at_ms += columns.step_ms[i]!;
    return { series: columns.series[columns.seriesIndex[i]!]!, at_ms, value, flag: columns.flag?.[i] ?? null };
  });
}

export async function storedQuarantine(store: EventStore): Promise<QuarantinedObservation[]> {
  const events = (await storedEvents(store)).filter((event) => event.type === 'ObservationsQuarantined');
  return events.flatMap((event) => (JSON.parse(event.data) as { items: QuarantinedObservation[] }).items);
}
