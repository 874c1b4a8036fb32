import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type RunningTallystick } from '#lib/client';
import { restartTallystick } from '../cases/bench-system.js';
import { startChild } from '../child.js';
import { appendTold } from './bulk-log.js';
import type { Costs } from './costs.js';
import type { Dimension } from './dimensions.js';
import { OBSERVATIONS_PER_BATCH, observationBodies } from './observation-bodies.js';
import type { Projected } from './project-log.js';
import { requestOf, sendRequests } from './send-requests.js';
import { STORY_SOURCE, storyKpi } from './story.js';

/** Bodies are made so many at a time; one is about 100 kB. */
const BODIES_AT_ONCE = 400;
const LOAD_CONNECTIONS = 8;
const VIEWS_TIMEOUT_ms = 120_000;
const POLL_ms = 5;
const BYTES_PER_MB = 1_000_000;
const KIB_PER_MIB = 1_024;

/** How often each request is sent, and how long at most. */
export interface Effort {
  readonly queries: number;
  readonly limit_ms: number;
  readonly commands: number;
  readonly isQuick: boolean;
}

/** A data folder with a log, who may ask it, and how many observation requests it has had. */
export interface World {
  readonly folder: string;
  admin?: Client;
  sourceKey?: string;
  batches: number;
  /** Events that the log began with; 0 before. */
  told: number;
  /** Ids of probes, so that no command is a repeat. */
  probes: number;
}

export const newWorld = (folder: string): World => ({ folder, batches: 0, told: 0, probes: 0 });

/** Makes the world as large as that and measures every cost in it. */
export async function measureWorld(world: World, dimension: Dimension, size: number, effort: Effort): Promise<Costs> {
  const costs: Costs = {};
  if (world.told === 0) {
    const { events, took_ms } = await appendTold(join(world.folder, 'log.db'), dimension.events(size), 'growth');
    costs.append = (took_ms * 1_000) / events;
    world.told = events;
  }
  const batches = dimension.batches(size, effort.isQuick);
  const accept_µs = await sendObservations(world, dimension.series(size), batches);
  if (accept_µs !== null) costs.accept = accept_µs;
  const projected = await projectAgain(world.folder);
  costs['catch-up'] = projected.took_ms;
  costs.log = sizeOf(world.folder, (file) => file.startsWith('log.db'));
  costs.views = sizeOf(world.folder, (file) => file.startsWith('views'));
  const running = await restartTallystick(world.folder);
  try {
    costs.start = running.startTime_ms;
    const admin = await adminOf(world, running);
    Object.assign(costs, await measureQueries(admin, dimension, halfOf(world, projected.position), effort));
    costs.rebuild = await measureRebuild(admin);
    costs.command = await measureCommands(world, admin, effort);
    const memory_MiB = residentMemory(running.pid);
    if (memory_MiB !== null) costs.memory = memory_MiB;
  } finally {
    await running.stop();
  }
  return costs;
}

/** The administrator: made at the first start on the folder, the same caller later. */
async function adminOf(world: World, { url, bootstrapToken }: RunningTallystick): Promise<Client> {
  world.admin = world.admin?.at(url) ?? (await new Client(url).bootstrap(bootstrapToken ?? '', 'growth-admin'));
  return world.admin;
}

/** Sends what the world does not have yet; microseconds an observation, or null when nothing is to be sent. */
async function sendObservations(world: World, series: readonly string[], batches: number): Promise<number | null> {
  if (batches <= world.batches) return null;
  const running = await restartTallystick(world.folder);
  try {
    const admin = await adminOf(world, running);
    world.sourceKey ??= (await admin.post<{ key: string }>(`/v1/sources/${STORY_SOURCE}/keys`)).key;
    const key = world.sourceKey;
    let elapsed_ms = 0;
    const sent = batches - world.batches;
    for (let from = world.batches; from < batches; from += BODIES_AT_ONCE) {
      const bodies = observationBodies(series, from, Math.min(batches, from + BODIES_AT_ONCE));
      const requests = bodies.map((body) => requestOf('POST', '/v1/observations', key, body));
      const result = await sendRequests(running.url, requests, { connections: LOAD_CONNECTIONS });
      if (result.accepted !== requests.length * OBSERVATIONS_PER_BATCH) throw new Error('not everything was accepted');
      elapsed_ms += result.elapsed_ms;
    }
    world.batches = batches;
    return (elapsed_ms * 1_000) / (sent * OBSERVATIONS_PER_BATCH);
  } finally {
    await running.stop();
  }
}

/** All views from zero in a process of its own, as the projector thread does after they were lost. */
export async function projectAgain(dataFolder: string): Promise<Projected> {
  const child = startChild('growth/project-process.js');
  try {
    const projected = await child.ask<Projected>({ dataFolder });
    if (projected.parked > 0) throw new Error(`${projected.parked} events were parked: the world is not a valid one`);
    return projected;
  } finally {
    await child.stop();
  }
}

async function measureQueries(
  admin: Client,
  { hasWideKpi }: Dimension,
  asOf: number,
  { queries, limit_ms }: Effort,
): Promise<Costs> {
  const kpi = `/v1/kpis/${storyKpi(0, 0)}`;
  const timed = async (path: string) => {
    const requests = new Array<Buffer>(queries).fill(requestOf('GET', path, admin.token ?? ''));
    // The first ones meet cold code and empty caches, which is not what grows.
    await sendRequests(admin.url, requests.slice(0, Math.ceil(queries / 5)), { limit_ms });
    return sendRequests(admin.url, requests, { limit_ms });
  };
  const { p50_ms, p99_ms } = await timed(kpi);
  const costs: Costs = { 'kpi-p50': p50_ms, 'kpi-p99': p99_ms };
  if (hasWideKpi) costs['wide-kpi'] = (await timed(`/v1/kpis/${storyKpi(0, 1)}`)).p50_ms;
  costs.list = (await timed('/v1/kpis?limit=100')).p50_ms;
  costs['as-of'] = (await timed(`${kpi}?asOf=${asOf}`)).p50_ms;
  costs.audit = (await timed('/v1/audit-trail?limit=100')).p50_ms;
  return costs;
}

/** Half the log; where observations follow on the events it began with, at least those, or there is no KPI to ask for. */
const halfOf = ({ batches, told }: World, position: number): number =>
  Math.max(Math.ceil(position / 2), batches > 0 ? told : 0);

async function measureRebuild(admin: Client): Promise<number> {
  const { generation: before } = await admin.get<{ generation: number }>('/v1/views');
  const startedAt = performance.now();
  await admin.post('/v1/views/rebuild');
  for (;;) {
    const { generation } = await admin.get<{ generation: number }>('/v1/views');
    if (generation > before) return performance.now() - startedAt;
    if (performance.now() - startedAt > VIEWS_TIMEOUT_ms) throw new Error('the rebuild does not end');
    await new Promise((done) => setTimeout(done, POLL_ms));
  }
}

async function measureCommands(world: World, admin: Client, { commands, limit_ms }: Effort): Promise<number> {
  const requests = Array.from({ length: commands }, () => {
    world.probes += 1;
    const body = { unitId: `probe-${world.probes}`, name: { en: 'A unit that the benchmark asked for' } };
    return requestOf('POST', '/v1/units', admin.token ?? '', JSON.stringify(body));
  });
  return (await sendRequests(admin.url, requests, { limit_ms })).p50_ms;
}

/** Resident memory of a process in MiB; null where the system does not tell it so. */
function residentMemory(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1];
  return kib === undefined ? null : Number(kib) / KIB_PER_MIB;
}

/** Megabytes of the files of a data folder whose path (from the folder) passes. */
function sizeOf(folder: string, passes: (file: string) => boolean): number {
  const files = readdirSync(folder, { recursive: true }).map(String).filter(passes);
  const stats = files.map((file) => statSync(join(folder, file)));
  return stats.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0) / BYTES_PER_MB;
}
