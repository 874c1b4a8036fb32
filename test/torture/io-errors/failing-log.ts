/** The log under a failing disk: what its callers were told, against what is there after a restart. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tell } from '../power-loss/cut-wal.js';
import { Ledger, scriptedCommit } from '../power-loss/log-script.js';
import { faultWhenContinued } from '../power-loss/reopened-log.js';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import { describeFault, runFailingWriter, type Fault, type FailingWriterEnd } from './fault.js';

/** More commits than the largest n, so that the n-th sync comes. */
const COMMITS_MAX = 560;
/** Commits that a writer goes on with after a fault by libfiu. */
const COMMITS_AFTER_FAULT = 5;
const CHECKPOINT_AFTER_pages = 60;
const TIME_LIMIT_ms = 120_000;

/** The faults of the n-th turn: each kind at its n, by both tools. */
export function faultsOfTurn(n: number, random: Random): Fault[] {
  const point = random.pick(['posix/io/sync/*', 'posix/io/sync/*', 'posix/io/rw/pwrite', 'posix/io/rw/*'] as const);
  const calls = random.pick(['pwrite64', 'pwrite64', 'fsync,fdatasync', 'fsync,fdatasync', 'ftruncate'] as const);
  return [
    { by: 'libfiu', point, isLasting: random.chance(0.5), commitsBefore: n - 1 },
    {
      by: 'strace',
      calls,
      error: random.pick(['EIO', 'ENOSPC']),
      isLasting: random.chance(0.5),
      // The writer cuts a file only now and then.
      nth: calls === 'ftruncate' ? 1 + (n % 2) : n,
    },
  ];
}

export async function failLogOnce(fault: Fault, seed: number, runFolder: string, report: Report): Promise<void> {
  const folder = join(runFolder, 'failing');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const file = join(folder, 'log.db');
  const commits_max = fault.by === 'libfiu' ? fault.commitsBefore + COMMITS_AFTER_FAULT : COMMITS_MAX;
  const task = { file, folder, seed, commits_max, checkpointAfter_pages: CHECKPOINT_AFTER_pages };
  const end = await runFailingWriter({ ...task, timeLimit_ms: TIME_LIMIT_ms }, fault);
  const where = describeFault(fault);
  report.tried(`faults by ${fault.by}`);
  const isMet = fault.by === 'libfiu' || readFileSync(join(folder, 'trace'), 'latin1').includes('(INJECTED)');
  if (!isMet) report.tried('faults that were too late to be met');
  const acknowledged = judgeLines(end, { fault, isMet, where }, report);
  await judgeLog(file, seed, acknowledged, where, report);
}

/** A read, or cutting what is no longer needed off the WAL, may fail without anybody being worse off. */
const isHarmless = (fault: Fault): boolean =>
  fault.by === 'libfiu' ? fault.point === 'posix/io/rw/*' : fault.calls === 'ftruncate';

/** Checks what the writer said and answers how many commits it acknowledged. */
function judgeLines(
  end: FailingWriterEnd,
  { fault, isMet, where }: { fault: Fault; isMet: boolean; where: string },
  report: Report,
): number {
  const { lines } = end;
  const firstTrouble = lines.findIndex((line) => /^(refused|failed|not-opened) /.test(line));
  const isTold = firstTrouble >= 0;
  report.tried(isTold ? 'faults that were told' : 'faults after which nothing was told');
  report.check(isTold || !isMet || isHarmless(fault), () => `${where}: nothing was told`);
  const later = isTold ? lines.slice(firstTrouble).filter((line) => line.startsWith('acknowledged ')) : [];
  report.check(later.length === 0, () => `${where}: acknowledged after a failed write or sync: ${later[0]}`);
  const failures = lines.filter((line) => line.startsWith('failed '));
  const refusals = lines.filter((line) => line.startsWith('refused '));
  report.check(failures.length <= 1, () => `${where}: the failure was told ${failures.length} times`);
  report.check(
    refusals.length === 0 || failures.length === 1,
    () => `${where}: refused, but the operator was not told`,
  );
  report.check(
    failures.every((line) => /SQLITE_(IOERR|FULL)/.test(line)),
    () => `${where}: the message does not name the fault: ${failures[0]}`,
  );
  // A fault of any read or write may hit the runtime itself, which then ends; that is no acknowledgement.
  const mayEnd = fault.by === 'libfiu' && fault.point === 'posix/io/rw/*';
  const isWhole = lines.at(-1) === 'closed' || (lines.at(-1)?.startsWith('not-opened ') ?? false);
  report.check(isWhole || mayEnd, () => `${where}: the writer ended with ${end.code}: ${end.complaint.slice(-500)}`);
  return lines.filter((line) => line.startsWith('acknowledged ')).length;
}

async function judgeLog(
  file: string,
  seed: number,
  acknowledged: number,
  where: string,
  report: Report,
): Promise<void> {
  const ledger = new Ledger();
  // One commit beyond the acknowledged ones may be there: it reached the disk before the fault was seen.
  for (let index = 0; index <= acknowledged; index += 1) ledger.add(scriptedCommit(new Random(String(seed)), index));
  if (existsSync(file) || acknowledged > 0) report.tried('restarts after a fault');
  tell(report, await faultWhenContinued(file, ledger, acknowledged), where);
}
