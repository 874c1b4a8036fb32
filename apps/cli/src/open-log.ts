/** The one place where a URL becomes a log. */
import { existsSync, statSync } from 'node:fs';
import type { EventStore, LogImport } from '#lib/event-store';
import { SqliteEventStore, SqliteLogImport } from '#lib/event-store-sqlite';
import type { LogSide } from '#lib/log-moving';

export interface OpenedLog {
  readonly side: LogSide;
  close(): Promise<void>;
}

export interface LogOpenedForPlacing extends OpenedLog {
  readonly placing: LogImport;
}

/** The URL names no log that this program can open; the message says what it should be. */
export class LogUrlError extends Error {
  override readonly name = 'LogUrlError';
}

interface Engine {
  readonly schemes: readonly string[];
  readonly hasDensePositions: boolean;
  readonly openForReading: (url: string) => Promise<EventStore>;
  /** Makes the log when it is not there. */
  readonly openForPlacing: (url: string) => Promise<LogImport>;
}

const SQLITE: Engine = {
  schemes: ['sqlite'],
  hasDensePositions: true,
  openForReading: (url) => SqliteEventStore.open({ file: existing(fileOf(url)), readOnly: true }),
  openForPlacing: (url) => SqliteLogImport.open({ file: fileOf(url) }),
};

// The drivers of servers are loaded only where they are needed: they cost as much as the rest of a start.
const POSTGRES: Engine = {
  schemes: ['postgres', 'postgresql'],
  hasDensePositions: true,
  openForReading: async (url) => (await import('#lib/event-store-postgres')).PostgresEventStore.open(inPostgres(url)),
  openForPlacing: async (url) => (await import('#lib/event-store-postgres')).PostgresLogImport.open(inPostgres(url)),
};

const EVENTSTOREDB: Engine = {
  schemes: ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'],
  hasDensePositions: false,
  openForReading: async (url) =>
    (await import('#lib/event-store-kurrent')).KurrentEventStore.open({ connectionString: url }),
  openForPlacing: async (url) =>
    (await import('#lib/event-store-kurrent')).KurrentLogImport.open({ connectionString: url }),
};

const ENGINES: readonly Engine[] = [SQLITE, POSTGRES, EVENTSTOREDB];

/** @throws LogUrlError; what the engine throws when the log is not there or cannot be read */
export async function openForReading(url: string): Promise<OpenedLog> {
  const engine = engineOf(url);
  const store = await engine.openForReading(url);
  return { side: sideOf(url, engine, store), close: () => store.close() };
}

/** @throws LogUrlError; EventStoreError `STORE_IN_USE` when a service has the log */
export async function openForPlacing(url: string): Promise<LogOpenedForPlacing> {
  const engine = engineOf(url);
  const placing = await engine.openForPlacing(url);
  try {
    const store = await engine.openForReading(url);
    const close = async (): Promise<void> => {
      await store.close();
      await placing.close();
    };
    return { side: sideOf(url, engine, store), placing, close };
  } catch (error) {
    await placing.close();
    throw error;
  }
}

const sideOf = (url: string, { hasDensePositions }: Engine, store: EventStore): LogSide => ({
  name: withoutPassword(url),
  store,
  hasDensePositions,
});

function engineOf(url: string): Engine {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const engine = ENGINES.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme));
  if (engine !== undefined) return engine;
  const known = ENGINES.flatMap(({ schemes }) => schemes.map((name) => `${name}:`)).join(', ');
  const advice = scheme === undefined ? `; for a file write sqlite:${url}` : '';
  throw new LogUrlError(
    `"${withoutPassword(url)}" is not the URL of a log: it must begin with one of ${known}${advice}`,
  );
}

/** `sqlite:file`, `sqlite:/folder/file` and, as others write it, `sqlite:///folder/file`. */
function fileOf(url: string): string {
  const file = url.slice(url.indexOf(':') + 1).replace(/^\/\/(?=.)/, '');
  if (file === '' || file.endsWith('/')) throw new LogUrlError(`"${url}" names no file: write sqlite:path/to/log.db`);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new LogUrlError(`${file} is a folder: name the file in it, sqlite:${file}/log.db`);
  return file;
}

/** `?schema=name` is ours: a database may hold several logs. The driver gets the URL without it. */
function inPostgres(url: string): { readonly url: string; readonly schema?: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const schema = parsed?.searchParams.get('schema') ?? undefined;
  if (parsed === null || schema === undefined) return { url };
  parsed.searchParams.delete('schema');
  return { url: parsed.href, schema };
}

function existing(file: string): string {
  if (existsSync(file)) return file;
  throw new LogUrlError(`there is no log at ${file}`);
}

/** URLs are printed; passwords are not. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@]*?):[^/?#]*@/i, '$1:***@');
}
