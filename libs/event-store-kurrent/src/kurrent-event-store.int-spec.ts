import { describeEventStore } from '../../event-store/src/contract/event-store-contract.js';
import type { MakeStore } from '../../event-store/src/contract/store-fixture.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { FakeServer } from './testing/fake-server.js';

const makeStore: MakeStore = async () => {
  const server = await FakeServer.start();
  const open = (): Promise<KurrentEventStore> => KurrentEventStore.open({ connectionString: server.connectionString });
  let store = await open();
  return {
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
};

describeEventStore('EventStoreDB client against a double of the server', makeStore);
