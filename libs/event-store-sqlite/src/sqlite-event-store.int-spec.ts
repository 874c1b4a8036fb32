import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEventStore } from '../../event-store/src/contract/event-store-contract.js';
import { describeAgainstModel } from '../../event-store/src/contract/event-store-model.js';
import type { MakeStore } from '../../event-store/src/contract/store-fixture.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const makeStore: MakeStore = async (seed = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'event-store-'));
  const { firstPosition = 1n, firstRevision = 0n, waitingAppends_max } = seed;
  const options = { file: join(folder, 'log.db'), numbering: { firstPosition, firstRevision }, waitingAppends_max };
  let store = await SqliteEventStore.open(options);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await SqliteEventStore.open(options);
      return store;
    },
    dispose: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};

describeEventStore('SQLite', makeStore, { hasDensePositions: true, canBeSeeded: true });

describeAgainstModel('SQLite', makeStore);
