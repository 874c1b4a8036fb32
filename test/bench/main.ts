import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCeiling, peerBatches, peerProjection, peerSingles } from './cases/peer-cases.js';
import { type Case, FULL, type Plan, QUICK } from './cases/plan.js';
import { tallystickBatches, tallystickSingles } from './cases/tallystick-cases.js';
import { installPeers } from './install-peers.js';
import { Results } from './report.js';
import { PEER_STORES, type PeerStoreName } from './stores/peer-store.js';
import { syncsPerSecond } from './sync-probe.js';

const USAGE = `npm run bench -- [options]

Measures Tallystick (as built, in a process of its own, by a load generator in another) beside Emmett's SQLite store and
bare better-sqlite3 on the same workload, in interleaved rounds, and prints a table.

  --quick        one short round instead of five: for a look, not for figures
  --rounds N     another number of rounds
  --only NAMES   cases whose name contains one of these words (comma-separated): tallystick, emmett, sqlite, singles, …
  --json FILE    writes a list of {name, value, unit, goal, peer, peerValue}
`;

const PROBE_MS = 500;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function casesFor(peers: readonly PeerStoreName[], only: readonly string[]): Case[] {
  const readings = peers.filter((peer) => peer.endsWith('-readings'));
  const projecting = peers.filter((peer) => peer !== 'sqlite-readings');
  const all = [
    tallystickBatches,
    ...peers.map(peerBatches),
    tallystickSingles,
    ...readings.map(peerSingles),
    ...projecting.map(peerProjection),
    loadCeiling,
  ];
  return only.length === 0 ? all : all.filter(({ name }) => only.some((word) => name.toLowerCase().includes(word)));
}

/** Every second round runs backwards, so that no case always follows the same neighbour. */
async function runRounds(cases: readonly Case[], plan: Plan, results: Results): Promise<string[]> {
  const failures: string[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    const order = round % 2 === 0 ? cases : [...cases].reverse();
    for (const one of order) {
      const root = mkdtempSync(join(tmpdir(), 'tallystick-bench-'));
      const folder = join(root, 'data');
      mkdirSync(folder);
      const startedAt = performance.now();
      try {
        results.record('sync-probe', 'tallystick', syncsPerSecond(root, PROBE_MS));
        await one.run({ plan, seed: round + 1, folder, results });
        say(
          `round ${round + 1}/${plan.rounds}  ${one.name}  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
        );
      } catch (error) {
        failures.push(`${one.name}: ${(error as Error).message}`);
        say(`round ${round + 1}/${plan.rounds}  ${one.name}  FAILED: ${(error as Error).stack}`);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }
  }
  return failures;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  const chosen = values.quick ? QUICK : FULL;
  const plan = { ...chosen, rounds: values.rounds === undefined ? chosen.rounds : Number(values.rounds) };
  const only = values.only?.toLowerCase().split(',') ?? [];
  const missing = only.length === 0 || only.some((word) => 'emmett'.includes(word)) ? installPeers(say) : null;
  if (missing !== null) say(`Emmett is left out, because it could not be installed: ${missing}`);
  const peers = PEER_STORES.filter((peer) => missing === null || !peer.startsWith('emmett'));
  const results = new Results();
  const failures = await runRounds(casesFor(peers, only), plan, results);

  const memory_GiB = Math.round(totalmem() / 2 ** 30);
  console.log(`\n${cpus().length} × ${cpus()[0]?.model}, ${memory_GiB} GiB, Node ${process.version}`);
  console.log(`median (least–greatest) of ${plan.rounds} ${plan.rounds === 1 ? 'round' : 'rounds'}\n`);
  console.log(results.table());
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results.json(), null, 2)}\n`);
  for (const failure of failures) console.error(`failed: ${failure}`);
  if (failures.length > 0 || missing !== null) process.exitCode = 1;
}

await main();
