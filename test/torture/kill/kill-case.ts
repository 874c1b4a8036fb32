import { join } from 'node:path';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import { compareViewsWithRebuild } from '../support/compare-views.js';
import { prepareCity } from '../support/prepare-city.js';
import { walkLog } from '../support/walk-log.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { LedgerCheck } from '../support/check-ledger.js';
import { killStartingDoor, killStartingWhole, startDoorLife, startWholeLife, type Life } from '../support/life.js';
import { SERIES_PER_SENDER } from '../support/planned-request.js';
import { Renamer } from './renamer.js';
import { Sender } from './sender.js';

const SENDERS = 8;
/** Every fifth kill is spent on the whole application, the others on log and door alone, which start ten times faster. */
const WHOLE_EVERY = 5;
const LIFE_MAX_MS = 400;
/** How kills are spread over what a process can be doing. */
const STARTING_CHANCE = 0.15;
const STOPPING_CHANCE = 0.15;
const DOOR_START_MAX_MS = 200;
const WHOLE_START_MAX_MS = 1_500;
const STOP_MAX_MS = 60;

export const killCase: TortureCase = {
  name: 'kill',
  summary:
    'SIGKILL at random moments under load, while starting and while stopping: every acknowledged observation and decision once, nothing torn, no gap, views equal to rebuilt ones; counts kills (one of five of the whole application, the others of log and door alone)',
  defaultCount: 100,
  fullCount: 1_000,
  timeLimit_ms: (count) => 120_000 + count * 6_000,
  run: runKills,
};

async function runKills({ seed, count, report, folder }: TortureRun): Promise<void> {
  const random = new Random(seed);
  const dataFolder = join(folder, 'data');
  const city = await prepareCity(dataFolder, SENDERS, SERIES_PER_SENDER);
  const senders = city.sourceTokens.map(
    (token, index) => new Sender(index, token, random.fork(`sender-${index}`), report),
  );
  const renamer = new Renamer(city.adminToken, report);
  for (let kill = 0; kill < count; kill += 1) {
    const isWhole = kill % WHOLE_EVERY === 0;
    await liveAndDie({ dataFolder, senders, renamer, report, random: random.fork(`life-${kill}`), isWhole });
    if ((kill + 1) % 50 === 0) report.say(`${kill + 1} of ${count} kills`);
  }
  await answerTheRest(dataFolder, senders, renamer);
  const head = await checkLog(dataFolder, senders, renamer, report);
  await compareViewsWithRebuild(dataFolder, city.adminToken, head, report);
}

interface LifeTask {
  readonly dataFolder: string;
  readonly senders: readonly Sender[];
  readonly renamer: Renamer;
  readonly report: Report;
  readonly random: Random;
  readonly isWhole: boolean;
}

async function liveAndDie(task: LifeTask): Promise<void> {
  const { dataFolder, report, random, isWhole } = task;
  const what = isWhole ? 'of the whole application' : 'of log and door alone';
  if (random.chance(STARTING_CHANCE)) {
    if (isWhole) await killStartingWhole(dataFolder, random.integer(1, WHOLE_START_MAX_MS));
    else await killStartingDoor(dataFolder, random.integer(1, DOOR_START_MAX_MS));
    return report.tried(`kills ${what} while starting`);
  }
  const isStopping = isWhole && random.chance(STOPPING_CHANCE);
  const life_ms = random.fraction() * LIFE_MAX_MS;
  const stopFirst_ms = isStopping ? random.fraction() * STOP_MAX_MS : undefined;
  const life = await (isWhole ? startWholeLife(dataFolder) : startDoorLife(dataFolder));
  const ended = new Promise<void>((resolve, reject) => {
    setTimeout(() => life.end(stopFirst_ms).then(resolve, reject), life_ms);
  });
  await Promise.all([ended, ...loadOn(life, task)]);
  report.tried(`kills ${what} ${isStopping ? 'while stopping' : 'under load'}`);
}

function loadOn(life: Life, { senders, renamer, isWhole }: LifeTask): Promise<void>[] {
  const load = senders.map((sender) => sender.sendWhile(life));
  if (isWhole) load.push(renamer.renameWhile(life));
  return load;
}

/** A last life, without a kill: what has no answer yet gets one. */
async function answerTheRest(dataFolder: string, senders: readonly Sender[], renamer: Renamer): Promise<void> {
  const life = await startWholeLife(dataFolder);
  try {
    await Promise.all([...senders.map((sender) => sender.repeatUnanswered(life)), renamer.rename(life)]);
  } finally {
    await life.end();
  }
}

/** Answers the log's last position. */
async function checkLog(
  dataFolder: string,
  senders: readonly Sender[],
  renamer: Renamer,
  report: Report,
): Promise<string> {
  const ledgers = senders.map(({ ledger }) => ledger);
  const check = new LedgerCheck(ledgers, report);
  let head = 0n;
  await walkLog(join(dataFolder, 'log.db'), report, (event) => {
    head = event.position;
    renamer.visit(event);
    check.visit(event);
  });
  check.checkRequests();
  renamer.checkNothingLost();
  report.check(report.count('acknowledged observations') > 0, () => 'nothing was acknowledged: nothing was tried');
  return String(head);
}
