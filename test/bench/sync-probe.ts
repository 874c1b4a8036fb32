import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_SIZE_BYTES = 4_096;
const FILE_BLOCKS = 256;

/**
 * What the disk allows just now: 4 KiB overwrites with `fdatasync`, as a recycled WAL makes them, in syncs a second. It
 * stands beside the durable figures because a busy disk falls to a tenth for seconds.
 */
export function syncsPerSecond(folder: string, duration_ms: number): number {
  const file = openSync(join(folder, 'sync-probe'), 'w');
  try {
    ftruncateSync(file, FILE_BLOCKS * BLOCK_SIZE_BYTES);
    const block = Buffer.alloc(BLOCK_SIZE_BYTES, 1);
    for (let index = 0; index < FILE_BLOCKS; index += 1) writeSync(file, block, 0, block.length, index * block.length);
    fdatasyncSync(file);
    const startedAt = performance.now();
    let syncs = 0;
    while (performance.now() - startedAt < duration_ms) {
      writeSync(file, block, 0, block.length, (syncs % FILE_BLOCKS) * block.length);
      fdatasyncSync(file);
      syncs += 1;
    }
    return (syncs / (performance.now() - startedAt)) * 1_000;
  } finally {
    closeSync(file);
  }
}
