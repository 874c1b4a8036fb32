/** The whole application on a disk that fails or fills up: what callers and operators are told, and what is there afterwards. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, HttpProblem } from '#lib/client';
import { startTallystick, type RunningTallystick } from '#lib/client';
import type { Report } from '../report.js';
import { enableLibfiu, libfiuEnvironment, type LibfiuFault } from './fault.js';

const SERIES = 'disk/level';
const FROM_ms = Date.parse('2026-01-01T00:00:00Z');
const STEP_ms = 1_000;
const FULL_DISK_SIZE_MiB = 24;
/** Far more than fits. */
const BATCHES_MAX = 4_000;
/** For the operator to be told, when it does not happen with the answer already. */
const TOLD_WITHIN_ms = 5_000;

interface Observed {
  readonly series: string;
  readonly observedAt: number;
  readonly value: number;
}

/** A batch whose values follow from its number. */
const batch = (number: number, size: number): Observed[] =>
  Array.from({ length: size }, (_, index) => {
    const count = number * size + index;
    return { series: SERIES, observedAt: FROM_ms + count * STEP_ms, value: count };
  });

interface Prepared {
  readonly running: RunningTallystick;
  readonly admin: Client;
  readonly source: Client;
}

async function prepare(dataFolder: string, env: Record<string, string>): Promise<Prepared> {
  const running = await startTallystick({ dataFolder, env });
  const admin = await new Client(running.url).bootstrap(running.bootstrapToken ?? '', 'admin-1');
  const source = await admin.registerSource('disk', { en: 'Disk' });
  await admin.registerSeries([{ seriesKey: SERIES, sourceId: 'disk', name: { en: 'Level' }, unitOfMeasure: '1' }]);
  return { running, admin, source };
}

/** Some batches are acknowledged; then every call through `point` fails. */
export async function failApplication(
  point: LibfiuFault['point'],
  batches: number,
  runFolder: string,
  report: Report,
): Promise<void> {
  const folder = mkdtempSync(join(runFolder, 'application-'));
  const dataFolder = join(folder, 'data');
  const where = `whole application, ${point} after ${batches} batches`;
  const { running, admin, source } = await prepare(dataFolder, libfiuEnvironment(folder));
  try {
    const size = 7;
    for (let number = 0; number < batches; number += 1) await source.sendObservations(batch(number, size));
    enableLibfiu(folder, running.pid, { point, isLasting: true });
    const isRefused = await refuses(source, batch(batches, size), where, report);
    report.tried('faults of the whole application');
    if (isRefused) await judgeRefusing(running, source, batch(batches + 1, size), where, report);
    await running.kill();
    await judgeRestart({ dataFolder, admin, acknowledged: batches * size, sent: (batches + 1) * size, where, report });
  } finally {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The disk has no space left at some point; whoever stops the process and gives it space finds everything acknowledged. */
export async function fillDisk(runFolder: string, report: Report): Promise<void> {
  const small = join(runFolder, 'small-disk');
  const large = join(runFolder, 'large-disk');
  mkdirSync(small);
  mount(['-t', 'tmpfs', '-o', `size=${FULL_DISK_SIZE_MiB}m`, 'tmpfs', small]);
  const where = 'full disk';
  let running: RunningTallystick | undefined;
  try {
    const prepared = await prepare(join(small, 'data'), {});
    running = prepared.running;
    const size = 1_000;
    let acknowledged = 0;
    while (acknowledged < BATCHES_MAX && !(await refuses(prepared.source, batch(acknowledged, size), '', report)))
      acknowledged += 1;
    report.check(
      acknowledged > 0 && acknowledged < BATCHES_MAX,
      () => `${where}: refused after ${acknowledged} batches`,
    );
    report.tried('full disks');
    report.figure(
      `observations acknowledged before a disk of ${FULL_DISK_SIZE_MiB} MiB was full`,
      String(acknowledged * size),
    );
    await judgeRefusing(running, prepared.source, batch(acknowledged + 1, size), where, report);
    await running.kill();
    cpSync(join(small, 'data'), large, { recursive: true });
    const sent = (acknowledged + 1) * size;
    await judgeRestart({
      dataFolder: large,
      admin: prepared.admin,
      acknowledged: acknowledged * size,
      sent,
      where,
      report,
    });
  } finally {
    await running?.kill();
    spawnSync('umount', [small]);
  }
}

function mount(options: readonly string[]): void {
  const run = spawnSync('mount', options, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`a full disk needs \`mount\` as root: ${run.stderr}`);
}

/** Whether a request is refused as it should be, with 503; an answer of another kind is reported. */
async function refuses(source: Client, observations: Observed[], where: string, report: Report): Promise<boolean> {
  try {
    await source.sendObservations(observations, { attempts: 1 });
    report.check(where === '', () => `${where}: acknowledged`);
    return false;
  } catch (error) {
    const isProblem = error instanceof HttpProblem && error.status === 503 && error.code === 'STORE_UNAVAILABLE';
    report.check(isProblem, () => `${where}: the caller was told ${String(error)}`);
    return true;
  }
}

/** Callers and operators of a process whose log has failed. */
async function judgeRefusing(
  running: RunningTallystick,
  source: Client,
  next: Observed[],
  where: string,
  report: Report,
): Promise<void> {
  report.check(await refuses(source, next, where, report), () => `${where}: the next request was taken`);
  const deadline = performance.now() + TOLD_WITHIN_ms;
  let answer = await readiness(running.url);
  while (answer.status !== 503 && performance.now() < deadline) answer = await readiness(running.url);
  report.check(answer.status === 503, () => `${where}: /health/ready answers ${answer.status}`);
  report.check(/log: the disk refused/.test(answer.text), () => `${where}: /health/ready says ${answer.text}`);
  const lines = running
    .output()
    .split('\n')
    .filter((line) => line.includes('"the log failed'));
  report.check(lines.length === 1, () => `${where}: ${lines.length} log lines about the log's failure`);
  report.check(
    /SQLITE_(IOERR|FULL)/.test(lines[0] ?? ''),
    () => `${where}: the line does not name the fault: ${lines[0]}`,
  );
}

async function readiness(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, text: await response.text() };
}

interface RestartTask {
  readonly dataFolder: string;
  readonly admin: Client;
  readonly acknowledged: number;
  /** Including the request that was refused, which may have reached the disk before the fault was seen. */
  readonly sent: number;
  readonly where: string;
  readonly report: Report;
}

async function judgeRestart({ dataFolder, admin, acknowledged, sent, where, report }: RestartTask): Promise<void> {
  const running = await startTallystick({ dataFolder });
  try {
    const again = admin.at(running.url);
    const { position } = await again.post('/v1/units', { unitId: 'afterwards', name: { en: 'Afterwards' } });
    await again.waitForViews(position);
    const found = await again.getAll<{ value: number }>('/v1/observations', {
      series: SERIES,
      from: new Date(FROM_ms).toISOString(),
      to: new Date(FROM_ms + sent * STEP_ms).toISOString(),
    });
    const values = new Set(found.map(({ value }) => value));
    for (let value = 0; value < acknowledged; value += 1)
      if (!values.has(value)) report.lost(`${where}: acknowledged observation ${value}`);
    if (values.size !== found.length) report.doubled(`${where}: ${found.length - values.size} observations`);
    report.check(found.length <= sent, () => `${where}: ${found.length} observations of ${sent} sent`);
    const { status } = await readiness(running.url);
    report.check(status === 200, () => `${where}: not ready after the restart: ${status}`);
    report.tried('restarts of the whole application');
  } finally {
    await running.stop();
  }
}
