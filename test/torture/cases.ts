import { callersOnceCase } from './callers-once/callers-once-case.js';
import { clocksCase } from './clocks/clocks-case.js';
import { hostileInputCase } from './hostile-input/hostile-input-case.js';
import { ioErrorsCase } from './io-errors/io-errors-case.js';
import { killCase } from './kill/kill-case.js';
import { oldFilesCase } from './old-files/old-files-case.js';
import { orderCase } from './order/order-case.js';
import { overloadCase } from './overload/overload-case.js';
import { powerLossCase } from './power-loss/power-loss-case.js';
import { zombiesCase } from './zombies/zombies-case.js';
import type { TortureCase } from './torture-case.js';

/** Every way to break the system that can be named on the command line, in the order in which `--list` shows them. */
export const TORTURE_CASES: readonly TortureCase[] = [
  killCase,
  powerLossCase,
  ioErrorsCase,
  orderCase,
  callersOnceCase,
  zombiesCase,
  hostileInputCase,
  overloadCase,
  clocksCase,
  oldFilesCase,
];
