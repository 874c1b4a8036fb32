/** What a server does to its clients: breaks connections, changes leaders, loses answers, deletes; over a real socket. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { EventBatch } from '#lib/event-store';
import { all, collectUntil, eventNamed, eventsNamed, namesOf } from '../../event-store/src/contract/store-fixture.js';
import { KurrentEventStore, type KurrentEventStoreOptions } from './kurrent-event-store.js';
import { fault, FakeServer, notLeader, UNAVAILABLE, unknown, type FakeServerOptions } from './testing/fake-server.js';

const disposals: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

async function start(options: Partial<KurrentEventStoreOptions> = {}, serverOptions: FakeServerOptions = {}) {
  const server = await FakeServer.start(serverOptions);
  disposals.push(() => server.stop());
  const open = async (): Promise<KurrentEventStore> => {
    const store = await KurrentEventStore.open({ connectionString: server.connectionString, ...options });
    disposals.push(() => store.close());
    return store;
  };
  return { server, store: await open(), open };
}

/** Gives the faults one after the other to calls of one kind, then none. */
function inOrder(server: FakeServer, call: string, faults: ReturnType<FakeServer['interfere']>[]): void {
  server.interfere = (asked) => (asked === call ? (faults.shift() ?? null) : null);
}

const eventsIn = (batches: readonly EventBatch[]) => batches.flatMap((batch) => batch.events);

describe('appending to a server in trouble', () => {
  it('writes once when the answer is lost, and knows its own write again', async () => {
    const { server, store } = await start();
    await store.append('unit-a', 'no-stream', eventsNamed('zero'));
    inOrder(server, 'append', [{ afterwards: fault(UNAVAILABLE) }, { afterwards: unknown() }, fault(UNAVAILABLE)]);
    expect(await store.append('unit-a', 0n, eventsNamed('one', 'two'))).toMatchObject({
      outcome: 'appended',
      lastRevision: 2n,
    });
    expect(namesOf(await all(store.readAll()))).toEqual(['zero', 'one', 'two']);
  });

  it('goes to the leader that a follower names', async () => {
    const { server, store } = await start();
    const port = Number(/:(\d+)\?/.exec(server.connectionString)![1]);
    inOrder(server, 'append', [notLeader(port)]);
    expect(await store.append('unit-a', 'no-stream', eventsNamed('one'))).toMatchObject({ outcome: 'appended' });
  });

  it('gives up in bounded time, acknowledges nothing, and the repetition is known', async () => {
    const { server, store, open } = await start({ giveUpAfter_ms: 100 });
    server.interfere = (call) => (call === 'append' ? { afterwards: fault(UNAVAILABLE) } : null);
    const failed = store.append('unit-a', 'any', eventsNamed('one'));
    await expect(failed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryAfter_ms: 1000 });
    server.interfere = () => null;
    for (const again of [store, await open()])
      expect(await again.append('unit-a', 'any', eventsNamed('one'))).toMatchObject({ outcome: 'replayed' });
    expect(server.log.records).toHaveLength(1);
  });

  it('takes the server’s newer name in the connection string', async () => {
    const { server } = await start();
    const connectionString = server.connectionString.replace('esdb:', 'kurrentdb:');
    const store = await KurrentEventStore.open({ connectionString });
    expect(await store.append('unit-a', 'no-stream', eventsNamed('one'))).toMatchObject({ lastRevision: 0n });
    await store.close();
  });

  it('refuses to open where no server is', async () => {
    const opening = KurrentEventStore.open({ connectionString: 'esdb://127.0.0.1:9?tls=false' });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('meets other processes at the revision: conflicts, the same events, the same ids with other content', async () => {
    const { store, open } = await start();
    const other = await open();
    await store.append('unit-a', 'any', eventsNamed('one'));
    await other.append('unit-a', 'any', eventsNamed('two'));
    expect(await store.append('unit-a', 'any', eventsNamed('three'))).toMatchObject({ lastRevision: 2n });
    await expect(other.append('unit-a', 1n, eventsNamed('four'))).rejects.toMatchObject({ actual: 2n });
    for (let round = 0; round < 10; round += 1) {
      const both = [store, other].map((one) => one.append('unit-b', 'any', eventsNamed(`same ${round}`)));
      expect((await Promise.all(both)).map((result) => result.outcome).sort()).toEqual(['appended', 'replayed']);
    }
    const [known] = eventsNamed('three');
    const changed = other.append('unit-a', 0n, [{ ...known!, data: '{}' }]);
    await expect(changed).rejects.toMatchObject({ code: 'EVENT_ID_CONFLICT', revision: 2n });
  });

  it('knows a repetition within its window always, and beyond it where the caller says the revision', async () => {
    const { store, open } = await start({ identityWindow_events: 3 });
    for (let index = 0; index < 8; index += 1) await store.append('unit-a', 'any', eventsNamed(`${index}`));
    for (const again of [store, await open()]) {
      expect(await again.append('unit-a', 'any', eventsNamed('6'))).toMatchObject({ outcome: 'replayed' });
      expect(await again.append('unit-a', 'no-stream', eventsNamed('0', '1'))).toMatchObject({ outcome: 'replayed' });
      expect(await again.append('unit-a', 1n, eventsNamed('2'))).toMatchObject({ outcome: 'replayed' });
      await expect(again.append('unit-a', 1n, eventsNamed('other'))).rejects.toMatchObject({ actual: 7n });
    }
    // What docs/eventstoredb.md says is not guaranteed.
    expect(await store.append('unit-a', 'any', eventsNamed('0'))).toMatchObject({ outcome: 'appended' });
  });

  it('takes the later of the leader’s clock and what was seen', async () => {
    const { server, store, open } = await start();
    const first = await store.append('unit-a', 'any', eventsNamed('one'));
    server.log.now = () => first.recordedAt_ms - 60_000;
    for (const next of [store, await open()]) {
      const later = await next.append('unit-a', 'any', [eventNamed(`after ${next === store}`)]);
      expect(later.recordedAt_ms).toBeGreaterThanOrEqual(first.recordedAt_ms);
    }
    const times = (await all(store.readAll())).map((event) => event.recordedAt_ms);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('names the limit of an append that is too large, and refuses names of the server', async () => {
    const { store, server } = await start({}, { maxAppendSize_bytes: 1000 });
    const large = eventNamed('large', { data: 'x'.repeat(2000) });
    const tooLargeFor = (limit: number) => ({
      code: 'EVENT_TOO_LARGE',
      message: expect.stringContaining(`${limit} bytes`) as unknown,
    });
    await expect(store.append('unit-a', 'any', [large])).rejects.toMatchObject(tooLargeFor(1000));
    const two = ['x', 'y'].map((name) => ({ ...eventNamed(name), data: JSON.stringify(name.repeat(600_000)) }));
    await expect(store.append('unit-a', 'any', two)).rejects.toMatchObject(tooLargeFor(1024 * 1024));
    await expect(store.append('$settings', 'any', eventsNamed('x'))).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    expect(server.log.records).toEqual([]);
  });

  it('goes on numbering after a soft delete or expiry; a tombstone is for ever', async () => {
    const { server, store, open } = await start();
    const client = EventStoreDBClient.connectionString(server.connectionString);
    disposals.push(() => client.dispose());
    await store.append('unit-a', 'no-stream', eventsNamed('one', 'two'));
    await client.deleteStream('unit-a');
    expect(await all(store.readStream('unit-a'))).toEqual([]);
    await expect(store.append('unit-a', 'stream-exists', eventsNamed('x'))).rejects.toMatchObject({ actual: null });
    const afterDelete = await store.append('unit-a', 'no-stream', eventsNamed('three'));
    expect(afterDelete).toMatchObject({ firstRevision: 2n, lastRevision: 2n });
    server.log.truncate('unit-a', 3n);
    const fresh = await open();
    expect(await fresh.append('unit-a', 'no-stream', eventsNamed('four'))).toMatchObject({ firstRevision: 3n });
    await client.tombstoneStream('unit-a');
    expect(await all(store.readStream('unit-a'))).toEqual([]);
    for (const again of [store, fresh])
      await expect(again.append('unit-a', 'any', eventsNamed('five'))).rejects.toMatchObject({
        code: 'STREAM_DELETED',
      });
  });
});

describe('reading and following a server in trouble', () => {
  it('passes over the server’s own events and reads over those of strangers', async () => {
    const { server, store } = await start();
    server.log.system('$stats-0', '$statsCollected');
    await store.append('unit-a', 'any', eventsNamed('one'));
    server.log.system('unit-a', '$>', '0@elsewhere');
    server.log.system('foreign', 'Stranger', '\u0001 no json', 'application/octet-stream');
    server.log.system('$$unit-a', '$metadata', '{"$tb":0}');
    const types = (await all(store.readAll())).map((event) => event.type);
    expect(types).toEqual(['Noted', 'Stranger']);
    const head = await store.head();
    const abort = new AbortController();
    const batches = await collectUntil(
      store.subscribe({ signal: abort.signal }),
      (seen) => seen.at(-1)!.caughtUp,
      abort,
    );
    expect(eventsIn(batches).map((event) => event.type)).toEqual(['Noted', 'Stranger']);
    expect(batches.at(-1)!.checkpoint).toBe(head!.position);
  });

  it('reads on where a reading broke', async () => {
    const { server, store } = await start();
    const names = Array.from({ length: 50 }, (_, index) => `${index}`);
    await store.append('unit-a', 'any', eventsNamed(...names));
    inOrder(server, 'read', [{ afterwards: fault(UNAVAILABLE) }, fault(UNAVAILABLE), unknown()]);
    expect(namesOf(await all(store.readAll()))).toEqual(names);
    inOrder(server, 'read', [{ afterwards: fault(UNAVAILABLE) }, fault(UNAVAILABLE)]);
    expect(namesOf(await all(store.readStream('unit-a', { direction: 'backwards' })))).toEqual([...names].reverse());
  });

  for (const saysCaughtUp of [false, true])
    it(`follows over lost connections without a gap or a repetition, ${saysCaughtUp ? 'newer' : 'older'} server`, async () => {
      const lost: unknown[] = [];
      const { server, store } = await start({ onConnectionLost: (error) => lost.push(error) }, { saysCaughtUp });
      const abort = new AbortController();
      const subscription = store.subscribe({ signal: abort.signal, types: ['Noted'], batchSize: 7 });
      const following = collectUntil(subscription, (batches) => eventsIn(batches).length >= 60, abort);
      for (let index = 0; index < 60; index += 1) {
        await store.append(`unit-${index % 3}`, 'any', eventsNamed(`${index}`));
        await store.append('kpi', 'any', [eventNamed(`unwanted ${index}`, { type: 'Other' })]);
        if (index % 20 === 10) server.dropSubscriptions(index === 30 ? unknown() : fault(UNAVAILABLE));
        if (index === 45) {
          await server.break();
          await server.restart();
        }
      }
      const batches = await following;
      expect(namesOf(eventsIn(batches))).toEqual(Array.from({ length: 60 }, (_, index) => `${index}`));
      const checkpoints = batches.map((batch) => batch.checkpoint);
      expect(checkpoints).toEqual([...checkpoints].sort((a, b) => (a < b ? -1 : 1)));
      expect(lost.length).toBeGreaterThan(0);
    });

  it('moves the checkpoint over many unwanted events, whatever places the server names, and skips nothing', async () => {
    const { server, store } = await start();
    const many = (from: number) =>
      Array.from({ length: 400 }, (_, index) => eventNamed(`${from + index}`, { type: 'Other' }));
    await store.append('kpi', 'any', many(0));
    await store.append('unit-a', 'any', [eventNamed('first', { type: 'Wanted' })]);
    await store.append('kpi', 'any', many(400));
    const abort = new AbortController();
    const subscription = store.subscribe({ types: ['Wanted'], signal: abort.signal });
    const following = collectUntil(subscription, (batches) => eventsIn(batches).length === 2, abort);
    while (server.subscriptions === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    server.dropSubscriptions(fault(UNAVAILABLE));
    await store.append('unit-a', 'any', [eventNamed('second', { type: 'Wanted' })]);
    expect(namesOf(eventsIn(await following))).toEqual(['first', 'second']);
  });
});
