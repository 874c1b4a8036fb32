import { needFromDebian } from '../../services/support/debian-programs.js';
import { Random } from '../random.js';
import type { TortureCase } from '../torture-case.js';
import { failApplication, fillDisk } from './failing-application.js';
import { failLogOnce, faultsOfTurn } from './failing-log.js';

/** The largest n: the n-th write or sync fails. A smaller count spreads its turns from 1 to here. */
const N_MAX = 500;
/** One of so many turns is also done to the whole application, which takes seconds to start. */
const APPLICATION_EVERY = 12;
const TIME_PER_TURN_ms = 30_000;

export const ioErrorsCase: TortureCase = {
  name: 'io-errors',
  summary:
    'the n-th write, cut or sync of the log fails (libfiu, strace), the disk of the whole application fails and fills up: nothing acknowledged after it, not ready, one clear line, everything acknowledged there after a restart; counts n from 1 to 500',
  defaultCount: 25,
  fullCount: N_MAX,
  timeLimit_ms: (count) => 180_000 + count * TIME_PER_TURN_ms,
  async run({ seed, count, report, folder }) {
    report.figure('libfiu', needFromDebian('libfiu'));
    report.figure('strace', needFromDebian('strace'));
    const random = new Random(seed);
    for (let turn = 1; turn <= count; turn += 1) {
      const n = Math.max(1, Math.round((turn * N_MAX) / count));
      for (const fault of faultsOfTurn(n, random.fork(`turn-${turn}`))) await failLogOnce(fault, seed, folder, report);
      if (turn % APPLICATION_EVERY === 0) {
        const point = turn % (2 * APPLICATION_EVERY) === 0 ? 'posix/io/rw/pwrite' : 'posix/io/sync/*';
        await failApplication(point, random.integer(1, 60), folder, report);
      }
      if (turn % 25 === 0) report.say(`${turn} of ${count} turns`);
    }
    await fillDisk(folder, report);
  },
};
