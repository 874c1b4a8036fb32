import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';

const READY_WITHIN_ms = 10_000;
const SERIES = {
  seriesKey: 'air/pm25/station-1',
  sourceId: 'air-network',
  name: { en: 'PM2.5, station 1' },
  unitOfMeasure: 'ug/m3',
};
const OBSERVATION = { series: SERIES.seriesKey, observedAt: '2026-11-24T06:00:00Z', value: 37.5 };

describe('the whole system in one process', () => {
  let dataFolder: string;
  const running: RunningTallystick[] = [];

  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'tallystick-lifecycle-'));
  });
  afterEach(async () => {
    for (const system of running.splice(0)) await system.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  const start = async (env: Record<string, string> = {}): Promise<RunningTallystick> => {
    const system = await startTallystick({ dataFolder, env });
    running.push(system);
    return system;
  };

  it('given an empty folder, when it starts, then it is ready in time, tells how to sign in and takes an observation', async () => {
    const system = await start();
    expect(system.startTime_ms).toBeLessThan(READY_WITHIN_ms);
    const admin = await new Client(system.url).bootstrap(system.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air-network', { en: 'Air quality network' });
    await admin.registerSeries([SERIES]);
    const verdict = await source.sendObservations(OBSERVATION);
    expect(verdict).toMatchObject({ sent: 1, accepted: 1, duplicate: 0, quarantined: 0, rejected: 0 });
    const { items } = await admin.get<{ items: unknown[] }>('/v1/observations', {
      series: SERIES.seriesKey,
      waitFor: verdict.position!,
    });
    expect(items).toEqual([
      {
        seriesKey: SERIES.seriesKey,
        observedAt: '2026-11-24T06:00:00.000Z',
        value: 37.5,
        flag: null,
        position: verdict.position,
        replaced: [],
      },
    ]);
  });

  it('given a stop by SIGTERM or a SIGKILL, when it starts again, then everything is as it was and no new token is shown', async () => {
    const first = await start();
    const admin = await new Client(first.url).bootstrap(first.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air-network', { en: 'Air quality network' });
    await admin.registerSeries([SERIES]);
    await source.sendObservations(OBSERVATION);
    expect(await first.stop()).toBe(0);

    const second = await start();
    expect(second.bootstrapToken).toBeNull();
    const { position } = await source
      .at(second.url)
      .sendObservations({ ...OBSERVATION, observedAt: '2026-11-24T07:00:00Z' });
    await second.kill();

    const third = await start();
    const { items } = await admin.at(third.url).get<{ items: unknown[] }>('/v1/observations', {
      series: SERIES.seriesKey,
      waitFor: position!,
    });
    expect(items).toHaveLength(2);
  });

  it('given the views were deleted, when it starts, then they are built again from the log', async () => {
    const first = await start();
    const admin = await new Client(first.url).bootstrap(first.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air-network', { en: 'Air quality network' });
    await admin.registerSeries([SERIES]);
    const { position } = await source.sendObservations(OBSERVATION);
    await admin.waitForViews(position!);
    const before = await admin.get<{ digest: string; position: string }>('/v1/views/digest');
    await first.stop();
    rmSync(join(dataFolder, 'views'), { recursive: true });

    const second = await start();
    await admin.at(second.url).waitForViews(position!);
    expect(await admin.at(second.url).get('/v1/views/digest')).toEqual(before);
  });

  it('given a calendar that contradicts the log, or a wrong variable, then it does not start and names the variable', async () => {
    const system = await start({ TALLYSTICK_TIME_ZONE: 'Asia/Shanghai' });
    await system.stop();
    await expect(start({ TALLYSTICK_TIME_ZONE: 'Europe/Zurich' })).rejects.toThrow(
      /TALLYSTICK_TIME_ZONE is "Europe\/Zurich", but this log follows "Asia\/Shanghai"/,
    );
    await expect(start({ TALLYSTICK_PORTS: '80' })).rejects.toThrow(/TALLYSTICK_PORTS is not a variable/);
    await start();
  });

  it('given a caller who never finishes sending, when it is stopped, then he is cut off and everything else ends cleanly', async () => {
    const system = await start({ TALLYSTICK_SHUTDOWN_DEADLINE_MS: '4000' });
    const admin = await new Client(system.url).bootstrap(system.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air-network', { en: 'Air quality network' });
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    const head = ['POST /v1/observations HTTP/1.1', 'host: x', `authorization: Bearer ${source.token}`];
    socket.write([...head, 'content-type: application/json', 'content-length: 1000', '', '{"series":'].join('\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await system.stop()).toBe(0);
    expect(system.output()).toContain('"msg":"stopped cleanly"');
    socket.destroy();
  });

  it('given a running system, when a second one starts on the same folder, then the second refuses and the first goes on', async () => {
    const system = await start();
    await expect(start()).rejects.toThrow(/already|in use|another process/i);
    expect((await fetch(`${system.url}/health/ready`)).status).toBe(200);
  });
});
