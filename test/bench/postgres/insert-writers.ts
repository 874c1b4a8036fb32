import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { METADATA } from '../stores/peer-store.js';
import { EVENT_TYPE, type WriterStore } from './writer-store.js';

const SCHEMA = `CREATE TABLE events (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  stream text NOT NULL,
  version bigint NOT NULL,
  type text NOT NULL,
  data text NOT NULL,
  metadata text NOT NULL,
  UNIQUE (stream, version)
)`;
const INSERT = {
  name: 'insert',
  text: 'INSERT INTO events (id, stream, version, type, data, metadata) VALUES ($1, $2, $3, $4, $5, $6)',
};

/**
 * What the engine does by itself: a prepared INSERT of one row a transaction, on a connection for each writer. Positions come
 * from a sequence, so a reader would miss some: it is a line to see by, not a log.
 */
export async function insertWriters(url: string, writers: number): Promise<WriterStore> {
  const free = Array.from({ length: writers }, () => new pg.Client({ connectionString: url }));
  const all = [...free];
  await Promise.all(all.map((client) => client.connect()));
  await all[0]!.query(SCHEMA);
  const metadata = JSON.stringify(METADATA);
  const versions = new Map<string, number>();
  return {
    append: async (stream, data) => {
      // There is always one, because there are as many as writers.
      const client = free.pop()!;
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      await client.query({
        ...INSERT,
        values: [randomUUID(), stream, version, EVENT_TYPE, JSON.stringify(data), metadata],
      });
      free.push(client);
    },
    close: async () => void (await Promise.all(all.map((client) => client.end()))),
  };
}
