/**
 * The write-ahead log cut at every byte. A file system may have grown the file less far than was written when the power went;
 * whatever is left, the log must come back as an exact prefix. Commits are taken in parts with a short WAL each, because
 * reading a WAL costs its length for each of its bytes; the parts continue one log, so later ones also cut over old content.
 */
import { copyFileSync, closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import type { Random } from '../random.js';
import type { Report } from '../report.js';
import { Ledger, scriptedCommit } from './log-script.js';
import { withMemoryFolder } from './memory-folder.js';
import { faultWhenContinued, faultWhenRead } from './reopened-log.js';

const COMMITS_PER_PART = 5;
/** WAL header and frame of SQLite's file format, with our page size. */
const WAL_HEADER_SIZE_bytes = 32;
const FRAME_SIZE_bytes = 24 + 4096;

/** How far the WAL had been written and synced when this commit was acknowledged. */
interface Acknowledgement {
  readonly walSize_bytes: number;
  readonly commits: number;
}

/** @param step_bytes 1 cuts at every byte; more is for a quick look */
export async function cutAtEveryByte(
  random: Random,
  commits: number,
  folder: string,
  report: Report,
  step_bytes = 1,
): Promise<void> {
  const file = join(folder, 'cut', 'log.db');
  mkdirSync(join(folder, 'cut'));
  const ledger = new Ledger();
  await withMemoryFolder(folder, async (memory) => {
    const copy = join(memory, 'log.db');
    while (ledger.eventsAfter.length < commits) {
      const part = Math.min(COMMITS_PER_PART, commits - ledger.eventsAfter.length);
      const acknowledged = await appendPart(file, copy, random, ledger, part);
      await cutPart(copy, ledger, acknowledged, report, step_bytes);
      const cuts = report.count('cuts of the WAL').toLocaleString('en');
      report.say(`cut ${cuts} times in ${ledger.eventsAfter.length} commits`);
    }
  });
}

/** Appends some commits and copies the files as they are, before the closing store would put the WAL into the file. */
async function appendPart(
  file: string,
  copy: string,
  random: Random,
  ledger: Ledger,
  commits: number,
): Promise<Acknowledgement[]> {
  const store = await SqliteEventStore.open({ file });
  const from = ledger.eventsAfter.length;
  const acknowledged: Acknowledgement[] = [{ walSize_bytes: 0, commits: from }];
  for (let index = from; index < from + commits; index += 1) {
    const commit = scriptedCommit(random, index);
    ledger.add(commit);
    await Promise.all(commit.map(({ stream, events }) => store.append(stream, 'any', events)));
    acknowledged.push({ walSize_bytes: statSync(`${file}-wal`).size, commits: index + 1 });
  }
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  await store.close();
  return acknowledged;
}

async function cutPart(
  file: string,
  ledger: Ledger,
  acknowledged: Acknowledgement[],
  report: Report,
  step_bytes: number,
): Promise<void> {
  const wal = openSync(`${file}-wal`, 'r+');
  try {
    for (let size = statSync(`${file}-wal`).size; size >= 0; size -= step_bytes) {
      ftruncateSync(wal, size);
      while (acknowledged.at(-1)!.walSize_bytes > size) acknowledged.pop();
      const { commits } = acknowledged.at(-1)!;
      report.tried('cuts of the WAL');
      tell(report, await faultWhenRead(file, ledger, commits), `WAL cut at byte ${size}`);
      if ((size - WAL_HEADER_SIZE_bytes) % FRAME_SIZE_bytes > 1) continue;
      report.tried('cuts after which the log was continued');
      tell(report, await continueCopy(file, ledger, commits), `WAL cut at byte ${size} and continued`);
    }
  } finally {
    closeSync(wal);
  }
}

/** On a copy, because continuing changes the files. */
async function continueCopy(file: string, ledger: Ledger, commits: number): Promise<string | null> {
  const folder = mkdtempSync(`${file}-continued-`);
  const copy = join(folder, 'log.db');
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  try {
    return await faultWhenContinued(copy, ledger, commits);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function tell(report: Report, fault: string | null, where: string): void {
  if (fault === null) return;
  if (fault.includes('were acknowledged')) report.lost(`${where}: ${fault}`);
  else report.violated(`${where}: ${fault}`);
}
