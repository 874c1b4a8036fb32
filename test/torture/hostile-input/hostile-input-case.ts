import * as fc from 'fast-check';
import type { Report } from '../report.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { Account } from './account.js';
import { DirectDoor } from './direct-door.js';
import { throwBombs } from './gzip-bombs.js';
import type { HostileRequest } from './hostile-request.js';
import { hostileRequest } from './hostile-requests.js';
import { startHostileServer, type HostileServer } from './hostile-server.js';
import { judge, type Outcome } from './judge.js';
import { memoryOf } from '../support/process-memory.js';
import { protocolTrick } from './protocol-tricks.js';
import { readStored } from './stored-events.js';

/** No request may take longer. One that does is sent again: slow twice is the door's fault, once is the machine's. */
const DURATION_MAX_ms = 1_000;
/** So many of the cases go through HTTP; of these, so many are broken HTTP itself. */
const SHARE_OVER_HTTP = 0.5;
const SHARE_OF_BROKEN_HTTP = 0.05;
/** The memory of the process under test, its threads and page cache of SQLite included. */
const MEMORY_MAX_MiB = 512;
/** Bombs come in all sizes from a slice of this size on; smaller slices take the small ones only. */
const COUNT_WITH_ALL_BOMBS = 10_000;
const CASES_A_SECOND = 100;
const START_TIME_ms = 120_000;
const DETAIL_LENGTH_MAX = 5_000;

/** A door and the log behind it. */
interface Target {
  send(request: HostileRequest): Promise<Outcome>;
  head(): Promise<bigint>;
  eventsAfter(position: bigint): Promise<Parameters<typeof readStored>[0][number][]>;
}

export const hostileInputCase: TortureCase = {
  name: 'hostile-input',
  summary:
    'Sends what strangers send, half of it over HTTP: no 5xx, nothing slow, nothing stored outside its schema, nothing that comes back changed; gzip bombs: 413 and at most 50 MB more memory. Counts requests',
  defaultCount: 20_000,
  fullCount: 100_000,
  timeLimit_ms: (count) => START_TIME_ms + (count / CASES_A_SECOND) * 1_000,
  run: runHostileInput,
};

async function runHostileInput({ seed, count, report, folder }: TortureRun): Promise<void> {
  const overHttp = Math.ceil(count * SHARE_OVER_HTTP);
  const broken = Math.ceil(overHttp * SHARE_OF_BROKEN_HTTP);
  await knock(new DirectDoor(), 'directly at the door', { seed, count: count - overHttp }, report, new Account());
  const server = await startHostileServer(folder);
  try {
    const account = new Account();
    await knock(overHttpOf(server), 'over HTTP', { seed: seed + 1, count: overHttp - broken }, report, account);
    await knockWithBrokenHttp(server, { seed: seed + 2, count: broken }, report, account);
    await readBack(server, account, report);
    await throwBombs(server, report, count >= COUNT_WITH_ALL_BOMBS);
    report.check(server.tallystick.process.exitCode === null, () => 'the server ended');
  } finally {
    const code = await server.stop();
    report.check(code === 0, () => `the server stopped with ${code}:\n${server.tallystick.output()}`);
  }
}

const overHttpOf = (server: HostileServer): Target => ({
  send: (request) => server.door.send(request),
  head: server.head,
  eventsAfter: server.eventsAfter,
});

interface Extent {
  readonly seed: number;
  readonly count: number;
}

async function knock(target: Target, how: string, extent: Extent, report: Report, account: Account): Promise<void> {
  let slowest_ms = 0;
  let slowOnce = 0;
  const sendAndJudge = async (request: HostileRequest): Promise<number> => {
    const before = await target.head();
    const startedAt = performance.now();
    const outcome = await target.send(request);
    const duration_ms = performance.now() - startedAt;
    account.add(judge(request, outcome, await target.eventsAfter(before)));
    count(report, how, request, outcome);
    return duration_ms;
  };
  await assertAll(hostileRequest, extent, report, `sent ${how}`, async (request) => {
    let duration_ms = await sendAndJudge(request);
    if (duration_ms > DURATION_MAX_ms) {
      slowOnce += 1;
      duration_ms = await sendAndJudge({ ...request, mustBeTaken: false });
      if (duration_ms > DURATION_MAX_ms) throw new Error(`took ${Math.round(duration_ms)} ms, twice`);
    }
    slowest_ms = Math.max(slowest_ms, duration_ms);
  });
  report.figure(
    `slowest request ${how}`,
    `${slowest_ms.toFixed(0)} ms (${slowOnce} were sent again because of a stall)`,
  );
}

function count(report: Report, how: string, request: HostileRequest, { status, body }: Outcome): void {
  report.tried(`requests ${how}`);
  report.tried(`  of them ${request.kind}`);
  report.tried(`  answered ${status}`);
  if (status !== 200) return;
  const verdict = body as Record<'accepted' | 'quarantined' | 'rejected', number>;
  report.tried('observations accepted and read back the same', verdict.accepted);
  report.tried('observations quarantined with their bytes', verdict.quarantined);
  report.tried('observations rejected one by one', verdict.rejected);
}

async function knockWithBrokenHttp(
  server: HostileServer,
  extent: Extent,
  report: Report,
  account: Account,
): Promise<void> {
  const before = await server.head();
  let mayHaveStored = 0;
  await assertAll(protocolTrick, extent, report, 'broken HTTP', async (text) => {
    const answer = await server.door.sendBytes(Buffer.from(text.replaceAll('{key}', server.key), 'latin1'), true);
    report.tried('requests of broken HTTP');
    report.tried(`  answered ${answer.status === 0 ? 'by closing' : answer.status}`);
    if (answer.status >= 500) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    if (answer.duration_ms > DURATION_MAX_ms * 2) throw new Error(`took ${answer.duration_ms} ms`);
    // The sender closes his side at once, so the answer to a whole request may not reach him.
    if (answer.status === 200 || answer.status === 0) mayHaveStored += 1;
  });
  // Only now, because a request whose sender has gone may be stored later.
  await new Promise((done) => setTimeout(done, DURATION_MAX_ms));
  const stored = readStored(await server.eventsAfter(before));
  account.add(stored);
  report.check(stored.rows.length <= mayHaveStored, () => `${stored.rows.length} stored of refused requests`);
  server.door.close();
}

async function readBack(server: HostileServer, account: Account, report: Report): Promise<void> {
  await server.admin.waitForViews(String(await server.head()));
  const { compared, wrong } = await account.compare(server.admin);
  report.tried('values read back through the API', compared);
  for (const detail of wrong) report.violated(detail);
  const views = await server.admin.get<{ parked: readonly object[] }>('/v1/views');
  report.check(views.parked.length === 0, () => `the views have put ${JSON.stringify(views.parked)} aside`);
  const peak_MiB = peakMemory_MiB(server);
  report.figure('most memory before the bombs', `${peak_MiB.toFixed(0)} MiB`);
  report.check(peak_MiB < MEMORY_MAX_MiB, () => `the process took ${peak_MiB.toFixed(0)} MiB`);
}

function peakMemory_MiB(server: HostileServer): number {
  return memoryOf(server.tallystick.pid).peak_bytes / 2 ** 20;
}

/** Lets fast-check choose and shrink; a broken promise goes into the report with the smallest request that shows it. */
async function assertAll<Value>(
  arbitrary: fc.Arbitrary<Value>,
  { seed, count: numRuns }: Extent,
  report: Report,
  what: string,
  check: (value: Value) => Promise<void>,
): Promise<void> {
  try {
    await fc.assert(fc.asyncProperty(arbitrary, check), { seed, numRuns });
  } catch (error) {
    const { message, cause } = error as Error;
    report.violated(`${what}: ${`${message}\n${String(cause ?? '')}`.slice(0, DETAIL_LENGTH_MAX)}`);
  }
}
