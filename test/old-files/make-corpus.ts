/**
 * Writes the corpus of this version, by hand once a version: `npm run build && node dist/test/old-files/make-corpus.js test/old-files/vN`.
 * With `--expected` before the folder, only `expected.json` is written anew, from the log that is there: for a change of rules
 * that is meant, whose effect on old logs the difference then shows. Old logs are never made again: their whole worth is that an old program wrote them. Needs libfaketime, because an action's
 * effect is judged months after it.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kpiDecider, kpiStream, type Actor, type KpiCommand } from '#lib/domain';
import { executeCommand, type StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { needFromDebian } from '../services/support/debian-programs.js';
import { Client } from '#lib/client';
import { startTallystick } from '#lib/client';
import { FakeClock } from '../torture/clocks/fake-clock.js';
import { interpret, readCorpus, writeCorpusLine } from './corpus.js';
import { carryOut, finish, foundOrganisation } from './corpus-scenario.js';

const FIRST_OBSERVATION_ms = Date.parse('2026-04-20T00:00:00Z');
const FOUNDED_ms = Date.parse('2026-07-01T09:00:00Z');
const FINISHED_ms = Date.parse('2026-10-20T09:00:00Z');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { expected: { type: 'boolean', default: false } },
});
const [target] = positionals;
if (target === undefined) throw new Error('which folder? for example test/old-files/v1');
if (options.expected) await writeExpected(target, readCorpus(join(target, 'log.ndjson')));
else await makeCorpus(target);

async function makeCorpus(into: string): Promise<void> {
  if (existsSync(into)) throw new Error(`${into} is there already; a log is never made again`);
  needFromDebian('faketime');
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-corpus-'));
  const dataFolder = join(folder, 'data');
  try {
    await live(folder, dataFolder);
    await decideMethodChanges(dataFolder);
    mkdirSync(into, { recursive: true });
    await writeCorpus(dataFolder, into);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Through the doors, as a customer would. */
async function live(folder: string, dataFolder: string): Promise<void> {
  const clock = new FakeClock(join(folder, 'offset'));
  clock.setTo(FOUNDED_ms);
  const env = { ...clock.environment, TALLYSTICK_TIME_ZONE: 'Europe/Zurich', TALLYSTICK_FISCAL_YEAR_START_MONTH: '4' };
  const running = await startTallystick({ dataFolder, env });
  try {
    const admin = await new Client(running.url).bootstrap(running.bootstrapToken ?? '', 'admin-1');
    const callers = await foundOrganisation(admin, FIRST_OBSERVATION_ms);
    await carryOut(callers);
    clock.setTo(FINISHED_ms);
    await finish(callers, FINISHED_ms);
  } finally {
    await running.stop();
  }
}

/** By the decider alone, whatever doors lead to it. */
async function decideMethodChanges(dataFolder: string): Promise<void> {
  const store = await SqliteEventStore.open({ file: join(dataFolder, 'log.db') });
  const proposer: Actor = { kind: 'person', id: 'owner-1', role: 'kpi-owner' };
  const approver: Actor = { kind: 'person', id: 'evaluator-1', role: 'evaluator' };
  const today = '2026-10-20';
  const proposal = { kpiId: 'days', effectiveFrom: today, reason: 'Shorter periods are read.', today };
  const commands: KpiCommand[] = [
    { type: 'ProposeMethodChange', ...proposal, changeId: 'monthly', method: { period: 'month' }, actor: proposer },
    { type: 'ApproveMethodChange', kpiId: 'days', changeId: 'monthly', today, actor: approver },
    { type: 'ProposeMethodChange', ...proposal, changeId: 'yearly', method: { period: 'year' }, actor: proposer },
    {
      type: 'RejectMethodChange',
      kpiId: 'days',
      changeId: 'yearly',
      reason: 'Too long to learn from.',
      actor: approver,
    },
  ];
  try {
    for (const [index, command] of commands.entries()) {
      const commandId = `corpus-method-${index}`;
      const metadata = { actor: command.actor, correlationId: commandId };
      await executeCommand({ store, decider: kpiDecider, stream: kpiStream('days'), command, commandId, metadata });
    }
  } finally {
    await store.close();
  }
}

async function writeCorpus(dataFolder: string, into: string): Promise<void> {
  const store = await SqliteEventStore.open({ file: join(dataFolder, 'log.db'), readOnly: true });
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  await store.close();
  for (const event of events) writeCorpusLine(join(into, 'log.ndjson'), event);
  copyFileSync(join(dataFolder, 'log.db'), join(into, 'log.db'));
  await writeExpected(into, events);
}

async function writeExpected(into: string, events: readonly StoredEvent[]): Promise<void> {
  const { digest: _digest, ...expected } = await interpret(events, FINISHED_ms);
  writeFileSync(join(into, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  process.stdout.write(`${events.length} events of ${Object.keys(expected.types).length} types in ${into}\n`);
}
