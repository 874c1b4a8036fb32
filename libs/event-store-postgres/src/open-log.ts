/** Brings the schema of a log to this program's version, or says why it cannot. */
import { EventStoreError, type Position, type Revision } from '#lib/event-store';
import { pauseAfterFailure } from './backoff.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { kindOfFailure, textOf, unavailable } from './failures.js';
import { LOG_SCHEMA_VERSION, MIGRATIONS, SERVER_VERSION_MIN } from './schema.js';

/** How long a server that does not answer, or is just starting, is waited for. */
export const OPEN_PATIENCE_ms = 5000;
/** Where our advisory locks lie, apart from those of other programs: "TALY". */
const LOCK_SPACE = 0x54414c59;
const SCHEMA_NAME_PATTERN = /^[a-z_][a-z0-9_]{0,47}$/;

/** How a log numbers; only tests give other values than 1 and 0. */
export interface Numbering {
  readonly firstPosition: Position;
  readonly firstRevision: Revision;
}

export const SCHEMA_DEFAULT = 'tallystick';
export const NUMBERING_DEFAULT: Numbering = { firstPosition: 1n, firstRevision: 0n };

/** @throws Error when the name is not a plain one */
export function quotedSchema(schema: string): string {
  if (!SCHEMA_NAME_PATTERN.test(schema) || schema.startsWith('pg_'))
    throw new Error(`schema name ${JSON.stringify(schema)}: lower-case letters, digits and _ only, 48 at most`);
  return `"${schema}"`;
}

/** @throws Error without the URL in it, because it may hold a password */
export function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol))
    throw new Error('the URL of PostgreSQL must look like postgres://user@host:5432/database');
  return url;
}

/**
 * Makes or migrates the schema, one starter at a time.
 * @returns how the log numbers
 * @throws StoreUnavailable when the server cannot be reached; EventStoreError `STORE_NEWER_THAN_PROGRAM`; Error when the
 *   server is too old, refuses the login, or keeps texts in another encoding than UTF-8
 */
export async function prepareLog(
  options: ConnectionOptions,
  schema: string,
  numbering: Numbering,
  signal?: AbortSignal,
): Promise<Numbering> {
  const connection = new Connection(options);
  const patientUntil_ms = performance.now() + OPEN_PATIENCE_ms;
  try {
    for (let failures = 0; ; failures += 1) {
      try {
        return await prepareOnce(connection, schema, numbering);
      } catch (error) {
        if (error instanceof EventStoreError || error instanceof WrongServer) throw error;
        const message = `PostgreSQL at ${targetOf(options.url)}: ${textOf(error)}`;
        if (kindOfFailure(error) !== 'passing') throw new Error(message);
        if (performance.now() > patientUntil_ms || signal?.aborted) throw unavailable(message);
        await pauseAfterFailure(failures, signal);
      }
    }
  } finally {
    await connection.close();
  }
}

class WrongServer extends Error {}

async function prepareOnce(connection: Connection, schema: string, numbering: Numbering): Promise<Numbering> {
  await checkServer(connection);
  const found = await versionOf(connection, schema);
  if (found !== LOG_SCHEMA_VERSION) await migrate(connection, schema, numbering);
  const question = { name: 'numbering', text: `SELECT first_position, first_revision FROM "${schema}".log` };
  const [row] = await connection.ask<[bigint, bigint]>(question);
  return { firstPosition: row![0], firstRevision: row![1] };
}

async function checkServer(connection: Connection): Promise<void> {
  const text = `SELECT current_setting('server_version_num'), current_setting('server_version'),
    current_setting('server_encoding')`;
  const [row] = await connection.ask<[string, string, string]>({ name: 'server', text });
  const [number, version, encoding] = row!;
  if (Number(number) < SERVER_VERSION_MIN)
    throw new WrongServer(
      `PostgreSQL ${version} is too old: version ${SERVER_VERSION_MIN / 10_000} or newer is needed`,
    );
  if (encoding !== 'UTF8')
    throw new WrongServer(`the database keeps texts in ${encoding}: one with the encoding UTF8 is needed`);
}

/**
 * 0 when there is no log yet. The catalogue is read as a table: `to_regclass` would answer from a cache that, behind an
 * advisory lock, does not know yet what the starter before us has made.
 */
async function versionOf(connection: Connection, schema: string): Promise<number> {
  const table = `"${schema}".log`;
  const [exists] = await connection.ask<[boolean]>(
    {
      name: 'log_exists',
      text: `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = 'log')`,
    },
    [schema],
  );
  if (!exists![0]) return 0;
  const rows = await connection.ask<[number]>({ name: 'version', text: `SELECT schema_version FROM ${table}` });
  const version = rows[0]?.[0] ?? 0;
  if (version > LOG_SCHEMA_VERSION)
    throw new EventStoreError(
      'STORE_NEWER_THAN_PROGRAM',
      `schema ${schema} has version ${version}, this program knows ${LOG_SCHEMA_VERSION}: start a newer program`,
    );
  return version;
}

async function migrate(connection: Connection, schema: string, numbering: Numbering): Promise<void> {
  // A starter that stands still in here must not hold the others up for ever.
  await connection.run(`SET idle_in_transaction_session_timeout = '10s'; BEGIN;
    SELECT pg_advisory_xact_lock(${LOCK_SPACE}, hashtext('${schema}'))`);
  const version = await versionOf(connection, schema);
  const steps = MIGRATIONS.slice(version).map((migration) => migration(`"${schema}"`));
  const mark =
    version === 0
      ? `INSERT INTO "${schema}".log (schema_version, first_position, first_revision)
         VALUES (${LOG_SCHEMA_VERSION}, ${numbering.firstPosition}, ${numbering.firstRevision})`
      : `UPDATE "${schema}".log SET schema_version = ${LOG_SCHEMA_VERSION}`;
  const create = version === 0 ? `CREATE SCHEMA IF NOT EXISTS "${schema}";` : '';
  await connection.run(version === LOG_SCHEMA_VERSION ? 'COMMIT' : `${create} ${steps.join(';')}; ${mark}; COMMIT`);
}

/** Host, port and database of a URL, for messages. */
function targetOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
