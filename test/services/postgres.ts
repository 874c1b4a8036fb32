/**
 * A throw-away PostgreSQL server for tests and measurements: Debian's `postgresql` (installed when it is missing), a cluster
 * of its own in a temporary folder, on loopback, with fsync on. It runs as user `postgres`, because the server refuses root,
 * and ends by its process id.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, closeSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

const DEBIAN_ROOT = '/usr/lib/postgresql';
const SUPERUSER = 'postgres';
const ANSWER_PATIENCE_ms = 30_000;
const ANSWER_PAUSE_ms = 25;

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** For example `15.18`. */
  readonly version: string;
  /** What `pg_ctl restart -m immediate` does: every backend is cut off, the server recovers from its write-ahead log. */
  restartImmediately(): Promise<void>;
  /** Cuts off every backend and leaves the server down. */
  stopImmediately(): Promise<void>;
  /** Starts the stopped server on the same data and port, and waits until it answers. */
  start(): Promise<void>;
  /** Ends the server and removes its data. Safe to call twice. */
  dispose(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Lines for the configuration, for example `{ max_connections: '200' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** @throws Error when PostgreSQL is missing and cannot be installed, or does not answer */
export async function startPostgres({ settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const programs = findPrograms();
  const identity = whoRuns();
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-postgres-'));
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid!);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
    { ...identity, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const url = `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`;
  const given = Object.entries({ fsync: 'on', synchronous_commit: 'on', max_connections: '200', ...settings });
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
  for (const [name, value] of given) args.push('-c', `${name}=${value}`);

  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const log = openSync(join(folder, 'log'), 'a');
    server = spawn(join(programs, 'postgres'), args, { ...identity, cwd: folder, stdio: ['ignore', log, log] });
    closeSync(log);
    await waitForAnswer(url, server, join(folder, 'log'));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.kill(signal);
    await once(ending, 'exit');
  };
  const endWithProcess = (): void => void server?.kill('SIGQUIT');
  process.once('exit', endWithProcess);
  await start();
  return {
    url,
    port,
    version: versionOf(programs),
    start,
    stopImmediately: () => end('SIGQUIT'),
    restartImmediately: async () => {
      await end('SIGQUIT');
      await start();
    },
    dispose: async () => {
      process.removeListener('exit', endWithProcess);
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findPrograms(): string {
  const find = (): string | undefined =>
    (existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : [])
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN_ROOT, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')));
  if (find() === undefined) {
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const;
    spawnSync('apt-get', ['-qq', 'update'], quiet);
    spawnSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'postgresql'], quiet);
  }
  const found = find();
  if (found === undefined) throw new Error(`no PostgreSQL under ${DEBIAN_ROOT}: apt-get install postgresql`);
  return found;
}

/** Nobody in particular (the present user), unless that is root. */
function whoRuns(): Identity {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function versionOf(programs: string): string {
  const { stdout } = spawnSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown';
}

async function waitForAnswer(url: string, server: ChildProcess, logFile: string): Promise<void> {
  const until_ms = performance.now() + ANSWER_PATIENCE_ms;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      client.end().catch(() => undefined);
      if (server.exitCode !== null || performance.now() > until_ms)
        throw new Error(`PostgreSQL does not answer:\n${readFileSync(logFile, 'utf8').slice(-2000)}`, { cause: error });
      await setTimeout(ANSWER_PAUSE_ms);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
