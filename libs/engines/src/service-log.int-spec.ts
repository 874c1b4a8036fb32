import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toNewEvents } from '#lib/event-store';
import { createLogger, Health, Metrics } from '#lib/platform';
import { logFailureInWords } from './log-failure.js';
import { openEventStore } from './open-event-store.js';
import { openServiceLog } from './service-log.js';

const actor = { kind: 'system', id: 'spec', role: 'system' } as const;
const events = (seed: string) => toNewEvents([{ type: 'Noted', data: {} }], seed, { actor, correlationId: seed });
const logger = createLogger({ level: 'silent' });

describe('the log of a service', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-engines-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (url: string, parts: { health?: Health; metrics?: Metrics; startPatience_ms?: number } = {}) =>
    openServiceLog({
      url,
      health: parts.health ?? new Health(),
      metrics: parts.metrics ?? new Metrics({ processMetrics: false }),
      logger,
      applicationName: 'spec',
      startPatience_ms: parts.startPatience_ms,
    });

  it('given SQLite, when something is appended, then head, listener and metrics hear of it, and a reader elsewhere finds it', async () => {
    const url = `sqlite:${join(folder, 'new folder', 'log.db')}`;
    const health = new Health();
    const metrics = new Metrics({ processMetrics: false });
    const log = await open(url, { health, metrics });
    expect([health.ready().ready, log.headPosition()]).toEqual([true, 0n]);
    let advances = 0;
    log.onAdvance(() => (advances += 1));
    await log.store.append('unit-a', 'no-stream', events('one'));
    await expect(log.store.append('unit-a', 'no-stream', events('two'))).rejects.toThrow(/expected no-stream/);
    expect([log.headPosition(), advances]).toEqual([1n, 1]);
    const text = await metrics.text();
    expect(text).toContain('tallystick_appends_total{outcome="committed"} 1');
    expect(text).toContain('tallystick_appends_total{outcome="conflict"} 1');
    expect(text).toMatch(/tallystick_commit_sync_seconds_count [1-9]/);
    const reader = await openEventStore(url, { readOnly: true });
    expect((await reader.head())?.position).toBe(1n);
    expect(typeof reader.wake).toBe('function');
    await reader.close();
    await log.close();
  });

  it('given SQLite with a writer, when a second opens it, then the words say that SQLite has one', async () => {
    const url = `sqlite:${join(folder, 'log.db')}`;
    const log = await open(url);
    const failure: unknown = await open(url).then(
      () => null,
      (error: unknown) => error,
    );
    expect(logFailureInWords(failure, url)).toMatch(
      /^Another process appends to .*log\.db, and SQLite has one writer\..*TALLYSTICK_LOG=postgres/,
    );
    await log.close();
  });

  it.each([
    ['sqlite:none/log.db', 'LOG_NOT_FOUND', 'there is no log at none/log.db'],
    ['sqlite:libs', 'LOG_URL_INVALID', 'libs is a folder: name the file in it, sqlite:libs/log.db'],
    ['mysql://me:secret@db', 'LOG_URL_INVALID', 'must begin with one of'],
  ])('given %s to read, then it is refused with %s', async (url, code, words) => {
    const failure = await openEventStore(url, { readOnly: true }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(logFailureInWords(failure, url)).not.toContain('secret');
  });

  it('given a server that never answers, when the patience of the start is over, then it fails without the password', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const url = `postgres://me:s3cret@127.0.0.1:${port}/db`;
    const health = new Health();
    const failure = await open(url, { health, startPatience_ms: 0 }).catch((error: unknown) => error);
    server.close();
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const words = logFailureInWords(failure, url);
    expect(words).toMatch(/^The log postgres:\/\/me:\*\*\*@127\.0\.0\.1:\d+\/db cannot be opened: /);
    expect(`${words}${(failure as Error).stack}`).not.toContain('s3cret');
    expect(health.ready().ready).toBe(false);
  });
});
