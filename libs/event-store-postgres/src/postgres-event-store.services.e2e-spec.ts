/** The contract of every event store, and random histories against the memory store, on a real PostgreSQL. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../test/services/postgres.js';
import { peerTookPart } from '../../../test/services/support/peers.js';
import { describeEventStore } from '../../event-store/src/contract/event-store-contract.js';
import { describeAgainstModel } from '../../event-store/src/contract/event-store-model.js';
import { describeLogImport } from '../../event-store/src/contract/log-import-contract.js';
import type { MakeStore } from '../../event-store/src/contract/store-fixture.js';
import { PostgresEventStore } from './postgres-event-store.js';
import { PostgresLogImport } from './postgres-log-import.js';

let server: PostgresServer;
let admin: pg.Pool;
let logs = 0;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Pool({ connectionString: server.url, max: 1 });
});
afterAll(async () => {
  await admin?.end();
  await server?.dispose();
});

const makeStore: MakeStore = async (seed = {}) => {
  const { firstPosition = 1n, firstRevision = 0n, waitingAppends_max } = seed;
  const schema = `contract_${(logs += 1)}`;
  const options = { url: server.url, schema, numbering: { firstPosition, firstRevision }, waitingAppends_max };
  let store = await PostgresEventStore.open(options);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await PostgresEventStore.open(options);
      return store;
    },
    dispose: async () => {
      await store.close();
      await admin.query(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
};

describeEventStore('PostgreSQL', makeStore, { hasDensePositions: true, canBeSeeded: true });

describeAgainstModel('PostgreSQL', makeStore);

describeLogImport('PostgreSQL', async () => {
  const options = { url: server.url, schema: `import_${(logs += 1)}` };
  return {
    openImport: () => PostgresLogImport.open(options),
    openStore: () => PostgresEventStore.open(options),
    dispose: async () => void (await admin.query(`DROP SCHEMA ${options.schema} CASCADE`)),
  };
});

it('took a real PostgreSQL', async () => {
  const { rows } = await admin.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
  expect(rows[0]!.version).toContain(server.version);
  peerTookPart('postgresql', server.version);
});
