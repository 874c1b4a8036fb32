import { eventIdFrom, type EventStore, type NewEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import type { ToldEvent } from './story.js';

/** Appends that wait for the disk together; the store takes up to 20,000. */
const APPENDS_AT_ONCE = 4_000;

const envelope = ({ type, data, actor }: ToldEvent, id: string): NewEvent => ({
  id,
  type,
  schemaVersion: 1,
  data: JSON.stringify(data),
  metadata: { actor, correlationId: id },
});

/**
 * Appends told events to the log of a data folder, each as one decision, with group commits as the writer makes them.
 * @param seed makes the ids: no two calls on one log may have the same
 * @returns the number of events and the time that the store took for them
 */
export async function appendTold(
  file: string,
  pieces: Iterable<readonly ToldEvent[]>,
  seed: string,
): Promise<{ events: number; took_ms: number }> {
  const store = await SqliteEventStore.open({ file });
  let events = 0;
  let took_ms = 0;
  try {
    for (const piece of pieces) {
      for (let start = 0; start < piece.length; start += APPENDS_AT_ONCE) {
        const part = piece.slice(start, start + APPENDS_AT_ONCE);
        const prepared = part.map((told, index) => envelope(told, eventIdFrom(seed, events + index)));
        const startedAt = performance.now();
        await appendAll(store, part, prepared);
        took_ms += performance.now() - startedAt;
        events += part.length;
      }
    }
  } finally {
    await store.close();
  }
  return { events, took_ms };
}

async function appendAll(store: EventStore, told: readonly ToldEvent[], events: readonly NewEvent[]): Promise<void> {
  await Promise.all(told.map(({ stream }, index) => store.append(stream, 'any', [events[index] as NewEvent])));
}
