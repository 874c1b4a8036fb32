import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEventStore } from '#lib/engines';
import { loadConfig } from '#lib/platform';
import { startIntake, type SensorIntake } from './intake.js';
import { issueKey, NOW, registerAir } from './spec-support/register.js';
import { startFailureInWords } from './start-failure.js';

describe('a sensor intake', () => {
  let folder: string;
  let intake: SensorIntake | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-intake-'));
  });
  afterEach(async () => {
    await intake?.shutdown.run('spec');
    intake = null;
    rmSync(folder, { recursive: true, force: true });
  });

  const config = () => loadConfig({ TALLYSTICK_DATA: folder, TALLYSTICK_PORT: '0', TALLYSTICK_LOG_LEVEL: 'silent' });

  it('given a log with a key, then observations are taken, and nothing else is there', async () => {
    const store = await openEventStore(config().log);
    await registerAir(store);
    const key = await issueKey(store);
    await store.close();
    intake = await startIntake(config());
    const { url } = intake;
    const send = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ series: 'air/pm25', observedAt: NOW, value: 1 }),
      });
    expect(await (await send()).json()).toMatchObject({ accepted: 1, position: '4' });
    expect((await send({ authorization: 'Bearer tsk_none' })).status).toBe(401);
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready', reasons: [] });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'tallystick_observations_total{verdict="accepted"} 1',
    );
    for (const path of ['/v1/kpis', '/v1/sources', '/v1/session', '/'])
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404]);
    const document = (await (await fetch(`${url}/docs-json`)).json()) as {
      paths: object;
      components: { schemas: object };
    };
    expect(Object.keys(document.paths).sort()).toEqual([
      '/health/live',
      '/health/ready',
      '/metrics',
      '/v1/observations',
    ]);
    expect(Object.keys(document.components.schemas)).toContain('DoorAnswer');
    expect(Object.keys(document.components.schemas)).not.toContain('KpiDetail');
  });

  it('given SQLite with an intake, when a second one starts, then it says clearly that SQLite has one writer', async () => {
    intake = await startIntake(config());
    const failure: unknown = await startIntake(config()).catch((error: unknown) => error);
    expect(startFailureInWords(failure, config())).toMatch(
      /SQLite has one writer\. Stop it, or put the log where several/,
    );
  });
});
