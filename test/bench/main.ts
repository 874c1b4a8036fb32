import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { tallystickHistory } from './cases/history-case.js';
import { loadCeiling, peerBatches, peerManyBatches, peerProjection, peerSingles } from './cases/peer-cases.js';
import { type Case, FULL, type Plan, QUICK } from './cases/plan.js';
import { tallystickSteady } from './cases/steady-case.js';
import { tallystickBatches, tallystickManyBatches, tallystickSingles } from './cases/tallystick-cases.js';
import { installPeers } from './install-peers.js';
import { findPostgres } from './postgres/bench-postgres.js';
import { postgresCases } from './postgres/postgres-cases.js';
import { Results } from './report.js';
import { inFolderOfItsOwn, removeFoldersInUse, runRounds } from './rounds.js';
import { soak } from './soak/soak.js';
import { PEER_STORES } from './stores/peer-store.js';

const USAGE = `npm run bench -- [options]
npm run bench -- --soak [minutes]

Measures Tallystick (as built, in a process of its own, by a load generator in another) beside Emmett's SQLite store and
bare better-sqlite3 on the same workload, in interleaved rounds, and prints a table; then the log in PostgreSQL beside Emmett's and
bare INSERTs, each on a throw-away server. Three cases run once, whatever the rounds: the steady load, the history of ten million
observations, and the copying of a log.

  --quick        one short round instead of five (and a history of one million): for a look, not for figures
  --rounds N     another number of rounds
  --only NAMES   cases whose name contains one of these words (comma-separated): tallystick, emmett, sqlite, singles,
                 connections, steady, history, postgres, writers, copy, …
  --json FILE    writes a list of {name, value, unit, goal, peer, peerValue}
  --growth       how each cost grows with its work instead; has options of its own (--growth --help)
  --soak         instead of all that: full batch load for 10 minutes (or so many; with --quick 1), and the memory of the
                 system meanwhile. Fails above 512 MiB or when it is not flat. Fills up to 45 GB of the temporary folder
                 (TMPDIR) in 10 minutes; where less is free, it sends less and says so.
`;

const SOAK_MINUTES = 10;
const SOAK_QUICK_MINUTES = 1;
const MINUTE_MS = 60_000;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function casesFor(only: readonly string[]): Case[] {
  const readings = PEER_STORES.filter((peer) => peer.endsWith('-readings'));
  const projecting = PEER_STORES.filter((peer) => peer !== 'sqlite-readings');
  const all = [
    tallystickBatches,
    ...PEER_STORES.map(peerBatches),
    tallystickManyBatches,
    // Of the peers only the one that comes near, because every case costs every round some seconds.
    peerManyBatches('sqlite-batch'),
    tallystickSingles,
    ...readings.map(peerSingles),
    ...projecting.map(peerProjection),
    loadCeiling,
    tallystickSteady,
    tallystickHistory,
    ...postgresCases,
  ];
  return only.length === 0 ? all : all.filter(({ name }) => only.some((word) => name.toLowerCase().includes(word)));
}

interface Choice {
  readonly cases: Case[];
  /** What stands above the table beside the machine. */
  readonly about: string[];
  /** Emmett was wanted and is not there. */
  readonly lacksEmmett: boolean;
}

const isOfEmmett = ({ name }: Case): boolean => name.toLowerCase().includes('emmett');
const isOfPostgres = (one: Case): boolean => postgresCases.includes(one);

/** The cases that can be run here; what cannot is said. */
async function choose(only: readonly string[]): Promise<Choice> {
  let cases = casesFor(only);
  const about: string[] = [];
  const missing = cases.some(isOfEmmett) ? installPeers(say) : null;
  if (missing !== null) {
    say(`Emmett is left out, because it could not be installed: ${missing}`);
    cases = cases.filter((one) => !isOfEmmett(one));
  }
  if (cases.some(isOfPostgres)) {
    const found = await findPostgres();
    if ('about' in found) about.push(found.about);
    else {
      say(`The PostgreSQL cases are left out, because no server could be started: ${found.missing}`);
      cases = cases.filter((one) => !isOfPostgres(one));
    }
  }
  return { cases, about, lacksEmmett: missing !== null };
}

/** Tables, `--json` and the exit code. */
function tell(results: Results, heading: string, failures: readonly string[], json: string | undefined): void {
  const memory_GiB = Math.round(totalmem() / 2 ** 30);
  console.log(`\n${cpus().length} × ${cpus()[0]?.model}, ${memory_GiB} GiB, Node ${process.version}`);
  console.log(`${heading}\n`);
  console.log(results.table());
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results.json(), null, 2)}\n`);
  for (const failure of failures) console.error(`failed: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

async function runSoak(plan: Plan, minutes: number, json: string | undefined): Promise<void> {
  if (!(minutes > 0)) throw new RangeError('--soak takes a number of minutes');
  const results = new Results();
  let missed: string[] = [];
  await inFolderOfItsOwn(async (folder) => {
    missed = await soak({ plan, seed: 1, folder, results }, minutes * MINUTE_MS, say);
  });
  tell(results, `soak of ${minutes} min`, missed, json);
}

/** The helpers are killed by what hangs on the end of the process; the folders go after them, so this hangs on last. */
function endEarly(): void {
  process.once('exit', removeFoldersInUse);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      soak: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, endEarly);
  const chosen = values.quick ? QUICK : FULL;
  if (values.soak) {
    const minutes = Number(positionals[0] ?? (values.quick ? SOAK_QUICK_MINUTES : SOAK_MINUTES));
    return runSoak(chosen, minutes, values.json);
  }
  const plan = { ...chosen, rounds: values.rounds === undefined ? chosen.rounds : Number(values.rounds) };
  const only = values.only?.toLowerCase().split(',') ?? [];
  const { cases, about, lacksEmmett } = await choose(only);
  const results = new Results();
  const failures = await runRounds(cases, plan, results, say);
  const heading = `median (least–greatest) of ${plan.rounds} ${plan.rounds === 1 ? 'round' : 'rounds'}`;
  tell(results, [...about, heading].join('\n'), failures, values.json);
  if (lacksEmmett) process.exitCode = 1;
}

if (process.argv.includes('--growth')) await (await import('./growth/main.js')).runGrowth(process.argv.slice(2));
else await main();
