/**
 * One connection to PostgreSQL that makes itself anew: it is opened by the first question, given up after a failure of the
 * way or a question without an answer in time, and opened again by the next question.
 */
import pg from 'pg';
import { isConnectionLost } from './failures.js';

/** Until a connection answers its first question. */
export const CONNECT_TIMEOUT_ms = 3000;
/** The server gives a statement up after so long, and says so. Waiting for a lock counts. */
export const STATEMENT_TIMEOUT_ms = 10_000;
/** Longer than the server's own, so that its answer comes first unless the way is broken. */
export const ANSWER_TIMEOUT_ms = 12_000;
const KEEP_ALIVE_AFTER_ms = 10_000;

/**
 * What every session of ours is set to.
 * - Snapshots are taken for each statement (`append_group` looks again after its lock), whatever the database defaults to.
 * - A commit is acknowledged when it is on the disk; a stricter setting (`remote_apply`) stays as it is.
 * - Every question of ours walks along an index. Without statistics (a young table) the planner would scan and sort, and a
 *   prepared statement would keep that plan while the table grows.
 */
const SESSION_SQL = `
SET default_transaction_isolation = 'read committed';
SET client_min_messages = warning;
SET statement_timeout = ${STATEMENT_TIMEOUT_ms};
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SET jit = off; SET plan_cache_mode = force_generic_plan;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
`;

const INT8 = 20;
const INT8_ARRAY = 1016;

const bigintsOf = (text: string): (bigint | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((word) => (word === 'NULL' ? null : BigInt(word)));

/** Numbers of 64 bits as bigints: the driver's text would need converting, and its numbers round beyond 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return BigInt;
    if (oid === INT8_ARRAY) return bigintsOf;
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

export interface ConnectionOptions {
  readonly url: string;
  readonly applicationName: string;
}

/** A question with its plan kept under its name. */
export interface Question {
  readonly name: string;
  readonly text: string;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #onOpen: (client: pg.Client) => Promise<void>;
  readonly #onLoss: () => void;
  #opening: Promise<pg.Client> | null = null;
  #live: pg.Client | null = null;

  constructor(
    options: ConnectionOptions,
    hooks: { readonly onOpen?: (client: pg.Client) => Promise<void>; readonly onLoss?: () => void } = {},
  ) {
    this.#options = options;
    this.#onOpen = hooks.onOpen ?? (async () => undefined);
    this.#onLoss = hooks.onLoss ?? (() => undefined);
  }

  /** Opens the connection when there is none. */
  async open(): Promise<void> {
    await this.#opened();
  }

  /** Rows as arrays, in the order of the columns. */
  async ask<Row extends unknown[]>(question: Question, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.#opened();
    const { name, text } = question;
    try {
      return (await client.query({ name, text, values: [...values], rowMode: 'array', types })).rows as Row[];
    } catch (error) {
      if (isConnectionLost(error)) this.#giveUp(client);
      throw error;
    }
  }

  /** Several statements without parameters and without answer; they are one transaction. */
  async run(sql: string): Promise<void> {
    const client = await this.#opened();
    try {
      await client.query(sql);
    } catch (error) {
      this.#giveUp(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = await this.#opening?.catch(() => null);
    this.#opening = this.#live = null;
    if (client) await endClient(client);
  }

  #opened(): Promise<pg.Client> {
    this.#opening ??= this.#open().then(
      (client) => (this.#live = client),
      (error: unknown) => {
        this.#opening = null;
        throw error;
      },
    );
    return this.#opening;
  }

  async #open(): Promise<pg.Client> {
    const { url, applicationName } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      fallback_application_name: applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_ms,
      query_timeout: ANSWER_TIMEOUT_ms,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_ms,
    });
    client.on('error', () => this.#giveUp(client));
    try {
      await client.connect();
      await client.query(SESSION_SQL);
      await this.#onOpen(client);
      return client;
    } catch (error) {
      cutOff(client);
      throw error;
    }
  }

  #giveUp(client: pg.Client): void {
    cutOff(client);
    if (this.#live !== client) return;
    this.#opening = this.#live = null;
    this.#onLoss();
  }
}

/** Without a word to the server: after a question without an answer it would not be read. */
function cutOff(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/** How long a server may take to say goodbye. */
const GOODBYE_TIMEOUT_ms = 1000;

async function endClient(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      cutOff(client);
      resolve();
    }, GOODBYE_TIMEOUT_ms);
  });
  await Promise.race([client.end().catch(() => undefined), late]);
  clearTimeout(timer);
}
