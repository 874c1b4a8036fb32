import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HttpProblem } from '#lib/client';
import { needFromDebian } from '../../services/support/debian-programs.js';
import { Random } from '../random.js';
import { compareViewsWithRebuild } from '../support/compare-views.js';
import { walkLog } from '../support/walk-log.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import {
  compareFigures,
  MAX_AGE_ms,
  MAX_AHEAD_ms,
  observe,
  restart,
  startClockWorld,
  WINDOWED_SERIES,
  type ClockWorld,
} from './clock-world.js';
import { FakeClock } from './fake-clock.js';

const DAY_seconds = 86_400;
const JUMP_MAX_seconds = 30 * DAY_seconds;
const RESTART_CHANCE = 0.1;
const QUARTER_HOUR_ms = 900_000;
const READY_WITHIN_ms = 20_000;
const READY_POLL_ms = 20;
/** How long before and after a moment of the calendar is observed, and by how much the clock then steps back. */
const AROUND_ms = 30 * 3_600_000;
const STEP_BACK_seconds = 3 * 3_600;

/** Moments at which days are not 24 hours long, years change or February is longer; both zones see the last two. */
const MOMENTS: Readonly<Record<string, readonly string[]>> = {
  'Europe/Zurich': [
    '2026-12-31T23:00:00Z',
    '2027-03-28T01:00:00Z',
    '2027-10-31T01:00:00Z',
    '2028-02-29T12:00:00Z',
    '2028-03-31T22:00:00Z',
  ],
  'America/New_York': [
    '2027-01-01T05:00:00Z',
    '2027-03-14T07:00:00Z',
    '2027-11-07T06:00:00Z',
    '2028-02-29T12:00:00Z',
    '2028-04-01T04:00:00Z',
  ],
};

export const clocksCase: TortureCase = {
  name: 'clocks',
  summary:
    'the wall clock of the server jumps by up to ±30 days and passes daylight saving, a leap day and a year end twice: order is by position, recorded times never go back, sums of days and periods are right, tokens and time windows follow the clock; counts jumps',
  defaultCount: 20,
  fullCount: 1_000,
  timeLimit_ms: (count) => 240_000 + count * 4_000,
  async run({ seed, count, report, folder }: TortureRun) {
    report.figure('libfaketime', needFromDebian('faketime'));
    const random = new Random(seed);
    const zones = Object.keys(MOMENTS);
    for (const [index, zone] of zones.entries()) {
      const zoneFolder = join(folder, `zone-${index}`);
      mkdirSync(zoneFolder);
      const clock = new FakeClock(join(zoneFolder, 'offset'));
      const world = await startClockWorld(zone, clock, join(zoneFolder, 'data'), report);
      try {
        await jumpAbout(world, random.fork(zone), Math.ceil(count / zones.length));
        for (const moment of MOMENTS[zone]!) await passTwice(world, Date.parse(moment), random.fork(moment));
        await endAtRealTime(world);
      } finally {
        await world.running.kill();
      }
      report.say(`${zone} done`);
    }
  },
};

/** Jumps, restarts, repeats; every batch is repeated after the next jump under its key. */
async function jumpAbout(world: ClockWorld, random: Random, jumps: number): Promise<void> {
  const { clock, report } = world;
  const anchor_ms = Math.floor(Date.now() / QUARTER_HOUR_ms) * QUARTER_HOUR_ms;
  let earlier: { key: string; values: Map<number, number> } | undefined;
  for (let jump = 0; jump < jumps; jump += 1) {
    clock.setTo(Date.now() + random.integer(-JUMP_MAX_seconds, JUMP_MAX_seconds) * 1000);
    report.tried('jumps of the clock');
    if (random.chance(RESTART_CHANCE)) await restart(world);
    const from_ms = anchor_ms - random.integer(0, 60 * 96) * QUARTER_HOUR_ms;
    const values = quarterHours(from_ms, from_ms + random.integer(1, 40) * QUARTER_HOUR_ms, random);
    const key = `jump-${jump}`;
    await observe(world, values, key);
    if (earlier !== undefined) {
      const isReplayed = await observe(world, earlier.values, earlier.key);
      report.check(isReplayed, () => `${world.zone}: a request repeated after a jump was taken for a new one`);
    }
    earlier = { key, values };
    await tryTimeWindow(world);
    if (jump % 8 === 0) await tryToken(world, `reader-${jump}`);
    await becomesReady(world);
  }
  await compareFigures(world);
}

/** A system that was just started may need a moment; timers that a step of the clock has stopped would take for ever. */
async function becomesReady({ running, report, zone }: ClockWorld): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_ms;
  for (;;) {
    const response = await fetch(`${running.url}/health/ready`);
    const answer = await response.text();
    if (response.status === 200) return;
    if (performance.now() > deadline) return report.violated(`${zone}: not ready after a jump: ${answer}`);
    await new Promise((done) => setTimeout(done, READY_POLL_ms));
  }
}

/** What is observed around a moment is sent before it and after it; then the clock steps back and some of it is corrected. */
async function passTwice(world: ClockWorld, moment_ms: number, random: Random): Promise<void> {
  const { clock, report } = world;
  clock.setTo(moment_ms - 2_000);
  await observe(world, quarterHours(moment_ms - AROUND_ms, moment_ms, random));
  clock.setTo(moment_ms + AROUND_ms);
  await observe(world, quarterHours(moment_ms, moment_ms + AROUND_ms, random));
  clock.step(-AROUND_ms / 1000 - STEP_BACK_seconds);
  await observe(world, quarterHours(moment_ms - QUARTER_HOUR_ms * 8, moment_ms + QUARTER_HOUR_ms * 8, random));
  report.tried('moments of the calendar passed twice');
  await compareFigures(world);
}

/** Whole numbers, so that sums are exact in any order. */
function quarterHours(from_ms: number, to_ms: number, random: Random): Map<number, number> {
  const values = new Map<number, number>();
  for (let at_ms = from_ms; at_ms < to_ms; at_ms += QUARTER_HOUR_ms) values.set(at_ms, random.integer(1, 1_000));
  return values;
}

/** Old and future observations are judged by the clock as it is, wrong or not; a minute of leeway for the slowness of a test. */
async function tryTimeWindow({ clock, source, report, zone }: ClockWorld): Promise<void> {
  const leeway_ms = 60_000;
  const now_ms = clock.now_ms();
  const ages_ms = [
    0,
    MAX_AGE_ms - leeway_ms,
    leeway_ms - MAX_AHEAD_ms,
    MAX_AGE_ms + leeway_ms,
    -MAX_AHEAD_ms - leeway_ms,
  ];
  const body = ages_ms.map((age_ms) => ({
    series: WINDOWED_SERIES,
    observedAt: Math.round(now_ms - age_ms),
    value: 1,
  }));
  const verdict = await source.sendObservations(body);
  const outside = verdict.problems.filter(({ reason }) => reason === 'outside-time-window').map(({ index }) => index);
  report.tried('observations at the edges of a time window', body.length);
  report.check(
    outside.join() === '3,4' && verdict.quarantined === 2,
    () => `${zone}: a time window at ${new Date(now_ms).toISOString()}: ${JSON.stringify(verdict)}`,
  );
}

/** A token is valid before its end and not after it, also when the clock comes back. */
async function tryToken(world: ClockWorld, personId: string): Promise<void> {
  const { admin, clock, report, zone } = world;
  await admin.post('/v1/people', { personId, role: 'employee' });
  const expiresAt = new Date(clock.now_ms() + 3_600_000).toISOString();
  const { token } = await admin.post<{ token: string }>(`/v1/people/${personId}/tokens`, { expiresAt });
  const statusNow = async (): Promise<number> => {
    try {
      await admin.as(token).get('/v1/me');
      return 200;
    } catch (error) {
      return error instanceof HttpProblem ? error.status : 0;
    }
  };
  const before = await statusNow();
  clock.step(2 * 3_600);
  const after = await statusNow();
  clock.step(-2 * 3_600);
  const again = await statusNow();
  report.tried('tokens that ended');
  report.check(
    before === 200 && after === 401 && again === 200,
    () => `${zone}: a token gave ${before}, ${after}, ${again}`,
  );
}

/** The clock is put right, which takes it back by more than a year; then log and views are read as a whole. */
async function endAtRealTime(world: ClockWorld): Promise<void> {
  const { report, dataFolder } = world;
  world.clock.setTo(Date.now());
  await restart(world);
  await compareFigures(world);
  await world.running.stop();
  let head = 0n;
  await walkLog(join(dataFolder, 'log.db'), report, ({ position }) => (head = position));
  await compareViewsWithRebuild(dataFolder, world.admin.token ?? '', String(head), report);
}
