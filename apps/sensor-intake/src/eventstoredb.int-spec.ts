/** The same intake on EventStoreDB, as far as a double of its server goes (no real one can run here). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { openEventStore } from '#lib/engines';
import { loadConfig } from '#lib/platform';
import { FakeServer } from '../../../libs/event-store-kurrent/src/testing/fake-server.js';
import { startIntake, type SensorIntake } from './intake.js';
import { issueKey, registerAir } from './spec-support/register.js';

describe('sensor intakes on EventStoreDB', () => {
  const running: SensorIntake[] = [];
  let server: FakeServer | null = null;
  afterEach(async () => {
    for (const intake of running.splice(0)) await intake.shutdown.run('spec');
    await server?.stop();
  });

  it('given two, then both take observations under a key that came later, and one Idempotency-Key makes one event', async () => {
    server = await FakeServer.start();
    const log = server.connectionString;
    const config = loadConfig({ TALLYSTICK_LOG: log, TALLYSTICK_PORT: '0', TALLYSTICK_LOG_LEVEL: 'silent' });
    for (let count = 0; count < 2; count += 1) running.push(await startIntake(config));
    const store = await openEventStore(log);
    await registerAir(store);
    const key = await issueKey(store);
    const send = (url: string): Promise<Response> =>
      fetch(`${url}/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': 'once' },
        body: JSON.stringify({ series: 'air/pm25', observedAt: '2026-11-24T06:00:00Z', value: 1 }),
      });
    let statuses: number[] = [];
    for (let waited_ms = 0; !statuses.includes(200) && waited_ms < 3000; waited_ms += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      statuses = (await Promise.all(running.map(({ url }) => send(url)))).map(({ status }) => status);
    }
    expect((await Promise.all(running.map(({ url }) => send(url)))).map(({ status }) => status)).toEqual([200, 200]);
    const keys: unknown[] = [];
    for await (const { metadata } of store.readStream('observations-air')) keys.push(metadata.request?.key);
    expect(keys).toEqual(['once']);
    await store.close();
  });
});
