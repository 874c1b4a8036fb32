import { Random } from '../random.js';
import type { TortureCase } from '../torture-case.js';
import { cutAtEveryByte } from './cut-wal.js';

/** Cutting one commit's bytes takes some seconds. */
const TIME_PER_COMMIT_ms = 60_000;

export const powerLoss: TortureCase = {
  name: 'power-loss',
  summary: 'COUNT commits; the WAL cut at every byte, and unsynced writes dropped; reopening gives an exact prefix.',
  defaultCount: 10,
  fullCount: 100,
  timeLimit_ms: (count) => 60_000 + count * TIME_PER_COMMIT_ms,
  async run({ seed, count, report, folder }) {
    const random = new Random(seed);
    await cutAtEveryByte(random, count, folder, report);
  },
};
