import { randomUUID } from 'node:crypto';
import { describeEventStore } from '../../event-store/src/contract/event-store-contract.js';
import { describeAgainstModel } from '../../event-store/src/contract/event-store-model.js';
import { eventsNamed, type MakeStore } from '../../event-store/src/contract/store-fixture.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { FakeServer } from './testing/fake-server.js';
import { newScope, ScopedStore } from './testing/scoped-store.js';

async function start() {
  const server = await FakeServer.start();
  const open = (): Promise<KurrentEventStore> => KurrentEventStore.open({ connectionString: server.connectionString });
  let store = await open();
  const fixture = {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    dispose: async () => {
      await store.close();
      await server.stop();
    },
  };
  return { fixture, open };
}

const makeStore: MakeStore = async () => (await start()).fixture;

/** As on a real server: the log holds other events, and the model wants to count from 1. */
const makeScopedStore: MakeStore = async () => {
  const { fixture, open } = await start();
  const reader = await open();
  await reader.append('before', 'any', eventsNamed('before'));
  const scope = await newScope(reader, `t${randomUUID().slice(0, 8)}:`, true);
  return {
    store: new ScopedStore(fixture.store, scope),
    reopen: async () => new ScopedStore(await fixture.reopen(), scope),
    dispose: async () => {
      await reader.close();
      await fixture.dispose();
    },
  };
};

const name = 'EventStoreDB client against a double of the server';

describeEventStore(name, makeStore);

describeAgainstModel(name, makeScopedStore, { knowsIdsOfOtherStreams: false });
