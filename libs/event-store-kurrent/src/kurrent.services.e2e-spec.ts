/**
 * The whole contract, the memory model and the adapter's own promises against the server named by EVENTSTOREDB_URL, for
 * example `esdb://127.0.0.1:2113?tls=false`. No EventStoreDB can be installed where this project is developed, so without
 * that variable the suite says loudly what it did not do. docs/eventstoredb.md tells how to run it.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { describeEventStore } from '../../event-store/src/contract/event-store-contract.js';
import { describeAgainstModel } from '../../event-store/src/contract/event-store-model.js';
import { all, eventNamed, eventsNamed, type MakeStore } from '../../event-store/src/contract/store-fixture.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { newScope, ScopedStore } from './testing/scoped-store.js';

const connectionString = process.env.EVENTSTOREDB_URL ?? '';

/** Every store is a part of its own of the server's log, which cannot be emptied. */
function makeScoped(isSerial: boolean): MakeStore {
  return async () => {
    let store = await KurrentEventStore.open({ connectionString });
    const reader = await KurrentEventStore.open({ connectionString });
    const scope = await newScope(reader, `test-${randomUUID()}-`, isSerial);
    return {
      store: new ScopedStore(store, scope),
      reopen: async () => {
        await store.close();
        store = await KurrentEventStore.open({ connectionString });
        return new ScopedStore(store, scope);
      },
      dispose: async () => {
        await store.close();
        await reader.close();
      },
    };
  };
}

async function withServer(
  work: (store: KurrentEventStore, client: EventStoreDBClient) => Promise<void>,
): Promise<void> {
  const client = EventStoreDBClient.connectionString(connectionString);
  const store = await KurrentEventStore.open({ connectionString });
  try {
    await work(store, client);
  } finally {
    await store.close();
    await client.dispose();
  }
}

const fresh = (...names: string[]) => names.map((name) => ({ ...eventNamed(name), id: randomUUID() }));

function describeServer(): void {
  describeEventStore('EventStoreDB', makeScoped(false), { hasDensePositions: true });
  describeAgainstModel('EventStoreDB', makeScoped(true), { knowsIdsOfOtherStreams: false });

  it('gives every event the same position in its stream, in the log and in the answer', async () => {
    await withServer(async (store) => {
      const stream = `test-${randomUUID()}`;
      const before = await store.head();
      const result = await store.append(stream, 'no-stream', fresh('one', 'two', 'three'));
      const inStream = await all(store.readStream(stream));
      const inLog = await all(store.readAll({ after: before?.position, streamPrefix: stream }));
      expect(inLog).toEqual(inStream);
      expect(inStream.at(-1)!.position).toBe(result.position);
      expect(new Set(inStream.map((event) => event.position)).size).toBe(3);
      expect((await store.head())!.position).toBe(result.position);
    });
  });

  it('goes on numbering after a soft delete, and refuses a stream that was deleted for ever', async () => {
    await withServer(async (store, client) => {
      const stream = `test-${randomUUID()}`;
      await store.append(stream, 'no-stream', fresh('one', 'two'));
      await client.deleteStream(stream);
      expect(await all(store.readStream(stream))).toEqual([]);
      expect(await store.append(stream, 'no-stream', fresh('three'))).toMatchObject({ firstRevision: 2n });
      await client.tombstoneStream(stream);
      expect(await all(store.readStream(stream))).toEqual([]);
      await expect(store.append(stream, 'any', fresh('four'))).rejects.toMatchObject({ code: 'STREAM_DELETED' });
    });
  });

  it('takes what just fits into an append, and names the server’s limit beyond it', async () => {
    const sized = (size: number) => ({
      ...eventNamed('large'),
      id: randomUUID(),
      data: JSON.stringify('x'.repeat(size)),
    });
    await withServer(async (store) => {
      await store.append(`test-${randomUUID()}`, 'any', [sized(500_000), sized(500_000)]);
    });
    const bold = await KurrentEventStore.open({ connectionString, appendSize_max_bytes: Number.MAX_SAFE_INTEGER });
    const refused = bold.append(`test-${randomUUID()}`, 'any', [sized(600_000), sized(600_000)]);
    await expect(refused)
      .rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' })
      .finally(() => bold.close());
  });

  it('stores the same events once when two processes append them in the same moment', async () => {
    await withServer(async (one) => {
      await withServer(async (two) => {
        for (let round = 0; round < 20; round += 1) {
          const stream = `test-${randomUUID()}`;
          const events = fresh('a', 'b');
          const results = await Promise.all([one, two].map((store) => store.append(stream, 'any', events)));
          expect(results.filter((result) => result.outcome === 'appended')).toHaveLength(1);
          expect(await all(one.readStream(stream))).toHaveLength(2);
        }
      });
    });
  });

  it('reads over events of others: no JSON, no metadata, unknown types', async () => {
    await withServer(async (store, client) => {
      const stream = `test-${randomUUID()}`;
      const contents = [Buffer.from([0xff, 0x00]), Buffer.from('{broken')];
      for (const data of contents)
        await client.appendToStream(stream, {
          id: randomUUID(),
          contentType: 'application/octet-stream',
          type: 'foreign',
          data: new Uint8Array(data),
          metadata: undefined,
        });
      const events = await all(store.readStream(stream));
      expect(events.map((event) => typeof JSON.parse(event.data))).toEqual(['string', 'string']);
      await store.append(
        stream,
        1n,
        eventsNamed('own').map((event) => ({ ...event, id: randomUUID() })),
      );
    });
  });
}

// `jest.services.config.mjs` leaves this file out where the variable is not set: no server can be installed in CI.
if (connectionString === '') throw new Error('set EVENTSTOREDB_URL to a server (docs/eventstoredb.md)');
describe('EventStoreDB at EVENTSTOREDB_URL', describeServer);
