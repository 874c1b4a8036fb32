import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A memory file system, so that half a million power cuts do not wear a disk. */
const MEMORY_FOLDER = '/dev/shm';

/** Gives the work a folder in memory where there is one, else in `fallback`, and removes it in any case. */
export async function withMemoryFolder(fallback: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : fallback, 'tallystick-cut-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    await work(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}
