import { randomUUID } from 'node:crypto';
import type { EventMetadata, EventStore } from '#lib/event-store';
import { PostgresEventStore } from '#lib/event-store-postgres';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { answerQuestions } from '../child.js';
import { METADATA } from '../stores/peer-store.js';
import { batchBodies, columnsOf, GATEWAYS, type Observation } from '../workload.js';

export interface BatchesQuestion {
  /** A file of SQLite, or a schema of a PostgreSQL server. */
  readonly log: { readonly file: string } | { readonly url: string; readonly schema: string };
  /** Events of 1,000 observations. */
  readonly batches: number;
  readonly writers: number;
  readonly seed: number;
}

/** So many are different. Neither engine saves anything on an event that was there before. */
const DIFFERENT_BATCHES = 200;

/** The data of batch events as the door makes them. */
function preparedData(seed: number): string[] {
  return batchBodies(DIFFERENT_BATCHES, seed).map((body) =>
    JSON.stringify({ sourceId: 'bench-gateway', ...columnsOf(JSON.parse(body) as Observation[]) }),
  );
}

/** Appends batch events straight to a log, without a door: how long that takes. */
answerQuestions<BatchesQuestion>(async ({ log, batches, writers, seed }) => {
  const data = preparedData(seed);
  const store: EventStore = 'file' in log ? await SqliteEventStore.open(log) : await PostgresEventStore.open(log);
  const metadata = METADATA as EventMetadata;
  let next = 0;
  const write = async (): Promise<void> => {
    for (let number = next++; number < batches; number = next++) {
      const event = { type: 'ObservationsRecorded', schemaVersion: 1, data: data[number % data.length]!, metadata };
      await store.append(`observations-gateway-${number % GATEWAYS}`, 'any', [{ id: randomUUID(), ...event }]);
    }
  };
  try {
    const begun_ms = performance.now();
    await Promise.all(Array.from({ length: writers }, write));
    return { elapsed_ms: performance.now() - begun_ms };
  } finally {
    await store.close();
  }
});
