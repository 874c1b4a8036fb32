/** Moving a log to EventStoreDB and back: the real client in the command's process, a double of the server in this one. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KurrentEventStore } from '#lib/event-store-kurrent';
import { FakeServer } from '../../../libs/event-store-kurrent/src/testing/fake-server.js';
import { cli, cliJson, eventsIn, startCli, writeLog } from './cli-process.js';

const EVENTS = 500;
const INTERRUPTIONS = 4;
const LIFE_MAX_ms = 30;

describe('tallystick log copy, with EventStoreDB', () => {
  let server: FakeServer;
  let folder: string;
  let source: string;

  beforeAll(async () => {
    server = await FakeServer.start();
    folder = mkdtempSync(join(tmpdir(), 'tallystick-esdb-'));
    source = join(folder, 'source.db');
    await writeLog(source, EVENTS);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('given a log, when it goes there with interruptions and back, then ids, times, order and at last positions are the same', async () => {
    const urls = ['--from', `sqlite:${source}`, '--to', server.connectionString];
    let reached = 0;
    for (let round = 0; round < INTERRUPTIONS; round += 1) {
      const { child, ended } = startCli('copy', ...urls, '--batch', '1');
      while ((await countIn(server)) <= reached && child.exitCode === null) await setTimeout(2);
      await setTimeout(Math.random() * LIFE_MAX_ms);
      child.kill(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      await ended;
      reached = await countIn(server);
    }
    const there = await cliJson('copy', ...urls);
    expect(there).toMatchObject({ code: 0, result: { isEqual: true, target: { events: EVENTS } } });
    expect(there.result['eventsBefore']).toBe(reached);

    const [back, archived] = [join(folder, 'back.db'), join(folder, 'archived.db')];
    expect((await cli(['copy', '--from', server.connectionString, '--to', `sqlite:${back}`])).code).toBe(0);
    expect(await eventsIn(back)).toEqual(await eventsIn(source));
    const archive = join(folder, 'log.ndjson');
    expect((await cli(['export', '--from', server.connectionString, '--to', archive])).code).toBe(0);
    expect((await cli(['import', '--from', archive, '--to', `sqlite:${archived}`])).code).toBe(0);
    expect(await eventsIn(archived)).toEqual(await eventsIn(source));
    expect((await cli(['verify', '--log', server.connectionString])).code).toBe(0);
  }, 120_000);
});

async function countIn(server: FakeServer): Promise<number> {
  const store = await KurrentEventStore.open({ connectionString: server.connectionString });
  let count = 0;
  for await (const event of store.readAll()) count += event.stream === '' ? 0 : 1;
  await store.close();
  return count;
}
