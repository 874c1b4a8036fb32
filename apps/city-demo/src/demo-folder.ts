import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readState } from './demo-state.js';

/** What stands where the demo wants to keep its data. */
export type FolderKind = 'free' | 'demo' | 'foreign';

/** The folder cannot be used; the message says why and what to do. Nothing in it was touched. */
export class FolderRefused extends Error {
  override readonly name = 'FolderRefused';
}

/** `free`: missing or empty; `demo`: a demo left its state there; `foreign`: anything else. */
export function kindOfFolder(folder: string): FolderKind {
  if (!existsSync(folder)) return 'free';
  if (!statSync(folder).isDirectory()) return 'foreign';
  if (readdirSync(folder).length === 0) return 'free';
  return isDemo(folder) ? 'demo' : 'foreign';
}

/**
 * Makes sure that the demo may use the folder, and with `fresh` throws an earlier demo away.
 *
 * Only what a demo made is ever deleted: the folder may be somebody's own system, given by mistake.
 *
 * @throws FolderRefused for a folder with something else in it
 */
export function prepareFolder(folder: string, fresh: boolean): void {
  const kind = kindOfFolder(folder);
  if (kind === 'foreign') {
    throw new FolderRefused(
      `${folder} holds something that is not a demo's (there is no demo.json in it), so it was left as it is: ` +
        'give another folder with --data',
    );
  }
  if (kind === 'demo' && fresh) rmSync(folder, { recursive: true });
}

function isDemo(folder: string): boolean {
  try {
    const state = readState(folder);
    return typeof state?.seed === 'number' && typeof state.tokens === 'object';
  } catch {
    // A demo.json that cannot be read may be anything.
    return false;
  }
}
