import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from './report.js';
import type { TortureCase } from './torture-case.js';

export interface RunOptions {
  readonly seed: number;
  readonly count: number;
  /** Leaves the files where they are and says where, to look into a failure. */
  readonly keep?: boolean;
  readonly say?: (line: string) => void;
}

/** Runs one case in a folder of its own, for no longer than the case allows. Used by the command and by the specs. */
export async function runCase(one: TortureCase, options: RunOptions): Promise<Report> {
  const { seed, count, say = () => undefined } = options;
  const report = new Report(say);
  const folder = mkdtempSync(join(tmpdir(), `tallystick-torture-${one.name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (!options.keep) process.once('exit', remove);
  const limit_ms = one.timeLimit_ms(count);
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      report.unfinished(`not finished within ${Math.round(limit_ms / 1000)} s`);
      resolve();
    }, limit_ms);
  });
  try {
    await Promise.race([one.run({ seed, count, report, folder }), timeIsUp]);
  } catch (error) {
    report.violated(`the case could not be carried out: ${(error as Error).stack ?? String(error)}`);
  } finally {
    clearTimeout(timer);
    if (options.keep) say(`the files are in ${folder}`);
    else {
      remove();
      // A case that did not end may still write; then the folder goes with the process.
      if (!report.isUnfinished) process.off('exit', remove);
    }
  }
  return report;
}
