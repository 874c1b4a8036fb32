import { needFromDebian } from '../../services/support/debian-programs.js';
import { Random } from '../random.js';
import type { TortureCase } from '../torture-case.js';
import { cutAtEveryByte } from './cut-wal.js';
import { dropUnsynced, traceWriter } from './drop-unsynced.js';

/** A commit has some 30,000 bytes of WAL, and each of them is cut and read. */
const TIME_PER_COMMIT_ms = 90_000;

export const powerLossCase: TortureCase = {
  name: 'power-loss',
  summary: 'COUNT commits; the WAL cut at every byte, then unsynced writes dropped: reopening gives an exact prefix.',
  defaultCount: 4,
  fullCount: 100,
  timeLimit_ms: (count) => 60_000 + count * TIME_PER_COMMIT_ms,
  async run({ seed, count, report, folder }) {
    report.figure('strace', needFromDebian('strace'));
    const random = new Random(seed);
    const traced = traceWriter(seed, count, folder);
    await dropUnsynced(traced, random.fork('dropped'), folder, report);
    await cutAtEveryByte(random, count, folder, report);
  },
};
