/** Starts the built command in a process of its own, as a person would. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toNewEvents, type EventMetadata, type StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';

const ENTRY = resolve(join('dist', 'apps', 'cli', 'src', 'main.js'));

export interface CliAnswer {
  /** Null after a signal that was not caught. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: Buffer;
  readonly errors: string;
}

/** A command that runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliAnswer>;
}

export function startCli(...args: string[]): CliProcess {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is not there: run \`npm run build\` first`);
  const child = spawn(process.execPath, [ENTRY, 'log', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  // A command that refuses at once does not read what is sent to it.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<CliAnswer>((done) =>
    child.once('close', (code, signal) => done({ code, signal, output: Buffer.concat(output), errors })),
  );
  return { child, ended };
}

/** Runs a command to its end. */
export async function cli(args: readonly string[], input: Uint8Array = Buffer.alloc(0)): Promise<CliAnswer> {
  const { child, ended } = startCli(...args);
  child.stdin!.end(input);
  return await ended;
}

/** Runs a command with `--json` and reads its result. */
export async function cliJson(...args: string[]): Promise<{ code: number | null; result: Record<string, unknown> }> {
  const { code, output, errors } = await cli([...args, '--json']);
  if (output.length === 0) throw new Error(`no result: ${errors}`);
  return { code, result: JSON.parse(output.toString()) as Record<string, unknown> };
}

const metadata: EventMetadata = { actor: { kind: 'system', id: 'test', role: 'system' }, correlationId: 'c' };
const OBSERVATIONS_PER_BATCH = 50;
const EVENTS_PER_APPEND = 100;
const STREAMS = 10;

/** Writes a log of batches of observations as the service does: `count` events, a multiple of 100. */
export async function writeLog(file: string, count: number, observations = OBSERVATIONS_PER_BATCH): Promise<void> {
  const store = await SqliteEventStore.open({ file });
  const columns = (index: number) => ({
    sourceId: 'air',
    series: ['air/a', 'air/b'],
    seriesIndex: Array.from({ length: observations }, (_, at) => at % 2),
    from_ms: 1_700_000_000_000 + index,
    step_ms: Array.from({ length: observations }, (_, at) => (at === 0 ? 0 : 1000)),
    value: Array.from({ length: observations }, (_, at) => index + at / 4),
  });
  for (let first = 0; first < count; first += EVENTS_PER_APPEND) {
    const events = Array.from({ length: EVENTS_PER_APPEND }, (_, at) => ({
      type: 'ObservationsRecorded',
      data: columns(first + at),
    }));
    const stream = `observations-s${(first / EVENTS_PER_APPEND) % STREAMS}`;
    await store.append(stream, 'any', toNewEvents(events, `batch ${first}`, metadata));
  }
  await store.close();
}

/** Everything in a log file. */
export async function eventsIn(file: string): Promise<StoredEvent[]> {
  const store = await SqliteEventStore.open({ file, readOnly: true });
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  await store.close();
  return events;
}
