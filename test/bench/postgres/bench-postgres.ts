import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../services/postgres.js';

/** What decides how fast a commit may be; all as PostgreSQL comes, none of it set here. */
const SETTINGS_TOLD = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers'] as const;

/** Each case has a server of its own: what one leaves behind (checkpoints, vacuum) must not be paid for by the next. */
export async function withPostgres(use: (server: PostgresServer) => Promise<void>): Promise<void> {
  const server = await startPostgres();
  try {
    await use(server);
  } finally {
    await server.dispose();
  }
}

export type PostgresFound = { readonly about: string } | { readonly missing: string };

/** Starts a server and ends it: answers its version and settings, or why there is none. */
export async function findPostgres(): Promise<PostgresFound> {
  let about = '';
  try {
    await withPostgres(async ({ url, version }) => {
      about = `PostgreSQL ${version} (${await settingsOf(url)})`;
    });
    return { about };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

async function settingsOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const sql = 'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name';
    const { rows } = await client.query<{ name: string; value: string }>(sql, [SETTINGS_TOLD]);
    return rows.map(({ name, value }) => `${name} ${value}`).join(', ');
  } finally {
    await client.end();
  }
}
