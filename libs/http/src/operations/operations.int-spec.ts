import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Health } from '#lib/platform';
import { listRoutes } from '../access/list-routes.js';
import { HttpFixture } from '../spec-support/http-fixture.js';
import { LISTENERS_MAX, LiveUpdates } from './live-updates.js';

describe('operations', () => {
  let http: HttpFixture;
  let admin: string;
  const health = new Health();

  beforeAll(async () => {
    http = await HttpFixture.start({ health });
    admin = await http.admin();
  });

  afterAll(() => http.close());

  it('tell readiness with reasons', async () => {
    health.expect('views', 'are being built');
    const starting = await http.send('GET', '/health/ready');
    expect([starting.status, starting.body]).toEqual([
      503,
      { status: 'not-ready', reasons: ['views: are being built'] },
    ]);
    health.up('views');
    expect((await http.send('GET', '/health/ready')).body).toEqual({ status: 'ready', reasons: [] });
    expect((await http.send('GET', '/health/live')).body).toEqual({ status: 'live', reasons: [] });
  });

  it('give measurements to a scraper on this machine and over the network to auditors', async () => {
    const measured = (remoteAddress: string, headers: Record<string, string> = {}) =>
      http.app.inject({ method: 'GET', url: '/metrics', remoteAddress, headers });
    const local = await measured('127.0.0.1');
    expect([local.statusCode, local.payload]).toEqual([
      200,
      expect.stringContaining('# HELP tallystick_appends_total'),
    ]);
    expect(local.headers['content-type']).toMatch(/^text\/plain/);
    expect((await measured('203.0.113.9')).statusCode).toBe(401);
    expect((await measured('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).statusCode).toBe(401);
    const olga = await http.person(admin, 'olga', 'kpi-owner');
    expect((await measured('203.0.113.9', { authorization: `Bearer ${olga}` })).statusCode).toBe(403);
    expect((await measured('203.0.113.9', { authorization: `Bearer ${admin}` })).statusCode).toBe(200);
  });

  it('tell the state of the views and start a rebuild', async () => {
    const { body } = await http.send('GET', '/v1/views', { token: admin });
    expect(body).toMatchObject({ generation: 1, lag: { lag_events: 0, lag_seconds: 0 }, rebuild: null });
    expect((await http.send('GET', '/v1/views/digest', { token: admin })).body).toEqual({
      digest: 'd1',
      position: '7',
    });
    const rebuild = await http.post('/v1/views/rebuild', admin);
    expect([rebuild.status, rebuild.body]).toEqual([202, { generation: 2 }]);
  });

  it('describe every route of the API, with its access and its answers', async () => {
    const { body } = await http.send('GET', '/docs-json');
    const described = Object.entries(body.paths as Record<string, Record<string, { 'x-access': string[] }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
          access: operation['x-access'],
        })),
    );
    const routes = listRoutes(http.app).filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs'));
    const sorted = (list: readonly { method: string; url: string }[]) =>
      [...list].sort((one, other) => `${one.method} ${one.url}`.localeCompare(`${other.method} ${other.url}`));
    expect(sorted(described)).toEqual(sorted(routes));
    const names = new Set(Object.keys(body.components.schemas));
    const named = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/(\w*)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    expect(body.components.schemas.DefineKpiBody.properties.measure.oneOf).toContainEqual({
      $ref: '#/components/schemas/RatioMeasureBody',
    });
    expect(body.components.schemas.RegisterUnitBody.required).toEqual(['unitId', 'name']);
  });

  it('show the description on a page that loads only from here', async () => {
    const page = await http.send('GET', '/docs');
    expect(page.body).not.toMatch(/https?:\/\//);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    for (const [, url] of String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect([url, (await http.send('GET', url!)).status]).toEqual([url, 200]);
    }
  });

  it('pass queries on as they were meant', async () => {
    await http.post('/v1/units', admin, { unitId: 'air', name: { en: 'Air' } });
    http.views.asked.length = 0;
    await http.send('GET', '/v1/kpis?unit=air&lifecycle=active&limit=7&cursor=abc&asOf=5&waitFor=3', { token: admin });
    expect(http.views.asked).toEqual([
      {
        name: 'list',
        arguments: [
          { unitId: 'air', goalId: undefined, lifecycle: 'active' },
          { now_ms: http.clock.now_ms(), asOf: '5', limit: 7, cursor: 'abc' },
        ],
      },
    ]);
    expect((await http.send('GET', '/v1/actions/none', { token: admin })).status).toBe(404);
  });

  it('answer 503 when the views do not reach what a query waits for', async () => {
    const answer = await http.send('GET', '/v1/kpis?waitFor=99999999', { token: admin });
    expect([answer.status, answer.body.code]).toEqual([503, 'VIEWS_BEHIND']);
  });
});

describe('pages', () => {
  let folder: string;
  let http: HttpFixture;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-pages-'));
    mkdirSync(join(folder, 'public'));
    writeFileSync(join(folder, 'public', 'index.html'), '<!doctype html><title>City</title>');
    writeFileSync(join(folder, 'public', '.env'), 'secret');
    mkdirSync(join(folder, 'scripts'));
    for (const name of ['page.js', 'page.js.map', 'page.spec.js'])
      writeFileSync(join(folder, 'scripts', name), 'export {};');
    http = await HttpFixture.start({
      pages: [
        { folder: join(folder, 'public'), prefix: '/' },
        { folder: join(folder, 'scripts'), prefix: '/assets/' },
      ],
    });
  });

  afterAll(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });

  it.each(['/', '/index.html', '/assets/page.js'])('serve %s to anybody under a strict policy', async (url) => {
    const answer = await http.send('GET', url);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'; style-src 'self';");
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    const again = await http.send('GET', url, { headers: { 'if-none-match': String(answer.headers.etag) } });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  it.each([
    '/.env',
    '/assets/page.js.map',
    '/assets/page.spec.js',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/',
  ])('do not serve %s', async (url) => {
    expect((await http.send('GET', url)).status).toBe(404);
  });

  it('are sent compressed to whom can read it', async () => {
    const response = await http.app.inject({ method: 'GET', url: '/', headers: { 'accept-encoding': 'gzip, br' } });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(response.rawPayload).toString()).toContain('City');
  });
});

describe('live updates', () => {
  let http: HttpFixture;
  let admin: string;

  beforeEach(async () => {
    http = await HttpFixture.start();
    admin = await http.admin();
    await http.app.listen(0, '127.0.0.1');
  });

  afterEach(() => http.close());

  const listen = (token: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { port } = http.app.getHttpServer().address() as AddressInfo;
      const headers = { authorization: `Bearer ${token}` };
      httpGet({ port, host: '127.0.0.1', path: '/v1/live', headers, agent: false }, resolve).on('error', reject);
    });

  const collect = (response: IncomingMessage) => {
    const received = { text: '', ended: false };
    response.setEncoding('utf8').on('data', (chunk: string) => (received.text += chunk));
    response.on('end', () => (received.ended = true)).on('error', () => (received.ended = true));
    return received;
  };

  const until = async (condition: () => boolean) => {
    for (let waited_ms = 0; !condition() && waited_ms < 3000; waited_ms += 5) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(condition()).toBe(true);
  };

  it('tell where the views are, then what changed, several steps in one message', async () => {
    const response = await listen(admin);
    const received = collect(response);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    await until(() => received.text.includes('"position":"7"'));
    for (const change of [
      { position: '8', kpiIds: ['pm25'] },
      { position: '9', kpiIds: [] },
      { position: '10', kpiIds: ['buses', 'pm25'] },
    ]) {
      for (const listener of http.views.listeners) listener(change);
    }
    await until(() => received.text.includes('"position":"10"'));
    expect(received.text).toContain('event: progress\ndata: {"position":"10","kpiIds":["pm25","buses"]}\n\n');
    expect(received.text).not.toContain('"position":"8"');
    response.destroy();
    await until(() => http.app.get(LiveUpdates).size === 0);
  });

  it('end when the server stops', async () => {
    const received = collect(await listen(admin));
    await http.close();
    await until(() => received.ended);
    await http.close();
  });

  it('are refused beyond a bound', async () => {
    const updates = http.app.get(LiveUpdates);
    const fake = { write: () => true, end: () => undefined, on: () => undefined, writableLength: 0 };
    for (let count = 0; count < LISTENERS_MAX; count += 1) updates.add(fake as never, () => true);
    const answer = await http.send('GET', '/v1/live', { token: admin });
    expect([answer.status, answer.body.code]).toEqual([503, 'TOO_MANY_LISTENERS']);
  });
});
