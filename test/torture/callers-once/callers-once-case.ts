import { join } from 'node:path';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import { LedgerCheck } from '../support/check-ledger.js';
import { startWholeLife, type WholeLife } from '../support/life.js';
import { SERIES_PER_SENDER } from '../support/planned-request.js';
import { prepareCity, seriesBody, VALUE_MAX, type PreparedCity } from '../support/prepare-city.js';
import { walkLog } from '../support/walk-log.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { Callers } from './caller.js';
import { OnceCheck } from './once-check.js';

const SOURCES = 8;
const LANES = 16;
const CALLS_PER_LIFE = 2_500;
const LIVES_MIN = 3;
/** A life ends so long after the call at which it is due, at most: other calls are under way then. */
const END_DELAY_MAX_MS = 30;
const END_POLL_MS = 2;

export const callersOnceCase: TortureCase = {
  name: 'callers-once',
  summary:
    'requests with an Idempotency-Key, 30 % of them sent 8 at once, repeated later, across restarts and changed registrations: one set of events a key, the same answer for the same request, 409 while running, 422 for another content; counts requests before repetition',
  defaultCount: 10_000,
  fullCount: 100_000,
  timeLimit_ms: (count) => 120_000 + count * 20,
  run: runCallers,
};

async function runCallers({ seed, count, report, folder }: TortureRun): Promise<void> {
  const random = new Random(seed);
  const dataFolder = join(folder, 'data');
  const city = await prepareCity(dataFolder, SOURCES, SERIES_PER_SENDER);
  const callers = new Callers(city, random, report, count);
  const lives = Math.max(LIVES_MIN, Math.ceil(count / CALLS_PER_LIFE));
  for (let index = 0; index < lives; index += 1) {
    const life = await startWholeLife(dataFolder);
    await changeRegistrations(life, city, index);
    await callAndEnd(life, callers, Math.ceil((count * (index + 1)) / lives), random.fork(`life-${index}`), report);
    report.say(`${callers.started} of ${count} calls`);
  }
  await answerTheRest(dataFolder, callers, random.fork('rest'));
  await checkLog(dataFolder, callers, report);
}

/** From one life to the next other values go to quarantine: what was answered before must be answered as before. */
async function changeRegistrations(life: WholeLife, city: PreparedCity, index: number): Promise<void> {
  const headers = { authorization: `Bearer ${city.adminToken}`, 'content-type': 'application/json' };
  const value_max = index % 2 === 0 ? VALUE_MAX / 2 : VALUE_MAX;
  for (let source = 0; source < SOURCES; source += 1)
    for (let series = 0; series < SERIES_PER_SENDER; series += 1) {
      const body = JSON.stringify(seriesBody(source, series, value_max));
      const { status } = await fetch(`${life.url}/v1/series`, { method: 'PUT', headers, body });
      if (status !== 200) throw new Error(`changing a series was answered with ${status}`);
    }
}

/** Every second life is killed, the others are stopped cleanly; both with calls under way. */
async function callAndEnd(
  life: WholeLife,
  callers: Callers,
  dueAt: number,
  random: Random,
  report: Report,
): Promise<void> {
  const isKill = random.chance(0.5);
  const delay_ms = random.fraction() * END_DELAY_MAX_MS;
  const ended = (async () => {
    while (callers.started < dueAt) await pause(END_POLL_MS);
    await pause(delay_ms);
    if (isKill) await life.end();
    else await life.stop();
    report.tried(isKill ? 'kills' : 'clean stops');
  })();
  const lanes = Array.from({ length: LANES }, (_, lane) => callers.callWhile(life, random.fork(`lane-${lane}`)));
  await Promise.all([ended, ...lanes]);
}

async function answerTheRest(dataFolder: string, callers: Callers, random: Random): Promise<void> {
  const life = await startWholeLife(dataFolder);
  try {
    await callers.callUnanswered(life, random);
  } finally {
    await life.end();
  }
}

async function checkLog(dataFolder: string, callers: Callers, report: Report): Promise<void> {
  const ledger = new LedgerCheck(callers.ledgers, report);
  const once = new OnceCheck(callers, report);
  await walkLog(join(dataFolder, 'log.db'), report, (event) => {
    ledger.visit(event);
    once.visit(event);
  });
  ledger.checkRequests();
  once.checkNothingLost();
  for (const what of ['answers 409 while running', 'keys with other content refused with 422', 'answers of then'])
    report.check(report.count(what) > 0, () => `there were no ${what}: nothing was tried`);
}

const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));
