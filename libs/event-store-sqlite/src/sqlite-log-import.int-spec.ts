import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLogImport, recorded } from '../../event-store/src/contract/log-import-contract.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { SqliteLogImport } from './sqlite-log-import.js';

const inFolder = async (work: (file: string, folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'log-import-'));
  try {
    await work(join(folder, 'deeper', 'log.db'), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describeLogImport('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-import-'));
  const file = join(folder, 'deeper', 'log.db');
  return {
    openImport: () => SqliteLogImport.open({ file }),
    openStore: () => SqliteEventStore.open({ file }),
    dispose: async () => rmSync(folder, { recursive: true }),
  };
});

describe('SQLite log import', () => {
  it('given a writer of the file, when an import is opened, then one of the two is refused, and readers go on', () =>
    inFolder(async (file) => {
      const importing = await SqliteLogImport.open({ file });
      await expect(SqliteEventStore.open({ file })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      await expect(SqliteLogImport.open({ file })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      const reader = await SqliteEventStore.open({ file, readOnly: true });
      await importing.place(recorded('unit-a/1'));
      expect(await reader.head()).toMatchObject({ position: 1n });
      await reader.close();
      await importing.close();
      const store = await SqliteEventStore.open({ file });
      await expect(SqliteLogImport.open({ file })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
      await store.close();
      await (await SqliteLogImport.open({ file })).close();
    }));

  it('leaves one file when it is closed, and refuses to place afterwards', () =>
    inFolder(async (file, folder) => {
      const importing = await SqliteLogImport.open({ file });
      await importing.place(recorded('unit-a/1'));
      await importing.close();
      expect(readdirSync(join(folder, 'deeper')).filter((name) => !name.endsWith('writer-lock'))).toEqual(['log.db']);
      await expect(importing.place(recorded('unit-a/1'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }));
});
