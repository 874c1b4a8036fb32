import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case, Plan, Round } from './cases/plan.js';
import type { Results } from './report.js';
import { syncsPerSecond } from './sync-probe.js';

const PROBE_MS = 500;

/** Every second round runs backwards, so that no case always follows the same neighbour. Answers what failed. */
export async function runRounds(
  cases: readonly Case[],
  plan: Plan,
  results: Results,
  say: (text: string) => void,
): Promise<string[]> {
  const failures: string[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    const inThisRound = cases.filter(({ onceARun }) => round === 0 || onceARun !== true);
    const order = round % 2 === 0 ? inThisRound : inThisRound.reverse();
    for (const one of order) {
      const startedAt = performance.now();
      const told = `round ${round + 1}/${plan.rounds}  ${one.name}`;
      try {
        await inFolderOfItsOwn(async (folder, root) => {
          results.record('sync-probe', 'tallystick', syncsPerSecond(root, PROBE_MS));
          await one.run({ plan, seed: round + 1, folder, results });
        });
        say(`${told}  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
      } catch (error) {
        failures.push(`${one.name}: ${(error as Error).message}`);
        say(`${told}  FAILED: ${(error as Error).stack}`);
      }
    }
  }
  return failures;
}

const foldersInUse = new Set<string>();
/** A system that was killed a moment ago may still be writing. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;

/** Gives an empty folder that is gone afterwards. */
export async function inFolderOfItsOwn(use: (folder: Round['folder'], root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tallystick-bench-'));
  foldersInUse.add(root);
  try {
    const folder = join(root, 'data');
    mkdirSync(folder);
    await use(folder, root);
  } finally {
    rmSync(root, REMOVAL);
    foldersInUse.delete(root);
  }
}

/** For an end before its time: a soak fills tens of gigabytes. To be called when nothing writes there any more. */
export function removeFoldersInUse(): void {
  for (const folder of foldersInUse) rmSync(folder, REMOVAL);
}
