import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { CITY } from './city/city.js';
import { CITY_TIME_ZONE } from './city/sensor-reading.js';
import { type CityTick, cityStream, expectedReadings, tickBefore } from './city/city-stream.js';
import { DAY_MS, TICK_MS } from './city/city-model.js';
import { prepareFolder } from './demo-folder.js';
import { type DemoState, readState, writeState } from './demo-state.js';
import { type DemoOptions, parseOptions, USAGE, UsageError } from './options.js';
import { duration, grouped, progressBar } from './progress-bar.js';
import { localDate } from './setup/dates.js';
import { playManagement } from './setup/play-management.js';
import { ADMIN, registerCity } from './setup/register-city.js';
import { LiveStatus } from './stream/live-status.js';
import { playHistory } from './stream/play-history.js';
import type { Tally } from './stream/source-queue.js';
import { playLive, realTempo } from './stream/play-live.js';

/** The last part of the history is kept for the live part, so that something is to be seen at once. */
const LIVE_DAYS = 2;
/** The views may need this long to catch up with the whole history on a slow machine. */
const VIEWS_TIMEOUT_MS = 300_000;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function run(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const folder = options.dataFolder;
  if (options.url === undefined) prepareFolder(folder, options.fresh);
  const system = options.url === undefined ? await startOwn(options, folder) : null;
  try {
    const url = system?.url ?? options.url ?? '';
    say(`Tallystick is at ${url}`);
    // Of a system that is not ours nothing is kept between runs.
    const kept = system === null ? null : readState(folder);
    const state = kept ?? (await register(url, system?.bootstrapToken ?? options.token ?? '', options));
    const save = (): void => {
      if (system !== null) writeState(folder, state);
    };
    save();
    await play(url, state, options, signal, save);
  } finally {
    await system?.stop();
  }
}

async function startOwn(options: DemoOptions, dataFolder: string): Promise<RunningTallystick> {
  return startTallystick({
    dataFolder,
    port: options.port,
    ownProcessGroup: true,
    env: {
      TALLYSTICK_TIME_ZONE: CITY_TIME_ZONE,
      TALLYSTICK_ORGANISATION_NAME_EN: 'City of Tally',
      TALLYSTICK_ORGANISATION_NAME_ZH: '塔利市',
      TALLYSTICK_LOG_LEVEL: process.env['TALLYSTICK_LOG_LEVEL'] ?? 'warn',
    },
  });
}

/** Makes the first administrator (with a one-time token) or acts as the one whose token was given, and registers all. */
async function register(url: string, token: string, options: DemoOptions): Promise<DemoState> {
  if (token === '') throw new Error('the system was set up already, by somebody else: give another folder with --data');
  const anyone = new Client(url);
  const admin = token.startsWith('tsb_') ? await anyone.bootstrap(token, ADMIN) : anyone.as(token);
  const now_ms = Date.now();
  const start_ms = tickBefore(now_ms - options.days * DAY_MS);
  const targetDate = `${new Date(now_ms).getUTCFullYear() + 2}-12-31`;
  const city = await registerCity(admin, CITY, localDate(start_ms, CITY_TIME_ZONE), targetDate);
  const units = CITY.flatMap((domain) => domain.units);
  const sensors = CITY.flatMap((domain) => domain.sensors).length;
  const kpis = units.reduce((sum, unit) => sum + unit.kpis.length, 0);
  say(`registered: ${units.length} units, ${kpis} KPIs, ${sensors} series`);
  return { seed: options.seed, start_ms, sentUntil_ms: start_ms, managed: false, ...city };
}

async function play(
  url: string,
  state: DemoState,
  options: DemoOptions,
  signal: AbortSignal,
  save: () => void,
): Promise<void> {
  const anyone = new Client(url);
  const carriers = new Map(Object.entries(state.keys).map(([source, key]) => [source, anyone.as(key)]));
  const stream = cityStream(CITY, state.seed, state.start_ms);
  const runId = `city-${state.seed}-${state.start_ms}`;
  // A demo that goes on does so where it was: what lies between is history for it.
  const untilLive_ms = tickBefore(
    Math.max(state.sentUntil_ms, Date.now() - (options.historyOnly ? 0 : LIVE_DAYS) * DAY_MS),
  );

  const total = expectedReadings(CITY, untilLive_ms - Math.max(state.start_ms, state.sentUntil_ms));
  const bar = progressBar('history', total);
  const startedAt = performance.now();
  const { tally, next } = await playHistory({
    stream,
    until_ms: untilLive_ms,
    skipUntil_ms: state.sentUntil_ms,
    carriers,
    runId,
    signal,
    onProgress: ({ sent }) => bar.update(sent),
  });
  if (tally.sent > 0) bar.finish(tally.sent, next !== undefined);
  if (signal.aborted || next === undefined) return;
  if (tally.sent === 0) say('the history is there already');
  const took_ms = performance.now() - startedAt;
  if (tally.sent > 0) say(historyText(tally, took_ms));
  await anyone.as(state.tokens[ADMIN] ?? '').waitForViews(tally.position, VIEWS_TIMEOUT_MS);
  if (tally.sent > 0)
    say(`the views have caught up, ${duration(performance.now() - startedAt)} after the first observation`);
  state.sentUntil_ms = untilLive_ms;
  const today = localDate(Date.now(), CITY_TIME_ZONE);
  state.managedOn ??= today;
  // Saved before the management begins: a demo that ends in the middle of it takes it up again, and need not send the history.
  save();
  if (!state.managed) await playManagement(anyone, CITY, state.tokens, { today, begunOn: state.managedOn });
  state.managed = true;
  save();
  console.log(signInText(url, state));
  if (options.historyOnly) return;
  say('Stop with Ctrl-C.');

  const status = new LiveStatus(say, TICK_MS);
  try {
    const { speed } = options;
    const onTick = ({ at_ms }: CityTick, sent: number): void => {
      status.tick(at_ms, sent);
      state.sentUntil_ms = at_ms;
      save();
    };
    const tempo = realTempo(signal);
    const last_ms = await playLive({ first: next, stream, carriers, speed, runId, tempo, signal, onTick });
    state.sentUntil_ms = Math.max(state.sentUntil_ms, last_ms);
    save();
  } finally {
    status.stop();
  }
}

function historyText({ sent, accepted, quarantined }: Tally, took_ms: number): string {
  const rate = grouped((sent / Math.max(took_ms, 1)) * 1_000);
  const counts = `${grouped(accepted)} accepted, ${grouped(quarantined)} quarantined`;
  return `history: ${counts} in ${duration(took_ms)} (${rate} observations/s)`;
}

function signInText(url: string, state: DemoState): string {
  const people = Object.entries(state.tokens).map(([personId, token]) => `  ${personId.padEnd(20)} ${token}`);
  return ['', `Open ${url} and sign in with one of these tokens:`, ...people, ''].join('\n');
}

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say(`\nstopping (${name}) …`);
      stop.abort();
    });
  }
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) return console.log(USAGE);
    await run(options, stop.signal);
    say('stopped');
  } catch (error) {
    say(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : `the demo failed: ${(error as Error).message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

await main();
