import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { columnsOf, type Observation } from '../workload.js';
import { isBatch, METADATA, type PeerStore, type PeerStoreName, streamOf } from './peer-store.js';

/** Emmett is a peer and no dependency: it is installed beside the benchmark's sources, on demand. */
export const PEERS_FOLDER = join('test', 'bench', 'peers');
const EMMETT_SQLITE = join(PEERS_FOLDER, 'node_modules', '@event-driven-io', 'emmett-sqlite', 'dist', 'index.js');

interface EmmettEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

export interface EmmettConnection {
  command(sql: string, values?: (string | number)[]): Promise<unknown>;
  close(): void;
}

/** The part of emmett-sqlite 0.42 that is used here. */
export interface EmmettModule {
  getSQLiteEventStore(options: object): {
    appendToStream(stream: string, events: EmmettEvent[]): Promise<unknown>;
    consumer(options: object): {
      processor(options: object): unknown;
      start(): Promise<void>;
      stop(): Promise<void>;
    };
  };
  sqliteConnection(options: { fileName: string }): EmmettConnection;
}

export async function loadEmmett(): Promise<EmmettModule> {
  const file = resolve(EMMETT_SQLITE);
  if (!existsSync(file)) throw new Error('Emmett is not installed: npm ci --prefix test/bench/peers');
  return (await import(pathToFileURL(file).href)) as EmmettModule;
}

/**
 * Emmett's SQLite store with one shared connection (four times faster than its default of one connection a call) and
 * appends one after the other, because its transactions nest on a shared connection. SQLite's default
 * `synchronous = FULL` holds.
 */
export async function emmettStore(name: PeerStoreName, file: string): Promise<PeerStore> {
  const { getSQLiteEventStore, sqliteConnection } = await loadEmmett();
  const connection = sqliteConnection({ fileName: file });
  await connection.command('PRAGMA synchronous = FULL');
  const store = getSQLiteEventStore({ fileName: file, connectionOptions: { singleton: true, connection } });
  let last: Promise<unknown> = Promise.resolve();
  return {
    append: (batch) => {
      const events = isBatch(name)
        ? [{ type: 'ObservationsRecorded', data: columnsOf(batch), metadata: METADATA }]
        : batch.map((data) => ({ type: 'ObservationRecorded', data, metadata: METADATA }));
      const appended = last.then(() => store.appendToStream(streamOf(batch[0] as Observation), events));
      last = appended.catch(() => undefined);
      return appended.then(() => undefined);
    },
    close: () => connection.close(),
  };
}
