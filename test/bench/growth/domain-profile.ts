/**
 * For a profiler: makes a log of domain events (once) and projects it from zero, in this thread.
 *
 *   npm run build && node --cpu-prof --cpu-prof-dir DIR dist/test/bench/growth/domain-profile.js FOLDER [UNITS] [TIMES]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendTold } from './bulk-log.js';
import { organisationLife } from './organisation-life.js';
import { projectFromZero } from './project-log.js';

const [, , folder = '', units = '1000', times = '1'] = process.argv;
if (folder === '') throw new Error('usage: domain-profile.js FOLDER [UNITS] [TIMES]');
mkdirSync(folder, { recursive: true });
const log = join(folder, 'log.db');
if (!existsSync(log)) console.log('appended', await appendTold(log, organisationLife(Number(units)), 'domain-profile'));
for (let time = 0; time < Number(times); time += 1) {
  const { position, parked, took_ms } = await projectFromZero(folder);
  console.log(
    `${position} events, ${parked} parked, ${took_ms.toFixed(0)} ms, ${((position / took_ms) * 1_000).toFixed(0)} events/s`,
  );
}
