import { join } from 'node:path';
import type { ObservationColumns } from '#lib/domain';
import { decodeEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import type { Report } from '../report.js';
import { memoryOf } from '../support/process-memory.js';
import { startChild, type TortureChild } from '../support/torture-child.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { ACKNOWLEDGED, Ledger, REFUSED, UNSENT } from './ledger.js';
import type { FromLoad, ToLoad } from './load-child.js';
import { type LoadKind, observationsIn, requestOf, SERIES_KEYS, SOURCE_ID } from './numbered-requests.js';
import type { LevelResult, LoadLevel } from './open-load.js';

const MEMORY_MAX_MiB = 512;
/** What is normal: a share of the capacity at which a queue has a steady state; at exactly its capacity it has none. */
const NORMAL_SHARE = 0.7;
const OVERLOADS = [1, 2, 10];
/** Enough senders to have more under way than the door lets in. */
const SENDERS_MAX = 3_000;
/** Connections that find the capacity, each sending as soon as it was answered. */
const CAPACITY_CONNECTIONS: Readonly<Record<LoadKind, number>> = { singles: 128, batches: 16 };
const CAPACITY_TIME_ms = 1_500;
const RECOVERY_seconds = 10;
/** Back to normal: a second whose p99 is no worse than twice that of the time before, or than what nobody would notice. */
const RECOVERED_FACTOR = 2;
const RECOVERED_ms = 100;
/** Of the capacity that must still be served at ten times the load: less would be a collapse. */
const GOODPUT_SHARE_MIN = 0.1;
const VIEWS_TIMEOUT_ms = 600_000;

export const overloadCase: TortureCase = {
  name: 'overload',
  summary:
    'Requests arrive by the clock at 1, 2 and 10 times the measured capacity, one by one and in batches: nothing acknowledged lost, bounded memory, 503 with Retry-After and no other error, normal again within 10 s. Counts seconds a level',
  defaultCount: 1,
  fullCount: 300,
  timeLimit_ms: (count) => 240_000 + count * 40_000,
  run: runOverload,
};

/** With one kind of load only, for a short slice. */
export const overloadWith = (kind: LoadKind): TortureCase => ({
  ...overloadCase,
  run: (run) => runOverload(run, [kind]),
});

async function runOverload(
  { count, report, folder }: TortureRun,
  kinds: readonly LoadKind[] = ['singles', 'batches'],
): Promise<void> {
  const dataFolder = join(folder, 'data');
  const tallystick = await startTallystick({ dataFolder, env: { TALLYSTICK_LOG_LEVEL: 'error' } });
  try {
    const { admin, key } = await prepare(tallystick);
    for (const kind of kinds) {
      const file = bookOf(folder, kind);
      await loadAll(kind, { tallystick, key, file, duration_ms: count * 1_000, report });
    }
    const peak_MiB = memoryOf(tallystick.pid).peak_bytes / 2 ** 20;
    report.figure('most memory', `${peak_MiB.toFixed(0)} MiB`);
    report.check(peak_MiB < MEMORY_MAX_MiB, () => `the process took ${peak_MiB.toFixed(0)} MiB`);
    report.check(tallystick.process.exitCode === null, () => `the server ended:\n${tallystick.output()}`);
    const head = await compareWithLog(dataFolder, folder, report);
    await admin.waitForViews(String(head), VIEWS_TIMEOUT_ms);
  } finally {
    await tallystick.stop();
  }
}

const bookOf = (folder: string, kind: LoadKind): string => join(folder, `${kind}.book`);

async function prepare(tallystick: RunningTallystick): Promise<{ admin: Client; key: string }> {
  const admin = await new Client(tallystick.url).bootstrap(tallystick.bootstrapToken ?? '', 'admin');
  const source = await admin.registerSource(SOURCE_ID, { en: 'Sends too much' });
  const common = { sourceId: SOURCE_ID, unitOfMeasure: '1' };
  await admin.registerSeries(SERIES_KEYS.map((seriesKey) => ({ ...common, seriesKey, name: { en: seriesKey } })));
  return { admin, key: source.token ?? '' };
}

interface Run {
  readonly tallystick: RunningTallystick;
  readonly key: string;
  readonly file: string;
  readonly duration_ms: number;
  readonly report: Report;
}

async function loadAll(kind: LoadKind, run: Run): Promise<void> {
  const { tallystick, key, file, duration_ms, report } = run;
  const port = new URL(tallystick.url).port;
  const child = startChild<ToLoad, FromLoad>('overload/load-child.js', [port, kind, file, key]);
  try {
    const send = async (name: string, level: Partial<LoadLevel>): Promise<LevelResult> => {
      const whole = { rate: null, duration_ms, connections_max: SENDERS_MAX, ...level };
      const result = await askLevel(child, whole);
      judgeLevel(`${kind}, ${name}`, result, report);
      return result;
    };
    const closed = { duration_ms: CAPACITY_TIME_ms, connections_max: CAPACITY_CONNECTIONS[kind] };
    await send('warming up', closed);
    const capacity = rateOf(await send('as fast as answered', closed));
    const normal = { rate: capacity * NORMAL_SHARE, duration_ms: Math.max(duration_ms, 2_000) };
    const before = await send('normal', normal);
    let most = before;
    for (const times of OVERLOADS) most = await send(`${times} × capacity`, { rate: capacity * times });
    report.check(rateOf(most) >= capacity * GOODPUT_SHARE_MIN, () => {
      return `${kind}: of ${capacity.toFixed(0)} requests/s only ${rateOf(most).toFixed(0)} are served under overload`;
    });
    await recover(kind, send, normal.rate, before, report);
    await ask(child, { ask: 'finish' });
  } finally {
    await child.kill();
  }
}

const rateOf = ({ acknowledged, elapsed_ms }: LevelResult): number => (acknowledged / elapsed_ms) * 1_000;

function ask(child: TortureChild<ToLoad, FromLoad>, message: ToLoad): Promise<FromLoad> {
  return new Promise((resolve, reject) => {
    child.process.once('message', (answer) => resolve(answer as FromLoad));
    void child.ended.then(() => reject(new Error(`the sender ended: ${child.stderr()}`)));
    child.send(message);
  });
}

async function askLevel(child: TortureChild<ToLoad, FromLoad>, level: LoadLevel): Promise<LevelResult> {
  const answer = await ask(child, { ask: 'level', level });
  if (!('level' in answer)) throw new Error('the sender answered something else');
  return answer.level;
}

function judgeLevel(name: string, result: LevelResult, report: Report): void {
  report.tried('requests due', result.due);
  report.tried('requests sent', result.sent);
  report.tried('  acknowledged', result.acknowledged);
  report.tried('  refused with 503 and Retry-After', result.refused);
  report.figure(name, inWords(result));
  report.say(`${name}: ${inWords(result)}`);
  report.check(result.refusedWithoutRetryAfter === 0, () => `${name}: 503 without Retry-After`);
  report.check(result.cutOff === 0, () => `${name}: ${result.cutOff} connections ended with an answer due`);
  report.check(result.connectionsFailed === 0, () => `${name}: ${result.connectionsFailed} connections refused`);
  report.check(result.unanswered === 0, () => `${name}: ${result.unanswered} requests never answered`);
  const others = JSON.stringify(result.otherAnswers);
  report.check(others === '{}', () => `${name}: other answers ${others}`);
}

function inWords(result: LevelResult): string {
  const perSecond = (count: number): string => Math.round((count / result.elapsed_ms) * 1_000).toLocaleString('en');
  return [
    `${perSecond(result.due)} due/s`,
    `${perSecond(result.sent)} sent/s`,
    `${perSecond(result.acknowledged)} acknowledged/s`,
    `${perSecond(result.refused)} refused/s`,
    `${result.connections} connections`,
    `p50 ${result.p50_ms.toFixed(1)} ms`,
    `p99 ${result.p99_ms.toFixed(1)} ms`,
    `p99 of refusals ${result.refusalP99_ms.toFixed(1)} ms`,
  ].join(', ');
}

type Send = (name: string, level: Partial<LoadLevel>) => Promise<LevelResult>;

/** Back at the normal rate: second after second until one is as good as before. */
async function recover(kind: LoadKind, send: Send, rate: number, before: LevelResult, report: Report): Promise<void> {
  const limit_ms = Math.max(before.p99_ms * RECOVERED_FACTOR, RECOVERED_ms);
  const seconds_ms: number[] = [];
  while (seconds_ms.length < RECOVERY_seconds && !(seconds_ms.at(-1)! <= limit_ms)) {
    seconds_ms.push((await send(`second ${seconds_ms.length + 1} after`, { rate, duration_ms: 1_000 })).p99_ms);
  }
  const shown = `${seconds_ms.map((p99_ms) => p99_ms.toFixed(0)).join(', ')} ms`;
  report.figure(`${kind}, p99 of each second after the overload`, `${shown} (before: ${before.p99_ms.toFixed(0)} ms)`);
  report.check(
    seconds_ms.at(-1)! <= limit_ms,
    () => `${kind}: not normal again within ${RECOVERY_seconds} s: ${shown}`,
  );
}

/** Every acknowledged request is there whole and once; any other whole and once, or not at all; a refused one not at all. */
async function compareWithLog(dataFolder: string, folder: string, report: Report): Promise<bigint> {
  const books = { singles: Ledger.read(bookOf(folder, 'singles')), batches: Ledger.read(bookOf(folder, 'batches')) };
  const found = { singles: new Uint32Array(books.singles.length), batches: new Uint32Array(books.batches.length) };
  const log = await SqliteEventStore.open({ file: join(dataFolder, 'log.db'), readOnly: true });
  for await (const event of log.readAll({ types: ['ObservationsRecorded'] })) {
    const columns = decodeEvent<{ type: string; data: ObservationColumns }>(event).data;
    let at_ms = columns.from_ms;
    for (let i = 0; i < columns.value.length; i += 1) {
      at_ms += columns.step_ms[i]!;
      const { kind, number } = requestOf(columns.series[columns.seriesIndex[i]!]!, at_ms);
      found[kind][number]! += 1;
    }
  }
  const head = (await log.head())?.position ?? 0n;
  await log.close();
  for (const kind of ['singles', 'batches'] as const) compareBook(kind, books[kind], found[kind], report);
  return head;
}

function compareBook(kind: LoadKind, book: Uint8Array, found: Uint32Array, report: Report): void {
  const whole = observationsIn(kind);
  book.forEach((state, number) => {
    const there = found[number]!;
    if (state === ACKNOWLEDGED && there < whole) report.lost(`${kind} ${number}: ${there} of ${whole} are in the log`);
    else if (there > whole) report.doubled(`${kind} ${number}: ${there} instead of ${whole} are in the log`);
    else if (there > 0 && (state === REFUSED || state === UNSENT)) {
      report.violated(`${kind} ${number} was refused and is in the log`);
    } else if (there !== 0 && there !== whole) report.violated(`${kind} ${number}: torn, ${there} of ${whole}`);
  });
  report.tried(`${kind} compared with the log`, book.length);
}
