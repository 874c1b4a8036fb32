import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, startTallystick, type RunningTallystick } from '#lib/client';
import { cli, cliJson } from './cli-process.js';

const SERIES = { seriesKey: 'air/pm25/a', sourceId: 'air', name: { en: 'A' }, unitOfMeasure: 'ug/m3' };
const at = (minute: number, value: number) => ({
  series: SERIES.seriesKey,
  observedAt: `2026-11-24T06:0${minute}:00Z`,
  value,
});

describe('the service on a moved log', () => {
  let folder: string;
  const running: RunningTallystick[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-moved-'));
  });
  afterEach(async () => {
    for (const system of running.splice(0)) await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = async (dataFolder: string): Promise<RunningTallystick> => {
    const system = await startTallystick({ dataFolder });
    running.push(system);
    return system;
  };

  it('given a log that is copied while the service runs and again after it, then it answers and numbers there as here', async () => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    mkdirSync(there);
    const urls = ['--from', `sqlite:${here}/log.db`, '--to', `sqlite:${there}/log.db`];
    const first = await start(here);
    const admin = await new Client(first.url).bootstrap(first.bootstrapToken!, 'admin');
    const source = await admin.registerSource('air', { en: 'Air' });
    await admin.registerSeries([SERIES]);
    await source.sendObservations(at(1, 1));
    expect((await cliJson('copy', ...urls)).result).toMatchObject({ isEqual: true, eventsBefore: 0 });
    const { position } = await source.sendObservations(at(2, 2));
    await first.stop();
    expect((await cliJson('copy', ...urls)).result).toMatchObject({ isEqual: true, moved: { events: 1 } });
    expect((await cli(['verify', '--log', `sqlite:${there}/log.db`, '--deep'])).code).toBe(0);

    const second = await start(there);
    expect(second.bootstrapToken).toBeNull();
    const { items } = await admin
      .at(second.url)
      .get<{ items: { value: number; position: string }[] }>('/v1/observations', {
        series: SERIES.seriesKey,
        waitFor: position!,
      });
    expect(items.map((item) => item.value).sort()).toEqual([1, 2]);
    expect(items.map((item) => item.position)).toContain(position);
    const next = await source.at(second.url).sendObservations(at(3, 3));
    expect(BigInt(next.position!)).toBe(BigInt(position!) + 1n);
  }, 60_000);
});
