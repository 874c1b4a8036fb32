import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** How long the system may take to say that it is ready. */
const START_TIMEOUT_MS = 30_000;
/** How long it may take to stop after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 15_000;
/** How much of what the child printed is kept for messages, in characters. */
const OUTPUT_KEPT_CHARACTERS = 16_384;

const READY_LINE = /Tallystick is ready at (http:\/\/[\d.]+:\d+)/;
const TOKEN_LINE = /Sign in with this one-time token: (\S+)/;

/** The entry that `npm run build` makes, from the repository's root. */
export const ALL_IN_ONE_ENTRY = join('dist', 'apps', 'all-in-one', 'src', 'main.js');

export interface StartOptions {
  /** Added to (and winning over) this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where log and views live; a temporary folder, removed on `stop`, when absent. */
  readonly dataFolder?: string;
  /** 0 (any free port) when absent. */
  readonly port?: number;
  readonly startTimeout_ms?: number;
  /** Keeps Ctrl-C on the terminal from reaching the child, whose parent wants to stop it in its own order. */
  readonly ownProcessGroup?: boolean;
}

/** A system under test in a process of its own. */
export interface RunningTallystick {
  readonly url: string;
  /** Printed on the first start on a data folder; null on later ones. */
  readonly bootstrapToken: string | null;
  readonly dataFolder: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to its ready line. */
  readonly startTime_ms: number;
  readonly process: ChildProcess;
  /** What it printed last, for messages. */
  output(): string;
  /** SIGTERM, then waits; answers the exit code (null after a signal). A temporary data folder is removed. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a crash would: nothing is flushed, the data folder stays. */
  kill(): Promise<void>;
}

/**
 * Starts the whole system (`apps/all-in-one`, as built) on a free loopback port and waits until it says that it is ready.
 * @throws when it is not built, exits first, or is not ready in time; the message ends with what it printed.
 */
export async function startTallystick(options: StartOptions = {}): Promise<RunningTallystick> {
  const entry = resolve(ALL_IN_ONE_ENTRY);
  if (!existsSync(entry)) throw new Error(`${ALL_IN_ONE_ENTRY} is not there: run \`npm run build\` first`);
  const temporary = options.dataFolder === undefined;
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'tallystick-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...heapFlags(), '--enable-source-maps', entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownProcessGroup ?? false,
    env: {
      ...environmentWithoutSettings(),
      TALLYSTICK_PORT: String(options.port ?? 0),
      TALLYSTICK_DATA: dataFolder,
      NODE_OPTIONS: '',
      ...options.env,
    },
  });
  // Whatever ends this process, the system it started must not go on alone.
  const endWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithParent);
  child.once('exit', () => process.off('exit', endWithParent));
  const output = keepOutput(child);
  try {
    const url = await readyUrl(child, output, options.startTimeout_ms ?? START_TIMEOUT_MS);
    const startTime_ms = performance.now() - startedAt;
    return handleOf(child, { url, startTime_ms, dataFolder, temporary, output });
  } catch (error) {
    child.kill('SIGKILL');
    if (temporary) rmSync(dataFolder, { recursive: true, force: true });
    throw error;
  }
}

/** This process's environment without the settings of somebody's own system, which must not reach a system under test. */
const environmentWithoutSettings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TALLYSTICK_')));

/** What `npm start` gives Node: without bounds its heaps grow past what the system is allowed to need. */
function heapFlags(): string[] {
  const { config } = JSON.parse(readFileSync('package.json', 'utf8')) as { config: { heap_flags: string } };
  return config.heap_flags.split(' ');
}

function handleOf(
  child: ChildProcess,
  about: { url: string; startTime_ms: number; dataFolder: string; temporary: boolean; output: () => string },
): RunningTallystick {
  const removeTemporary = (): void => {
    if (about.temporary) rmSync(about.dataFolder, { recursive: true, force: true });
  };
  return {
    url: about.url,
    bootstrapToken: TOKEN_LINE.exec(about.output())?.[1] ?? null,
    dataFolder: about.dataFolder,
    pid: child.pid ?? -1,
    startTime_ms: about.startTime_ms,
    process: child,
    output: about.output,
    stop: async () => {
      const code = await endOf(child, 'SIGTERM');
      removeTemporary();
      return code;
    },
    kill: async () => {
      await endOf(child, 'SIGKILL');
    },
  };
}

/** Sends the signal and waits for the end; a child that does not end in time is killed. */
async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
  return child.exitCode;
}

/** Collects both streams; reading them also keeps the child from blocking on a full pipe. */
function keepOutput(child: ChildProcess): () => string {
  let kept = '';
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString('utf8')).slice(-OUTPUT_KEPT_CHARACTERS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => kept;
}

/**
 * Waits for the ready line. The token line may stand before or after it in the same block of text, so one more turn of the
 * event loop is given once the ready line is seen.
 */
async function readyUrl(child: ChildProcess, output: () => string, timeout_ms: number): Promise<string> {
  const poll_ms = 10;
  const deadline = performance.now() + timeout_ms;
  while (performance.now() < deadline) {
    const url = READY_LINE.exec(output())?.[1];
    if (url !== undefined) {
      await new Promise((done) => setTimeout(done, poll_ms));
      return url;
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Tallystick ended (${child.exitCode ?? child.signalCode}) before it was ready:\n${output()}`);
    }
    await new Promise((done) => setTimeout(done, poll_ms));
  }
  throw new Error(`Tallystick was not ready within ${timeout_ms} ms:\n${output()}`);
}
