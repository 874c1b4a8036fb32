import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore } from '#lib/event-store';
import { Checkpoint, Generations, LiveViews, ViewDatabase } from '#lib/read-models';
import { ALL_PROJECTIONS, signatureOf } from '../all-projections.js';
import { digestOfViews } from '../digest.js';
import { type Projection } from '../projection.js';
import { KpiQueries } from '../queries/kpi-queries.js';
import { OperationQueries } from '../queries/operation-queries.js';
import { SeriesQueries } from '../queries/series-queries.js';
import { kpiDefinition, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';
import { ProjectionRunner } from './projection-runner.js';
import { type HostProgress, type ProjectionHost, type ProjectionsOptions, runProjections } from './run-projections.js';

let folder: string;
let store: MemoryEventStore;
let hosts: ProjectionHost[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-views-'));
  store = new MemoryEventStore();
  hosts = [];
});

afterEach(async () => {
  for (const host of hosts) await host.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<ProjectionsOptions> = {}): Promise<ProjectionHost> {
  const host = await runProjections({ store, viewsFolder: folder, ...options });
  hosts.push(host);
  return host;
}

/** Waits until the live views stand at the log's head. */
async function caughtUp(host: ProjectionHost): Promise<HostProgress> {
  for (;;) {
    const head = await store.head();
    const { progress } = host;
    if (progress?.caughtUp && BigInt(progress.position) >= (head?.position ?? 0n)) return progress;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function liveDigest(): string {
  const views = new LiveViews(new Generations(folder));
  try {
    return views.read(digestOfViews);
  } finally {
    views.close();
  }
}

const DAY_ms = 86_400_000;
const FROM_ms = Date.parse('2026-01-01T00:00:00Z');

/** A log with KPIs, sensors that send late and twice, decisions and quarantine. */
function cityLog(events: number): WrittenLog {
  const log = new WrittenLog().organisation('America/New_York', 7).unit('air').series('pm25').series('no2');
  log.kpi(kpiDefinition('pm25-mean')).kpi(
    kpiDefinition('high-days', {
      period: 'quarter',
      measure: { kind: 'share', comparison: 'above', threshold: 50, series: ['pm*', 'no2'] },
    }),
  );
  for (let index = 0; log.position < events; index += 1) {
    // A third of the days come late, and some come again with another value.
    const at_ms = FROM_ms + ((index * 7) % 200) * DAY_ms + (index % 24) * 3_600_000;
    log.observe(['pm25', at_ms, index % 97], ['no2', at_ms + 1000, (index * 3) % 89]);
    if (index % 10 === 3) log.say('unit-air', 'UnitRenamed', { unitId: 'air', name: { en: `Air ${index}` } });
  }
  return log;
}

describe('running projections', () => {
  it('follow the log, go on from the checkpoint after a restart, and report lag and touched KPIs', async () => {
    const log = cityLog(60);
    await log.appendTo(store);
    const reports: HostProgress[] = [];
    const first = await start({ onProgress: (progress) => reports.push(progress) });
    expect(await caughtUp(first)).toMatchObject({ position: '60', lag_events: 0, lag_seconds: 0, parked: 0 });
    expect(new Set(reports.flatMap(({ kpiIds }) => kpiIds))).toEqual(new Set(['pm25-mean', 'high-days']));
    await first.stop();
    const position = log.position;
    log.observe(['pm25', FROM_ms, 1234]);
    await log.appendTo(store, position + 1);
    const second = await start();
    expect(await caughtUp(second)).toMatchObject({ position: '61', generation: 1 });
    expect(liveDigest()).toBe(digestOfTimed(await timed(log)));
  });

  it('give the same digest when the views are deleted and built again', async () => {
    await cityLog(120).appendTo(store);
    const first = await start();
    await caughtUp(first);
    const digest = liveDigest();
    await first.stop();
    rmSync(folder, { recursive: true });
    await caughtUp(await start());
    expect(liveDigest()).toBe(digest);
  });

  it('rebuild beside the live views while events keep coming, swap, and remove the old generation', async () => {
    const log = cityLog(400);
    await log.appendTo(store);
    const swaps: number[] = [];
    const host = await start({ onSwap: (generation) => swaps.push(generation) });
    await caughtUp(host);
    const views = new LiveViews(new Generations(folder));
    const queries = new SeriesQueries(views);
    const rebuilt = host.rebuild();
    expect(host.rebuild()).toBe(rebuilt);
    let done = false;
    void rebuilt.then(() => (done = true));
    let told = 0;
    while (!done) {
      const position = log.position;
      log.observe(['pm25', FROM_ms + position * 1000, position]);
      await log.appendTo(store, position + 1);
      const { items } = queries.series({ prefix: 'pm25' }, NOW);
      expect(items[0]!.observations).toBeGreaterThanOrEqual(told);
      told = items[0]!.observations;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await rebuilt).toBe(2);
    await caughtUp(host);
    expect(swaps).toEqual([1, 2]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(['generation-2.db']);
    views.refresh();
    expect(new OperationQueries(views).status()).toMatchObject({ generation: 2, position: String(log.position) });
    expect(liveDigest()).toBe(digestOfTimed(await timed(log)));
    views.close();
  });

  it('park the event that one projection cannot take, with the reason, while everything else goes on', async () => {
    const log = new WrittenLog()
      .organisation()
      .observe(['pm25', FROM_ms, 1])
      .say('observations-sensors', 'ObservationsRecorded', { sourceId: 'x', series: ['pm25'], seriesIndex: [0, 7] })
      .say('unit-ghost', 'KpiSeatFreed', null)
      .observe(['pm25', FROM_ms + 1, 2])
      .unit('air');
    await log.appendTo(store);
    const host = await start();
    expect(await caughtUp(host)).toMatchObject({ position: '6', parked: 2 });
    const views = new LiveViews(new Generations(folder));
    const { parked } = new OperationQueries(views).status();
    const names = parked.map(({ position, projection }) => `${position} ${projection}`);
    expect(names).toEqual(['4 records', '3 observations']);
    expect(parked.every(({ reason }) => /Error: /.test(reason))).toBe(true);
    const { items } = new SeriesQueries(views).observations({ seriesKey: 'pm25' }, NOW);
    expect(items.map(({ value }) => value)).toEqual([1, 2]);
    views.close();
  });

  it('park what is not JSON, and go on', async () => {
    await new WrittenLog().organisation().appendTo(store);
    const metadata = { actor: { kind: 'system', id: 's', role: 'system' }, correlationId: 'c' } as const;
    const id = '00000000-0000-8000-8000-000000000000';
    // The memory store refuses what is no JSON; a store that was written to from outside would not.
    const broken = { id, type: 'UnitRegistered', schemaVersion: 1, data: '{}', metadata };
    await store.append('unit-x', 'any', [broken]);
    const upcasters = new Map([
      [
        'UnitRegistered@1',
        () => {
          throw new Error('cannot be read any more');
        },
      ],
    ]);
    const host = await start({ upcasters });
    expect(await caughtUp(host)).toMatchObject({ position: '2', parked: 1 });
  });

  it('do not park events for trouble of the disk, but try again', async () => {
    let failures = 2;
    const flaky: Projection = {
      name: 'flaky',
      version: 1,
      handles: 'all',
      createTables: () => undefined,
      start: () => ({
        apply: () => {
          if (failures-- > 0) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
        },
      }),
    };
    await new WrittenLog().organisation().observe(['pm25', FROM_ms, 1]).appendTo(store);
    const troubles: unknown[] = [];
    const projections = [...ALL_PROJECTIONS, flaky];
    const host = await start({ projections, onTrouble: (error) => troubles.push(error) });
    expect(await caughtUp(host)).toMatchObject({ position: '2', parked: 0 });
    expect(troubles).toHaveLength(2);
  });

  it('lose the views cleanly to a newer owner, who writes nothing twice', async () => {
    const log = cityLog(50);
    await log.appendTo(store);
    const zombie = await start();
    await caughtUp(zombie);
    // Another process takes over while this one is asleep.
    const database = ViewDatabase.open(new Generations(folder).fileOf(1));
    const stop = new AbortController();
    const twin = new ProjectionRunner({ store, database, projections: ALL_PROJECTIONS });
    const ended = twin.run(stop.signal);
    const position = log.position;
    log.observe(['pm25', FROM_ms + 5, 5]).observe(['pm25', FROM_ms + 5, 6]);
    await log.appendTo(store, position + 1);
    expect(await zombie.done).toBe('ownership-lost');
    while (twin.position < log.position) await new Promise((resolve) => setTimeout(resolve, 2));
    stop.abort();
    expect(await ended).toBe('stopped');
    expect(digestOfViews(database)).toBe(digestOfTimed(await timed(log)));
    database.close();
  });

  it('do not swap in what they were rebuilding when another process has taken the views over meanwhile', async () => {
    await cityLog(120).appendTo(store);
    const zombie = await start();
    await caughtUp(zombie);
    const rebuilt = zombie.rebuild();
    // Takes over in this very turn, before the rebuild has come to anything.
    const heir = await start();
    await expect(rebuilt).rejects.toThrow();
    expect(await zombie.done).toBe('ownership-lost');
    await expect(zombie.rebuild()).rejects.toThrow();
    await caughtUp(heir);
    expect(new Generations(folder).live()).toBe(1);
    expect(await heir.rebuild()).toBe(2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(['generation-2.db']);
  });

  it('do not take the views back from a newer owner when they try again after trouble', async () => {
    let failures = 1;
    const flaky: Projection = {
      name: 'flaky',
      version: 1,
      handles: 'all',
      createTables: () => undefined,
      start: () => ({
        apply: () => {
          if (failures-- > 0) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
        },
      }),
    };
    const projections = [...ALL_PROJECTIONS, flaky];
    await cityLog(40).appendTo(store);
    let troubled!: () => void;
    const trouble = new Promise<void>((resolve) => (troubled = resolve));
    const zombie = await start({ projections, onTrouble: () => troubled() });
    await trouble;
    const heir = await start({ projections });
    expect(await zombie.done).toBe('ownership-lost');
    expect(await caughtUp(heir)).toMatchObject({ position: '40', parked: 0 });
  });

  it('build a new generation when the program has other projections, and keep the old one live until then', async () => {
    await cityLog(40).appendTo(store);
    const first = await start();
    await caughtUp(first);
    await first.stop();
    const raised = ALL_PROJECTIONS.map((one) => (one.name === 'rollups' ? { ...one, version: 2 } : one));
    const generations = new Generations(folder);
    const liveWhileBuilding: (number | null)[] = [];
    const onProgress = (): void => void liveWhileBuilding.push(generations.live());
    const second = await start({ projections: raised, onProgress });
    while (generations.live() === 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await caughtUp(second);
    const database = generations.open(2, { readOnly: true });
    expect(new Checkpoint(database).signature()).toBe(signatureOf(raised));
    expect(liveWhileBuilding[0]).toBe(1);
    database.close();
    expect(generations.existing()).toEqual([2]);
  });

  it('answer queries of the running program from the worker’s file', async () => {
    await cityLog(80).appendTo(store);
    await caughtUp(await start());
    const views = new LiveViews(new Generations(folder));
    const page = new KpiQueries(views).list({ unitId: 'air' }, NOW);
    expect(page.items.map(({ kpiId }) => kpiId)).toEqual(['high-days', 'pm25-mean']);
    expect(page.asOf.position).toBe('80');
    views.close();
  });
});

/** The log with the times at which the store recorded it. */
async function timed(log: WrittenLog): Promise<WrittenLog['events']> {
  const events: WrittenLog['events'] = [];
  for await (const { position, recordedAt_ms, metadata } of store.readAll()) {
    events.push({ ...log.events[Number(position) - 1]!, recordedAt_ms, metadata });
  }
  return events;
}

function digestOfTimed(events: WrittenLog['events']): string {
  const views = viewsOf(events, 13);
  const digest = digestOfViews(views.database);
  views.close();
  return digest;
}
