/**
 * Moving a log to a real PostgreSQL and back. `LOG_COPY_EVENTS=10000` is the whole proof: 10,000,000 observations.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { toNewEvents, type EventMetadata, type EventStore } from '#lib/event-store';
import { PostgresEventStore } from '#lib/event-store-postgres';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { startPostgres, type PostgresServer } from '../../../test/services/postgres.js';
import { peerTookPart } from '../../../test/services/support/peers.js';
import { cli, cliJson, eventsIn, startCli, writeLog } from './cli-process.js';

const EVENTS = Number(process.env['LOG_COPY_EVENTS'] ?? 2000);
const OBSERVATIONS_PER_EVENT = 1000;
const INTERRUPTIONS = 20;
/** Pages of two events make a copy last; it is interrupted this long after it has got somewhere, at the latest. */
const LIFE_MAX_ms = 40;
const SIGNALS = ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT'] as const;

describe('tallystick log copy, with PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;
  let source: string;

  beforeAll(async () => {
    server = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'tallystick-copy-'));
    source = join(folder, 'source.db');
    await writeLog(source, EVENTS, OBSERVATIONS_PER_EVENT);
  });
  afterAll(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`given a copy that is interrupted ${INTERRUPTIONS} times, when it is run again, then it ends equal and the log goes on at the same positions`, async () => {
    const urls = ['--from', `sqlite:${source}`, '--to', server.url];
    const watching = await PostgresEventStore.open({ url: server.url });
    const headNow = async (): Promise<number> => Number((await watching.head())?.position ?? 0n);
    const reached: number[] = [];
    for (let round = 0; round < INTERRUPTIONS; round += 1) {
      const { child, ended } = startCli('copy', ...urls, '--batch', '2', '--quiet');
      while ((await headNow()) <= (reached.at(-1) ?? 0) && child.exitCode === null) await setTimeout(2);
      await setTimeout(Math.random() * LIFE_MAX_ms);
      const signal = SIGNALS[round % SIGNALS.length]!;
      child.kill(signal);
      expect((await ended).code).toBe({ SIGKILL: null, SIGTERM: 143, SIGINT: 130 }[signal]);
      reached.push(await headNow());
    }
    expect([...new Set(reached)].sort((a, b) => a - b)).toEqual(reached);
    expect(reached.at(-1)).toBeLessThan(EVENTS);
    await watching.close();

    const { code, result } = await cliJson('copy', ...urls);
    expect([code, result['isEqual'], result['source']]).toEqual([0, true, result['target']]);
    expect(result['target']).toMatchObject({ events: EVENTS, observations: EVENTS * OBSERVATIONS_PER_EVENT });
    const [here, there] = [
      await SqliteEventStore.open({ file: source }),
      await PostgresEventStore.open({ url: server.url }),
    ];
    const places = [await appendedTo(here), await appendedTo(there)];
    expect(places[0]!.position).toBe(BigInt(EVENTS + 1));
    expect(places[1]).toEqual(places[0]);
    await Promise.all([here.close(), there.close()]);
    peerTookPart('postgresql', server.version);
  }, 600_000);

  it('given the log in PostgreSQL, when it is copied back and into another schema, then all three are the same', async () => {
    const back = join(folder, 'back.db');
    const other = `${server.url}?schema=other`;
    for (const to of [`sqlite:${back}`, other])
      expect((await cli(['copy', '--from', server.url, '--to', to])).code).toBe(0);
    expect((await cli(['verify', '--log', other])).code).toBe(0);
    const digests = await Promise.all(
      [server.url, `sqlite:${back}`, other].map((log) => cliJson('digest', '--log', log)),
    );
    expect(digests[1]!.result).toEqual(digests[0]!.result);
    expect(digests[2]!.result).toEqual(digests[0]!.result);
    if (EVENTS > 2000) return;
    // The event appended above has its own recorded time on each side.
    expect((await eventsIn(back)).slice(0, EVENTS)).toEqual((await eventsIn(source)).slice(0, EVENTS));
  }, 600_000);
});

async function appendedTo(store: EventStore): Promise<{ position: bigint; revision: bigint }> {
  const metadata: EventMetadata = { actor: { kind: 'system', id: 'test', role: 'system' }, correlationId: 'c' };
  const next = toNewEvents([{ type: 'Noted', data: {} }], 'next', metadata);
  const { position, lastRevision } = await store.append('observations-s3', 'stream-exists', next);
  return { position, revision: lastRevision };
}
