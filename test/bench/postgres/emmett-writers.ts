import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { PEERS_FOLDER } from '../stores/emmett.js';
import { METADATA } from '../stores/peer-store.js';
import { EVENT_TYPE, type WriterStore } from './writer-store.js';

export const EMMETT_POSTGRES = join(
  PEERS_FOLDER,
  'node_modules',
  '@event-driven-io',
  'emmett-postgresql',
  'dist',
  'index.js',
);

/** The part of emmett-postgresql 0.42 that is used here. */
interface EmmettModule {
  getPostgreSQLEventStore(
    url: string,
    options: { readonly connectionOptions: { readonly pool: pg.Pool } },
  ): {
    readonly schema: { migrate(): Promise<void> };
    appendToStream(stream: string, events: readonly object[]): Promise<unknown>;
    close(): Promise<void>;
  };
}

/** Emmett's PostgreSQL store as it comes, with a connection for each writer. */
export async function emmettWriters(url: string, writers: number): Promise<WriterStore> {
  const file = resolve(EMMETT_POSTGRES);
  if (!existsSync(file)) throw new Error('Emmett is not installed: npm ci --prefix test/bench/peers');
  const { getPostgreSQLEventStore } = (await import(pathToFileURL(file).href)) as EmmettModule;
  const pool = new pg.Pool({ connectionString: url, max: writers });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  await store.schema.migrate();
  return {
    append: (stream, data) => store.appendToStream(stream, [{ type: EVENT_TYPE, data, metadata: METADATA }]),
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
