/** The one place that says which engine stands behind a URL. */
import { existsSync, statSync } from 'node:fs';
import { EventStoreError, StoreUnavailable, type EventStore, type LogImport, type Position } from '#lib/event-store';
import { LogUrlError, parseLogUrl, withoutSecretsOf, type LogAddress } from './log-url.js';

/** A durable commit of this process. Appends that were refused or replayed in it wrote nothing and are not counted. */
export interface LogCommit {
  readonly appends: number;
  readonly events: number;
  /** The newest position of the log after it. */
  readonly head: Position;
  readonly duration_ms: number;
  /** The part that waited for the disk, where the engine tells it. */
  readonly sync_ms: number | null;
}

export interface OpenEventStoreOptions {
  /** SQLite: without the writer, for other threads and processes; the file must be there. Servers have readers anyway. */
  readonly readOnly?: boolean;
  /** Hears of each durable commit of this process, before its appends are acknowledged. Not told by EventStoreDB. */
  readonly onCommit?: (commit: LogCommit) => void;
  /**
   * Hears that the engine failed; `isFinal`: nothing more is acknowledged until a restart (SQLite's disk). Else the store
   * comes back by itself.
   */
  readonly onFailure?: (failure: { readonly error: unknown; readonly isFinal: boolean }) => void;
  /** Connections of this store to a server at most, where it keeps several (PostgreSQL: at least 3). */
  readonly connections_max?: number;
  /** Under which name the server lists this program. */
  readonly applicationName?: string;
}

/** `wake`: something was committed elsewhere, look now. Only where nobody else tells the store (SQLite, read-only). */
export type OpenedEventStore = EventStore & { readonly wake?: () => void };

/** The log could not be opened, and trying again does not help: rights, a password, a file that is no log. */
export class LogNotOpened extends Error {
  override readonly name = 'LogNotOpened';
  readonly code = 'LOG_NOT_OPENED';
}

/**
 * Opens the log behind the URL, and makes it when it is not there. Drivers of servers are loaded only when they are needed:
 * they cost as much as the rest of a start.
 * @throws LogUrlError for a URL that names no log
 * @throws StoreUnavailable when a server does not answer: trying again later is right
 * @throws EventStoreError `STORE_IN_USE` (SQLite: another process writes), `STORE_NEWER_THAN_PROGRAM`
 * @throws LogNotOpened when a server refuses; SQLite's own errors for a file that is no log
 */
export async function openEventStore(url: string, options: OpenEventStoreOptions = {}): Promise<OpenedEventStore> {
  const address = parseLogUrl(url);
  switch (address.engine) {
    case 'sqlite':
      return await openSqlite(address.file!, options);
    case 'postgres':
      return await sayingNoSecrets(address, () => openPostgres(address.url, options));
    case 'eventstoredb':
      return await sayingNoSecrets(address, () => openEventStoreDb(address.url, options));
  }
}

/**
 * Opens the log behind the URL for placing events as they are (moving a log), and makes it when it is not there.
 * @throws as `openEventStore`; `STORE_IN_USE` when a service has the log
 */
export async function openLogImport(url: string): Promise<LogImport> {
  const address = parseLogUrl(url);
  switch (address.engine) {
    case 'sqlite': {
      refuseFolder(address.file!);
      const { SqliteLogImport } = await import('#lib/event-store-sqlite');
      return await SqliteLogImport.open({ file: address.file! });
    }
    case 'postgres': {
      const { PostgresLogImport } = await import('#lib/event-store-postgres');
      return await sayingNoSecrets(address, () => PostgresLogImport.open(inPostgres(address.url)));
    }
    case 'eventstoredb': {
      const { KurrentLogImport } = await import('#lib/event-store-kurrent');
      return await sayingNoSecrets(address, () => KurrentLogImport.open({ connectionString: address.url }));
    }
  }
}

async function openSqlite(file: string, options: OpenEventStoreOptions): Promise<OpenedEventStore> {
  const { readOnly, onCommit, onFailure } = options;
  refuseFolder(file);
  if (readOnly && !existsSync(file)) throw new LogUrlError('LOG_NOT_FOUND', `there is no log at ${file}`);
  const { SqliteEventStore } = await import('#lib/event-store-sqlite');
  return await SqliteEventStore.open({
    file,
    readOnly,
    onCommit: onCommit && (({ fsync_ms, ...commit }) => onCommit({ ...commit, sync_ms: fsync_ms })),
    onFailure: onFailure && ((error) => onFailure({ error, isFinal: true })),
  });
}

async function openPostgres(url: string, options: OpenEventStoreOptions): Promise<EventStore> {
  const { onCommit, onFailure, applicationName } = options;
  const { PostgresEventStore } = await import('#lib/event-store-postgres');
  return await PostgresEventStore.open({
    ...inPostgres(url),
    applicationName,
    maxConnections: options.connections_max,
    onCommit: onCommit && ((commit) => onCommit({ ...commit, sync_ms: null })),
    onFailure: onFailure && ((error) => onFailure({ error, isFinal: false })),
  });
}

async function openEventStoreDb(url: string, { onFailure }: OpenEventStoreOptions): Promise<EventStore> {
  const { KurrentEventStore } = await import('#lib/event-store-kurrent');
  return await KurrentEventStore.open({
    connectionString: url,
    onConnectionLost: onFailure && ((error) => onFailure({ error, isFinal: false })),
  });
}

function refuseFolder(file: string): void {
  if (!existsSync(file) || !statSync(file).isDirectory()) return;
  const message = `${file} is a folder: name the file in it, sqlite:${file}/log.db`;
  throw new LogUrlError('LOG_URL_INVALID', message);
}

/** `?schema=name` is ours: a database may hold several logs. The driver gets the URL without it. */
function inPostgres(url: string): { readonly url: string; readonly schema?: string } {
  const parsed = new URL(url);
  const schema = parsed.searchParams.get('schema') ?? undefined;
  if (schema === undefined) return { url };
  parsed.searchParams.delete('schema');
  return { url: parsed.href, schema };
}

/** Messages of drivers may hold the URL they were given, and causes are printed with the errors that they belong to. */
async function sayingNoSecrets<Result>({ url, name }: LogAddress, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    const message = withoutSecretsOf(url, error instanceof Error ? error.message : String(error));
    if (error instanceof StoreUnavailable) throw new StoreUnavailable(message, error.retryAfter_ms);
    if (error instanceof EventStoreError) throw new EventStoreError(error.code, message);
    throw new LogNotOpened(`the log ${name} cannot be opened: ${message}`);
  }
}
