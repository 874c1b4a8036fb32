import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_TYPES } from '#lib/domain';
import { MemoryEventStore } from '#lib/event-store';
import { Generations, LiveViews } from '#lib/read-models';
import { ALL_PROJECTIONS } from '../all-projections.js';
import { digestOfViews } from '../digest.js';
import { type ProjectionContext } from '../projection.js';
import { AuditQueries } from '../queries/audit-queries.js';
import { ImprovementQueries } from '../queries/improvement-queries.js';
import { KpiQueries } from '../queries/kpi-queries.js';
import { OperationQueries } from '../queries/operation-queries.js';
import { SeriesQueries } from '../queries/series-queries.js';
import { UnitQueries } from '../queries/unit-queries.js';
import { everyEvent } from '../testing/every-event.js';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, WrittenViews } from '../testing/written-views.js';
import { runProjections } from './run-projections.js';

let folder: string;
let store: MemoryEventStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-poison-'));
  store = new MemoryEventStore();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a poison event', () => {
  it.each([
    ['KpiRedefined', { ...kpiDefinition('pm25-mean'), measure: { kind: 'statistic', statistic: 'mean' }, reason: 'r' }],
    ['KpiRedefined', { ...kpiDefinition('pm25-mean'), measure: null, reason: 'r' }],
    ['KpiDefined', { ...kpiDefinition('pm25-mean'), period: 'week' }],
  ])('%s with a part that cannot be read is parked, and the views go on', async (type, data) => {
    const log = new WrittenLog()
      .organisation()
      .kpi(kpiDefinition('pm25-mean'))
      .say('kpi-pm25-mean', type, data)
      .observe(['pm25', '2026-11-02T00:00:00Z', 7]);
    await log.appendTo(store);
    const troubles: unknown[] = [];
    const host = await runProjections({ store, viewsFolder: folder, onTrouble: (error) => troubles.push(error) });
    const deadline = Date.now() + 4000;
    while (!host.progress?.caughtUp && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
    const reached = host.progress;
    await host.stop();
    expect(troubles).toEqual([]);
    expect(reached).toMatchObject({ caughtUp: true, position: '4', parked: 1 });
    const views = new LiveViews(new Generations(folder));
    const { parked } = new OperationQueries(views).status();
    expect(parked).toMatchObject([{ position: '3', projection: 'records', eventType: type }]);
    expect(new KpiQueries(views).detail('pm25-mean', NOW)!.current).toMatchObject({ value: 7 });
    views.close();
  });

  it('is parked once, and what the records refused changes no other view', () => {
    const log = new WrittenLog().organisation().kpi(kpiDefinition('pm25-mean'));
    const bad = { ...kpiDefinition('pm25-mean'), unitId: 7, reason: 'r' };
    const views = new WrittenViews();
    views.write(log.say('kpi-pm25-mean', 'KpiRedefined', bad).events);
    expect(views.database.all('SELECT projection FROM parked_event')).toEqual([{ projection: 'records' }]);
    expect(views.database.all('SELECT type FROM audit_entry')).toEqual([{ type: 'KpiDefined' }]);
    views.close();
  });

  it('that goes on with something that was never founded is parked', () => {
    const log = new WrittenLog().organisation();
    log.say('kpi-ghost', 'KpiActivated', { kpiId: 'ghost', activatedOn: '2026-01-01' });
    log.say('kpi-other', 'KpiDefined', kpiDefinition('pm25-mean'));
    const views = new WrittenViews();
    views.write(log.events);
    expect(views.parked).toBe(2);
    expect(new KpiQueries(views.source).list({}, NOW).items).toEqual([]);
    views.close();
  });
});

it('refused events by the hundred cost no new hands', () => {
  let started = 0;
  const counted = ALL_PROJECTIONS.map((projection) => ({
    ...projection,
    start: (context: ProjectionContext) => {
      started += 1;
      return projection.start(context);
    },
  }));
  const log = new WrittenLog().organisation();
  for (let ghost = 1; ghost <= 200; ghost += 1) {
    log.say(`kpi-ghost-${ghost}`, 'KpiActivated', { kpiId: `ghost-${ghost}`, activatedOn: '2026-01-01' });
  }
  const views = new WrittenViews(counted);
  views.write(log.kpi(kpiDefinition('pm25-mean')).events);
  expect(views.parked).toBe(200);
  expect(new KpiQueries(views.source).list({}, NOW).items).toHaveLength(1);
  // At the beginning and after the batch that could not be written as a whole.
  expect(started).toBe(2 * ALL_PROJECTIONS.length);
  views.close();
});

/** Values of every kind that JSON knows, and some that look right. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'x', '2026-02-30', -1, 0.5, 1e300, 9_007_199_254_740_993, [], [null], {}, [
    [],
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Damage {
  /** Which of the places in the data is damaged, counted around. */
  readonly place: number;
  readonly value: unknown;
  readonly removes: boolean;
}

const damage: fc.Arbitrary<Damage> = fc.record({ place: fc.nat(), value: anyValue, removes: fc.boolean() });

/** The data with one of its parts, at any depth or the whole, replaced or taken out. */
function damaged(data: unknown, { place, value, removes }: Damage): unknown {
  const copy: unknown = structuredClone(data);
  const places: { holder: Record<string, unknown>; name: string }[] = [];
  const walk = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const name of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, name });
      walk((holder as Record<string, unknown>)[name]);
    }
  };
  walk(copy);
  const chosen = places[place % (places.length + 1)];
  if (chosen === undefined) return value;
  if (removes && !Array.isArray(chosen.holder)) delete chosen.holder[chosen.name];
  else chosen.holder[chosen.name] = value;
  return copy;
}

/** Everything that can be asked is answered. */
function askEverything(views: WrittenViews): void {
  const { source } = views;
  const kpis = new KpiQueries(source);
  for (const { kpiId } of kpis.list({}, NOW).items) {
    kpis.detail(kpiId, NOW);
    kpis.periods(kpiId, NOW);
    kpis.explain(kpiId, undefined, NOW);
  }
  new UnitQueries(source).units(NOW);
  new UnitQueries(source).goals({}, NOW);
  new AuditQueries(source).list({}, NOW);
  const improvement = new ImprovementQueries(source);
  improvement.reviews({}, NOW);
  improvement.actions({}, NOW);
  improvement.agenda('air', '2026-10', NOW);
  const series = new SeriesQueries(source);
  for (const { seriesKey } of series.series({}, NOW).items) {
    series.observations({ seriesKey }, NOW);
    series.rollups({ seriesKey }, NOW);
  }
  series.quarantine({}, NOW);
  digestOfViews(views.database);
}

describe('damaged events', () => {
  const whole = everyEvent();

  it('are told of every type that the views know', () => {
    const told = new Set(whole.events.map(({ type }) => type));
    const known = [...Object.values(EVENT_TYPES).flat(), 'ObservationsRecorded', 'ObservationsQuarantined'];
    expect(known.filter((type) => !told.has(type))).toEqual([]);
    const views = new WrittenViews();
    views.write(whole.events);
    expect(views.database.all('SELECT * FROM parked_event')).toEqual([]);
    askEverything(views);
    views.close();
  });

  it('law: whatever is damaged, the views reach the head, answer, and are the same when they are built again', () => {
    const law = fc.property(
      fc.array(fc.tuple(fc.nat({ max: whole.events.length - 1 }), damage), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: whole.events.length }),
      (damages, size) => {
        const events = whole.events.map((event) => ({ ...event }));
        for (const [index, what] of damages) {
          const event = events[index]!;
          // As a store gives it back: JSON knows neither undefined nor infinite numbers.
          event.data = JSON.parse(JSON.stringify(damaged(event.data, what) ?? null)) as unknown;
        }
        const [inPieces, atOnce] = [new WrittenViews(), new WrittenViews()];
        for (let start = 0; start < events.length; start += size) inPieces.write(events.slice(start, start + size));
        atOnce.write(events);
        askEverything(inPieces);
        expect(digestOfViews(inPieces.database)).toBe(digestOfViews(atOnce.database));
        // What nobody touched is told as ever.
        const untouched = whole.events.filter((_, index) => damages.every(([hit]) => hit !== index));
        const parked = new Set(
          inPieces.database.all<{ position: number }>('SELECT position FROM parked_event').map((row) => row.position),
        );
        const founders = damages.some(([hit]) => hit < whole.founding);
        if (!founders) expect(untouched.filter(({ position }) => parked.has(position))).toEqual([]);
        inPieces.close();
        atOnce.close();
      },
    );
    fc.assert(law, { numRuns: 60 });
  }, 30_000);
});
