import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly seed: number;
  readonly days: number;
  readonly historyOnly: boolean;
  readonly speed: number;
  readonly port: number;
  readonly dataFolder: string;
  readonly fresh: boolean;
  /** A running system to fill instead of starting one. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run demo -- [options]

Starts Tallystick with a simulated city: two years of history first, then live.

  --seed N          another city for another number (7)
  --days N          days of history, 30 to 3650 (730)
  --history-only    load the history, then stop
  --speed N         live part: N times faster than time until it has caught up with the clock (900)
  --port N          port of the system (3000; 0 for any free one)
  --data FOLDER     where the demo keeps its log and views (data/demo)
  --fresh           throw the demo's data away and start again (only what a demo made is deleted)
  --url URL         fill a running system instead of starting one; needs --token
  --token TOKEN     an administrator's token, or the one-time token of a first start
  --help            this text

A demo that was stopped goes on where it was. Stop it with Ctrl-C.
`;

/** A mistake in the command line, told to the person and not to a log. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line; every mistake names the option. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const values = read(args);
  const options: DemoOptions = {
    seed: wholeNumber('seed', values.seed, 7, 0, 2 ** 32 - 1),
    days: wholeNumber('days', values.days, 730, 30, 3_650),
    historyOnly: values['history-only'] ?? false,
    speed: wholeNumber('speed', values.speed, 900, 1, 1_000_000),
    port: wholeNumber('port', values.port, 3_000, 0, 65_535),
    dataFolder: values.data ?? 'data/demo',
    fresh: values.fresh ?? false,
    url: values.url?.replace(/\/$/, ''),
    token: values.token,
    help: values.help ?? false,
  };
  if (options.url !== undefined && options.fresh) {
    throw new UsageError('--fresh throws away a data folder of the demo; of the system at --url nothing is deleted');
  }
  if ((options.url === undefined) !== (options.token === undefined)) {
    throw new UsageError('--url and --token belong together');
  }
  return options;
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        seed: { type: 'string' },
        days: { type: 'string' },
        'history-only': { type: 'boolean' },
        speed: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        url: { type: 'string' },
        token: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number, min: number, max: number): number {
  if (text === undefined) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${text}`);
}
