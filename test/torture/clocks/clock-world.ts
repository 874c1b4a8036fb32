/** An organisation in one time zone whose server's clock is wrong, and what its figures must be all the same. */
import { Temporal } from '@js-temporal/polyfill';
import { Client } from '#lib/client';
import { startTallystick, type RunningTallystick } from '#lib/client';
import type { Report } from '../report.js';
import type { FakeClock } from './fake-clock.js';

export const SERIES = 'clock/steps';
/** Takes only what was observed within a day before and an hour after the server's time. */
export const WINDOWED_SERIES = 'clock/windowed';
export const MAX_AGE_ms = 86_400_000;
export const MAX_AHEAD_ms = 3_600_000;
/** So wide that the plain series takes everything, whatever the server takes for now. */
const ANY_TIME_ms = 100 * 366 * 86_400_000;
const FISCAL_YEAR_START_MONTH = 4;
const PERIODS = ['month', 'year', 'fiscal-year'] as const;
const UNIT = 'clock-office';

export interface ClockWorld {
  readonly zone: string;
  readonly clock: FakeClock;
  readonly dataFolder: string;
  readonly report: Report;
  running: RunningTallystick;
  admin: Client;
  source: Client;
  /** Newest value of each time: what was sent and acknowledged. */
  readonly values: Map<number, number>;
}

const environmentOf = (zone: string, clock: FakeClock): Record<string, string> => ({
  ...clock.environment,
  TALLYSTICK_TIME_ZONE: zone,
  TALLYSTICK_FISCAL_YEAR_START_MONTH: String(FISCAL_YEAR_START_MONTH),
});

export async function startClockWorld(
  zone: string,
  clock: FakeClock,
  dataFolder: string,
  report: Report,
): Promise<ClockWorld> {
  const running = await startTallystick({ dataFolder, env: environmentOf(zone, clock) });
  try {
    const admin = await new Client(running.url).bootstrap(running.bootstrapToken ?? '', 'admin-1');
    const source = await admin.registerSource('clock', { en: 'Clock' });
    const series = { sourceId: 'clock', name: { en: 'Steps' }, unitOfMeasure: '1' };
    const timeWindow = { maxAge_ms: MAX_AGE_ms, maxAhead_ms: MAX_AHEAD_ms };
    await admin.registerSeries([
      { ...series, seriesKey: SERIES, timeWindow: { maxAge_ms: ANY_TIME_ms, maxAhead_ms: ANY_TIME_ms } },
      { ...series, seriesKey: WINDOWED_SERIES, timeWindow },
    ]);
    await registerKpis(admin);
    return { zone, clock, dataFolder, report, running, admin, source, values: new Map() };
  } catch (error) {
    await running.kill();
    throw error;
  }
}

/** Stops the system in good order and starts it again on the same data, at whatever its clock says by then. */
export async function restart(world: ClockWorld): Promise<void> {
  const code = await world.running.stop();
  world.report.check(code === 0, () => `${world.zone}: stopping ended with ${code}`);
  world.running = await startTallystick({ dataFolder: world.dataFolder, env: environmentOf(world.zone, world.clock) });
  world.admin = world.admin.at(world.running.url);
  world.source = world.source.at(world.running.url);
  world.report.tried('restarts under another time');
}

async function registerKpis(admin: Client): Promise<void> {
  await admin.registerPerson('owner-1', 'kpi-owner');
  await admin.post('/v1/units', { unitId: UNIT, name: { en: 'Clock office' } });
  await admin.post('/v1/goals', { goalId: 'steps', unitId: UNIT, name: { en: 'Count steps' }, dueDate: '2035-12-31' });
  for (const period of PERIODS) {
    const path = `/v1/kpis/${period}`;
    await admin.post('/v1/kpis', {
      kpiId: period,
      unitId: UNIT,
      goalId: 'steps',
      name: { en: `Steps by ${period}`, 'zh-CN': period },
      description: { en: 'Counts steps while the clock of the server is wrong.' },
      ownerId: 'owner-1',
      direction: 'up',
      measure: { kind: 'statistic', statistic: 'sum', series: [SERIES] },
      period,
      unitOfMeasure: '1',
      decimals: 0,
      horizon: 'long',
      weight: 33,
      dataSource: { en: 'Made up.' },
      limitations: { en: 'Made up.' },
      trajectory: 'linear',
    });
    await admin.post(`${path}/baseline`, { baseline: { value: 0, date: '2026-01-01' } });
    const target = { value: 100_000, date: '2035-12-31' };
    await admin.post(`${path}/target`, { target, effectiveFrom: '2026-01-01' });
    await admin.post(`${path}/activate`, {});
  }
}

/** Sends values of the plain series; they count whatever the server's clock says. */
export async function observe(world: ClockWorld, values: ReadonlyMap<number, number>, key?: string): Promise<boolean> {
  const body = [...values].map(([observedAt, value]) => ({ series: SERIES, observedAt, value }));
  const verdict = await world.source.sendObservations(body, { idempotencyKey: key });
  const { sent, accepted, duplicate } = verdict;
  world.report.check(
    accepted + duplicate === sent,
    () => `${world.zone}: ${JSON.stringify({ ...verdict, problems: verdict.problems[0] })}`,
  );
  world.report.tried('observations', sent);
  if (verdict.replayed) return true;
  for (const [observedAt, value] of values) world.values.set(observedAt, value);
  return false;
}

const localDayOf = (instant_ms: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant_ms).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Compares day rollups and KPI figures with sums that are computed here, by another calendar library. */
export async function compareFigures(world: ClockWorld): Promise<void> {
  const { admin, zone, report } = world;
  const { position } = await admin.post(`/v1/units/${UNIT}/rename`, {
    name: { en: `Clock office ${world.values.size}` },
  });
  await admin.waitForViews(position);
  const sums = new Map<string, number>();
  for (const [observedAt, value] of world.values) {
    const day = localDayOf(observedAt, zone);
    sums.set(day, (sums.get(day) ?? 0) + value);
  }
  const rollups = await admin.getAll<{ day: string; sum: number }>('/v1/rollups', { series: SERIES });
  const found = new Map(rollups.map(({ day, sum }) => [day, sum]));
  for (const day of new Set([...sums.keys(), ...found.keys()])) {
    report.tried('day sums compared');
    report.check(
      sums.get(day) === found.get(day),
      () => `${zone} ${day}: ${found.get(day)} instead of ${sums.get(day)}`,
    );
  }
  for (const period of PERIODS) await comparePeriods(world, period, sums, position);
}

interface PeriodFigure {
  readonly period: { readonly label: string; readonly startsOn: string; readonly endsOn: string };
  readonly value: number | null;
}

async function comparePeriods(
  { admin, clock, zone, report }: ClockWorld,
  period: (typeof PERIODS)[number],
  sums: ReadonlyMap<string, number>,
  position: string,
): Promise<void> {
  const figures = await admin.getAll<PeriodFigure>(`/v1/kpis/${period}/periods`, { waitFor: position });
  let counted = 0;
  for (const { period: range, value } of figures) {
    const days = [...sums].filter(([day]) => day >= range.startsOn && day <= range.endsOn);
    const sum = days.reduce((total, [, one]) => total + one, 0);
    counted += sum;
    report.tried('period sums compared');
    const isRight = value === sum || (value === null && days.length === 0);
    report.check(isRight, () => `${zone} ${period} ${range.label}: ${value} instead of ${sum}`);
    report.check(isWhole(period, range), () => `${zone}: ${range.label} is ${range.startsOn} to ${range.endsOn}`);
  }
  const today = localDayOf(clock.now_ms(), zone);
  // A period that is to come by the server's clock has no figure yet, whatever was observed in it.
  const begun = [...sums].filter(([day]) => startOf(period, day) <= today);
  const total = begun.reduce((all, [, sum]) => all + sum, 0);
  report.check(counted === total, () => `${zone}: the ${period} figures add up to ${counted}, not ${total}`);
}

/** First day of the period that the day belongs to. */
function startOf(period: (typeof PERIODS)[number], day: string): string {
  const date = Temporal.PlainDate.from(day);
  if (period === 'month') return date.with({ day: 1 }).toString();
  const month = period === 'year' ? 1 : FISCAL_YEAR_START_MONTH;
  const start = date.with({ month, day: 1 });
  return (Temporal.PlainDate.compare(start, date) <= 0 ? start : start.subtract({ years: 1 })).toString();
}

function isWhole(period: (typeof PERIODS)[number], { startsOn, endsOn }: PeriodFigure['period']): boolean {
  const start = Temporal.PlainDate.from(startsOn);
  const first = { month: start.month, year: 1, 'fiscal-year': FISCAL_YEAR_START_MONTH }[period];
  const end = start.add(period === 'month' ? { months: 1 } : { years: 1 }).subtract({ days: 1 });
  return start.day === 1 && start.month === first && end.toString() === endsOn;
}
