import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { columnsOf, type Observation } from '../workload.js';
import { isBatch, METADATA, type PeerStore, type PeerStoreName, streamOf } from './peer-store.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (stream, version)
  )`;

/** Opens a file as the durable peers do: WAL, fdatasync at every commit. */
export function openDurable(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return database;
}

/** The bare engine: prepared statements, one transaction a request, nothing else. */
export function betterSqliteStore(name: PeerStoreName, file: string): PeerStore {
  const database = openDurable(file);
  database.exec(SCHEMA);
  const insert = database.prepare(
    'INSERT INTO events (id, stream, version, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const versions = new Map<string, number>();
  const metadata = JSON.stringify(METADATA);
  const write = (stream: string, type: string, data: unknown): void => {
    const version = (versions.get(stream) ?? 0) + 1;
    insert.run(randomUUID(), stream, version, type, JSON.stringify(data), metadata);
    versions.set(stream, version);
  };
  const append = database.transaction((batch: readonly Observation[]) => {
    if (isBatch(name)) write(streamOf(batch[0] as Observation), 'ObservationsRecorded', columnsOf(batch));
    else for (const observation of batch) write(streamOf(observation), 'ObservationRecorded', observation);
  });
  return { append, close: () => void database.close() };
}
