import { parseArgs } from 'node:util';

export interface CommonOptions {
  /** One line of JSON on stdout in place of sentences. */
  readonly json: boolean;
  /** No progress on stderr. */
  readonly quiet: boolean;
}

export type Command = CommonOptions &
  (
    | { readonly name: 'copy'; readonly from: string; readonly to: string; readonly batch_events: number | null }
    | { readonly name: 'export'; readonly from: string; readonly to: string; readonly isGzipped: boolean }
    | { readonly name: 'import'; readonly from: string; readonly to: string; readonly batch_events: number | null }
    | { readonly name: 'verify'; readonly log: string; readonly isDeep: boolean }
    | { readonly name: 'digest'; readonly log: string }
  );

export type CommandName = Command['name'];

/** A mistake in the command line, or `--help`: the text is for the person who typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Help {
  readonly name: 'help';
  readonly text: string;
}

const LOGS = `A log is named by its URL: sqlite:path/to/log.db, postgres://user@host/database or esdb://host:2113.
`;
const COMMON = `  --json         one line of JSON as the result
  --quiet        no progress on standard error
  --help         this text
`;

const USAGE: Readonly<Record<CommandName, string>> = {
  copy: `tallystick log copy --from URL --to URL [--batch N]

Copies a log with ids, times, metadata, revisions and order, and its positions where the target can keep them; then reads
the target back and compares digests. Interrupted in whatever way, the same command goes on where it was.

  --from URL     the log to copy; a service may be running on it
  --to URL       the log to write; made when it is not there. No service may be running on it
  --batch N      at most N events in one transaction (5000; a transaction has at most about 8 MiB)
${COMMON}
${LOGS}
Exit code 0: equal. 1: the digests differ, or it could not be done. 2: mistake in the command. 130, 143: stopped by a signal.
`,
  export: `tallystick log export --from URL --to FILE|- [--gzip]

Writes a log as lines of JSON with a digest at each line and at the end. The same log gives the same bytes.

  --from URL     the log; a service may be running on it
  --to FILE      a new file, written beside its place and renamed when it is whole; - is standard output
  --gzip         compressed; a name that ends with .gz says the same
${COMMON}
${LOGS}`,
  import: `tallystick log import --from FILE|- --to URL [--batch N]

Places the events of an archive (gzip is recognised). Every line is checked before its event is placed; what the log has
already is compared and left as it is, so an interrupted import goes on with the same command.

  --from FILE    what \`log export\` wrote; - is standard input
  --to URL       the log to write; made when it is not there. No service may be running on it
  --batch N      at most N events in one transaction (5000)
${COMMON}
${LOGS}`,
  verify: `tallystick log verify --log URL [--deep]

Reads a log and checks: positions without gaps, revisions of each stream without gaps, recorded times that never go back,
ids that are there once, data that are JSON. Prints the digest.

  --log URL      the log; a service may be running on it
  --deep         also decodes every event and follows every unit, goal, KPI … as the service would
${COMMON}
${LOGS}
Exit code 0: sound. 1: problems were found, or it could not be read. 2: mistake in the command. 130, 143: stopped by a signal.
`,
  digest: `tallystick log digest --log URL

Prints how many events a log has and two digests that are the same on every engine: one that depends on the order (chain)
and one that does not (sum).

  --log URL      the log; a service may be running on it
${COMMON}
${LOGS}`,
};

const GENERAL = `tallystick log COMMAND

  copy      copies a log to another engine or file, resumable, and compares digests
  export    writes a log as an archive of JSON lines
  import    places an archive into a log
  verify    checks a log
  digest    prints the digests of a log

tallystick log COMMAND --help tells the options.
`;

/** Events in a page at most, as the command line may ask for. */
const BATCH_MAX_events = 100_000;

/**
 * Reads the command line, without program and script.
 * @throws UsageError that names the mistake
 */
export function parseCommandLine(args: readonly string[]): Command | Help {
  const [group, name, ...rest] = args;
  if (group === undefined || group === '--help' || group === '-h') return { name: 'help', text: GENERAL };
  if (group !== 'log') throw new UsageError(`there is no command "${group}"\n\n${GENERAL}`);
  if (name === undefined || name === '--help' || name === '-h') return { name: 'help', text: GENERAL };
  if (!isCommandName(name)) throw new UsageError(`there is no command "log ${name}"\n\n${GENERAL}`);
  const values = read(rest, OPTIONS[name]);
  if (values['help'] === true) return { name: 'help', text: USAGE[name] };
  return commandOf(name, values);
}

const isCommandName = (name: string): name is CommandName => Object.hasOwn(USAGE, name);

type OptionTypes = Readonly<Record<string, 'string' | 'boolean'>>;

const OPTIONS: Readonly<Record<CommandName, OptionTypes>> = {
  copy: { from: 'string', to: 'string', batch: 'string' },
  export: { from: 'string', to: 'string', gzip: 'boolean' },
  import: { from: 'string', to: 'string', batch: 'string' },
  verify: { log: 'string', deep: 'boolean' },
  digest: { log: 'string' },
};

type Values = Readonly<Record<string, string | boolean | undefined>>;

function read(args: readonly string[], types: OptionTypes): Values {
  const named = Object.entries(types).map(([name, type]) => [name, { type }] as const);
  const flags = {
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: { ...Object.fromEntries(named), ...flags },
    });
    return values as Values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function commandOf(name: CommandName, values: Values): Command {
  const common = { json: values['json'] === true, quiet: values['quiet'] === true };
  switch (name) {
    case 'copy':
    case 'import': {
      const [from, to] = [needed(name, values, 'from'), needed(name, values, 'to')];
      if (from === to) throw new UsageError(`--from and --to name the same: ${from}`);
      return { name, ...common, from, to, batch_events: batchOf(values['batch']) };
    }
    case 'export': {
      const [from, to] = [needed(name, values, 'from'), needed(name, values, 'to')];
      return { name, ...common, from, to, isGzipped: values['gzip'] === true || to.endsWith('.gz') };
    }
    case 'verify':
      return { name, ...common, log: needed(name, values, 'log'), isDeep: values['deep'] === true };
    case 'digest':
      return { name, ...common, log: needed(name, values, 'log') };
  }
}

function needed(name: CommandName, values: Values, option: string): string {
  const value = values[option];
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`--${option} is missing\n\n${USAGE[name]}`);
}

function batchOf(value: string | boolean | undefined): number | null {
  if (value === undefined) return null;
  const events = /^\d+$/.test(String(value)) ? Number(value) : 0;
  if (events >= 1 && events <= BATCH_MAX_events) return events;
  throw new UsageError(`--batch takes a whole number from 1 to ${BATCH_MAX_events}, not ${String(value)}`);
}
