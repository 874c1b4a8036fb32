import { describeLogImport, type MakeLogImport } from '../../event-store/src/contract/log-import-contract.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { KurrentLogImport } from './kurrent-log-import.js';
import { FakeServer } from './testing/fake-server.js';

const makeLogImport: MakeLogImport = async () => {
  const server = await FakeServer.start();
  const { connectionString } = server;
  return {
    openImport: () => KurrentLogImport.open({ connectionString }),
    openStore: () => KurrentEventStore.open({ connectionString }),
    dispose: () => server.stop(),
  };
};

describeLogImport('EventStoreDB client against a double of the server', makeLogImport);
