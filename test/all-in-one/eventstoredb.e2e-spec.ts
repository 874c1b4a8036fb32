/** The whole system on EventStoreDB, as far as a double of its server goes: the same steps as on the default log. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client, type RunningTallystick, startTallystick } from '#lib/client';
import { FakeServer } from '../../libs/event-store-kurrent/src/testing/fake-server.js';

const SERIES = { seriesKey: 'air/pm25', sourceId: 'air', name: { en: 'PM2.5' }, unitOfMeasure: 'ug/m3' };

describe('the whole system on EventStoreDB', () => {
  let server: FakeServer | null = null;
  let system: RunningTallystick | null = null;
  afterEach(async () => {
    await system?.stop();
    await server?.stop();
  });

  it('given an observation, then it reaches the views, and nothing is said to be missing', async () => {
    server = await FakeServer.start();
    system = await startTallystick({ env: { TALLYSTICK_LOG: server.connectionString } });
    const admin = await new Client(system.url).bootstrap(system.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air', { en: 'Air' });
    await admin.registerSeries([SERIES]);
    const observation = { series: SERIES.seriesKey, observedAt: '2026-11-24T06:00:00Z', value: 37.5 };
    const { position } = await source.sendObservations(observation);
    const query = { series: SERIES.seriesKey, waitFor: position! };
    const { items } = await admin.get<{ items: { value: number }[] }>('/v1/observations', query);
    expect(items.map(({ value }) => value)).toEqual([37.5]);
    const { lag } = await admin.get<{ lag: { lag_events: number } }>('/v1/views');
    expect(lag.lag_events).toBe(0);
    expect((await fetch(`${system.url}/health/ready`)).status).toBe(200);
    expect(await system.stop()).toBe(0);
  });
});
