import { randomUUID } from 'node:crypto';
import type { EventMetadata, NewEvent } from '#lib/event-store';
import { PostgresEventStore } from '#lib/event-store-postgres';
import { METADATA } from '../stores/peer-store.js';
import { EVENT_TYPE, type WriterStore } from './writer-store.js';

/** Our log: positions dense and in the order of the commits, every event checked for its id. */
export async function tallystickWriters(url: string): Promise<WriterStore> {
  const store = await PostgresEventStore.open({ url });
  const metadata = METADATA as EventMetadata;
  const event = (data: object): NewEvent => ({
    id: randomUUID(),
    type: EVENT_TYPE,
    schemaVersion: 1,
    data: JSON.stringify(data),
    metadata,
  });
  return {
    append: (stream, observation) => store.append(stream, 'any', [event(observation)]),
    close: () => store.close(),
  };
}
