import { join } from 'node:path';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { digestOfViews, runProjections, type ProjectionHost } from '#lib/projections';
import { Generations } from '#lib/read-models';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { Bursts } from './bursts.js';
import { Owner } from './owner.js';
import { beginTrail, endTrail } from './write-trail.js';

const BURST_MIN_EVENTS = 10;
const BURST_MAX_EVENTS = 60;
const LAST_BURST_EVENTS = 5;
/** So long after the beginning of a burst an owner is frozen, at most. */
const FREEZE_MAX_MS = 80;
const WAKE_MAX_MS = 40;
/** Chance that the owner is building a new generation when it is frozen. */
const REBUILD_CHANCE = 0.3;
/** A new owner that has not got hold of the views by then waits for a lock that the frozen one holds: then that is woken. */
const TAKE_OVER_MAX_MS = 2_000;
const CATCH_UP_MAX_MS = 20_000;
const DIGEST_EVERY_ROUNDS = 5;

export const zombiesCase: TortureCase = {
  name: 'zombies',
  summary:
    'a process that owns the views is frozen while it writes or rebuilds, another takes over, the first one is woken: nothing written twice, the woken one gives up, views equal to a fresh build; counts freezes',
  defaultCount: 15,
  fullCount: 500,
  timeLimit_ms: (count) => 60_000 + count * 8_000,
  run: runZombies,
};

interface Stage {
  readonly logFile: string;
  readonly viewsFolder: string;
  readonly generations: Generations;
  readonly bursts: Bursts;
  readonly report: Report;
  readonly owners: Owner[];
}

async function runZombies({ seed, count, report, folder }: TortureRun): Promise<void> {
  const random = new Random(seed);
  const logFile = join(folder, 'log.db');
  const viewsFolder = join(folder, 'views');
  const store = await SqliteEventStore.open({ file: logFile });
  const bursts = new Bursts(store, random.fork('bursts'));
  // Views that are never disturbed, to compare with.
  const calm = await runProjections({ store, viewsFolder: join(folder, 'calm') });
  const owners: Owner[] = [];
  const stage = { logFile, viewsFolder, generations: new Generations(viewsFolder), bursts, report, owners };
  try {
    await bursts.burst(BURST_MIN_EVENTS);
    let owner = await firstOwner(stage);
    for (let round = 1; round <= count; round += 1) {
      owner = await haunt(stage, owner, random.fork(`round-${round}`));
      if (round % DIGEST_EVERY_ROUNDS === 0 || round === count) await compare(stage, calm, join(folder, 'calm'), round);
      if (round % 25 === 0) report.say(`${round} of ${count} freezes`);
    }
    await owner.stop();
    await compareWithFreshBuild(stage, store, join(folder, 'fresh'));
  } finally {
    for (const owner of owners) await owner.kill();
    await calm.stop();
    await store.close();
  }
}

function newOwner({ logFile, viewsFolder, owners }: Stage): Owner {
  const owner = new Owner(logFile, viewsFolder);
  owners.push(owner);
  return owner;
}

async function firstOwner(stage: Stage): Promise<Owner> {
  const owner = newOwner(stage);
  if (!(await owner.hasReached(stage.bursts.head, CATCH_UP_MAX_MS))) throw new Error(`no views: ${owner.about()}`);
  return owner;
}

/** One round. Answers the new owner. */
async function haunt(stage: Stage, zombie: Owner, random: Random): Promise<Owner> {
  const { bursts, report, generations } = stage;
  beginTrail(generations);
  const isRebuilding = random.chance(REBUILD_CHANCE);
  if (isRebuilding) zombie.rebuild();
  const burst = bursts.burst(random.integer(BURST_MIN_EVENTS, BURST_MAX_EVENTS));
  await pause(random.fraction() * FREEZE_MAX_MS);
  zombie.freeze();
  await burst;
  report.tried(isRebuilding ? 'owners frozen while rebuilding' : 'owners frozen while writing');

  const heir = newOwner(stage);
  const hasTakenOver = await heir.hasReached(bursts.head, TAKE_OVER_MAX_MS);
  report.tried(
    hasTakenOver ? 'takeovers from a frozen owner' : 'takeovers that waited for a transaction of the frozen owner',
  );
  const during = bursts.burst(random.integer(BURST_MIN_EVENTS, BURST_MAX_EVENTS));
  await pause(random.fraction() * WAKE_MAX_MS);
  zombie.wake();
  await during;
  await settle(stage, zombie, heir);
  endTrail(generations, report);
  return heir;
}

async function settle({ bursts, report, generations }: Stage, zombie: Owner, heir: Owner): Promise<void> {
  if (!(await heir.hasReached(bursts.head, CATCH_UP_MAX_MS)))
    report.lost(`the new owner did not reach position ${bursts.head}: ${heir.about()}`);
  // An owner finds out when it wants to write: one that was woken before the heir had got in may have written everything.
  await bursts.burst(LAST_BURST_EVENTS);
  const end = await zombie.ending(CATCH_UP_MAX_MS);
  report.check(
    end === 'ownership-lost',
    () => `the woken owner did not give up, but ended ${String(end)}: ${zombie.about()}`,
  );
  await zombie.kill();
  if (!(await heir.hasReached(bursts.head, CATCH_UP_MAX_MS)))
    report.lost(`the new owner did not reach position ${bursts.head}: ${heir.about()}`);
  if (generations.live() === null)
    throw new Error(`the pointer of the views names no file; the heir is ${heir.about()}`);
}

async function compare(stage: Stage, calm: ProjectionHost, calmFolder: string, round: number): Promise<void> {
  const { report, generations, bursts } = stage;
  await until(() => BigInt(calm.progress?.position ?? 0) >= bursts.head);
  const [haunted, undisturbed] = [digestOf(generations), digestOf(new Generations(calmFolder))];
  report.check(haunted === undisturbed, () => `after round ${round} the views differ from undisturbed ones`);
  report.tried('digests compared');
}

async function compareWithFreshBuild(
  { report, generations, bursts }: Stage,
  store: SqliteEventStore,
  folder: string,
): Promise<void> {
  const fresh = await runProjections({ store, viewsFolder: folder });
  await until(() => BigInt(fresh.progress?.position ?? 0) >= bursts.head);
  await fresh.stop();
  const digest = digestOf(generations);
  report.check(digest === digestOf(new Generations(folder)), () => 'the views differ from freshly built ones');
  report.figure('digest of the views', `${digest.slice(0, 16)}… at position ${bursts.head}`);
}

function digestOf(generations: Generations): string {
  const database = generations.open(generations.live()!, { readOnly: true });
  try {
    return digestOfViews(database);
  } finally {
    database.close();
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MAX_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('the undisturbed views do not catch up');
    await pause(3);
  }
}

const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));
