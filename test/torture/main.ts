import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { TORTURE_CASES } from './cases.js';
import { runCase } from './run-case.js';
import type { TortureCase } from './torture-case.js';

const USAGE = `npm run torture -- NAME… [options]

Tries to make the system lose, double or change what it has acknowledged, in ways that \`--list\` names. Prints what was
tried, lost and doubled; ends with 1 when anything was, or when a promise was broken.

  --seed S     repeats the choices of an earlier run (all of them come from the seed; the machine's timing does not)
  --count N    how much to do, in the unit that --list names; without it the slice that CI runs
  --full       the full count of each case
  --all        every case
  --keep       leaves the files of the run where they are and says where
  --list       names the cases
`;

const SEED_MAX = 2 ** 31 - 1;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function list(): string {
  return TORTURE_CASES.map(
    ({ name, summary, defaultCount, fullCount }) =>
      `${name.padEnd(14)} ${summary} (CI ${defaultCount.toLocaleString('en')}, full ${fullCount.toLocaleString('en')})`,
  ).join('\n');
}

/** What a failure was seen with: without it a seed says little. */
function versions(): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const db = new Database(':memory:');
  const sqlite = db.prepare('SELECT sqlite_version()').pluck().get() as string;
  db.close();
  const memory_GiB = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${memory_GiB} GiB`;
  return `Tallystick ${version}, Node ${process.version}, SQLite ${sqlite}, ${process.platform}, ${machine}`;
}

function casesNamed(names: readonly string[], all: boolean): TortureCase[] {
  if (all) return [...TORTURE_CASES];
  return names.map((name) => {
    const found = TORTURE_CASES.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no case "${name}"; there are:\n${list()}`);
    return found;
  });
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} wants a whole number, not "${text}"`);
  return Number(text);
}

/** True when nothing was lost, doubled or violated. A case that does not end ends the command, and with it its children. */
async function runOne(one: TortureCase, seed: number, count: number, keep: boolean): Promise<boolean> {
  console.log(`${one.name}: seed ${seed}, count ${count.toLocaleString('en')}`);
  const startedAt = performance.now();
  const report = await runCase(one, { seed, count, keep, say: (line) => say(`  … ${line}`) });
  console.log(report.text());
  const holds = !report.failed();
  console.log(`  ${holds ? 'holds' : 'FAILED'} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  if (!holds) console.log(`  again: npm run torture -- ${one.name} --seed ${seed} --count ${count}`);
  if (report.isUnfinished) process.exit(1);
  return holds;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      count: { type: 'string' },
      full: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.list) return console.log(list());
  const cases = casesNamed(positionals, values.all);
  if (values.help || cases.length === 0) return console.log(USAGE);
  const seed = wholeNumber(values.seed, 'seed') ?? Math.floor(Math.random() * SEED_MAX);
  const count = wholeNumber(values.count, 'count');
  console.log(versions());
  for (const one of cases) {
    const holds = await runOne(one, seed, count ?? (values.full ? one.fullCount : one.defaultCount), values.keep);
    if (!holds) process.exitCode = 1;
  }
}

// Through `exit`, so that every handler that ends a child or removes a folder is called.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
  process.exit(process.exitCode ?? 0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
