/** A writer is traced; then the power is cut at each of its syncs, and whatever was not synced may be there or not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import { tell } from './cut-wal.js';
import { Ledger, scriptedCommit } from './log-script.js';
import { withMemoryFolder } from './memory-folder.js';
import { faultWhenContinued } from './reopened-log.js';
import { traceProgram, type Operation } from './trace.js';
import { VolatileDisk, type Survival } from './volatile-disk.js';

/** So few that some commits later the WAL moves into the file and begins again at its front. */
const CHECKPOINT_AFTER_pages = 60;
/** Everything that SQLite makes beside a file, for the log and for its draft while it is new. */
const FILES = ['', '-wal', '-journal', '-new', '-new-wal', '-new-journal'];
/** What may be left, at each sync: the random ones several times. */
const SURVIVALS: readonly Survival[] = ['none', 'all', 'prefix', 'some', 'some', 'some', 'torn', 'torn', 'torn'];

export interface TracedWriter {
  readonly operations: readonly Operation[];
  readonly ledger: Ledger;
  /** The folder that held the files while they were traced. */
  readonly folder: string;
}

/** Runs the writer to its end under strace. @throws Error when strace or the writer fails */
export function traceWriter(seed: number, commits: number, runFolder: string): TracedWriter {
  const folder = join(runFolder, 'traced');
  mkdirSync(folder);
  const file = join(folder, 'log.db');
  const acknowledgements = join(runFolder, 'acknowledgements');
  const operations = traceProgram({
    program: compiled('traced-writer.js'),
    programArguments: [file, acknowledgements, String(seed), String(commits), String(CHECKPOINT_AFTER_pages)],
    paths: [folder, acknowledgements, ...FILES.map((ending) => file + ending)],
    acknowledgements,
    traceFile: join(runFolder, 'trace'),
  });
  const ledger = new Ledger();
  for (let index = 0; index < commits; index += 1) ledger.add(scriptedCommit(new Random(String(seed)), index));
  return { operations: operations.filter((one) => !('path' in one) || one.path !== acknowledgements), ledger, folder };
}

/** Cuts the power before each sync, in several ways, and after each acknowledgement. */
export async function dropUnsynced(
  traced: TracedWriter,
  random: Random,
  folder: string,
  report: Report,
): Promise<void> {
  const disk = new VolatileDisk(traced.folder);
  let acknowledged = 0;
  await withMemoryFolder(folder, async (memory) => {
    const cut = async (survival: Survival, where: string): Promise<void> => {
      report.tried(`power cuts, unsynced writes left: ${survival}`);
      const fault = await faultOf(disk.afterPowerCut(survival, random), memory, traced.ledger, acknowledged);
      tell(report, fault, `power cut ${where}, unsynced writes left: ${survival}`);
    };
    for (const [index, operation] of traced.operations.entries()) {
      const where = `at operation ${index}`;
      if (operation.kind === 'sync') for (const survival of SURVIVALS) await cut(survival, `before the sync ${where}`);
      disk.apply(operation);
      if (operation.kind === 'sync') report.tried('syncs seen');
      if (operation.kind !== 'acknowledged') continue;
      acknowledged = operation.commits;
      await cut('none', `after the acknowledgement ${where}`);
    }
  });
  report.figure('writes to the log file itself', String(traced.operations.filter(isWriteToFile).length));
  report.check(acknowledged === traced.ledger.eventsAfter.length, () => 'the trace lacks acknowledgements');
  report.check(traced.operations.some(isWriteToFile), () => 'the trace has no checkpoint of the WAL');
}

const isWriteToFile = (operation: Operation): boolean =>
  operation.kind === 'write' && operation.path.endsWith('log.db');

async function faultOf(
  files: ReadonlyMap<string, Buffer>,
  memory: string,
  ledger: Ledger,
  acknowledged: number,
): Promise<string | null> {
  const folder = mkdtempSync(join(memory, 'power-cut-'));
  try {
    for (const [path, content] of files) writeFileSync(join(folder, basename(path)), content);
    return await faultWhenContinued(join(folder, 'log.db'), ledger, acknowledged);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A traced program is compiled code: from the sources (tests) its twin under `dist/` is taken. */
function compiled(name: string): string {
  const own = import.meta.url.endsWith('.ts')
    ? import.meta.url.replace('/test/torture/', '/dist/test/torture/')
    : import.meta.url;
  return fileURLToPath(new URL(name, own));
}
