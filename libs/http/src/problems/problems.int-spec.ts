import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StoreUnavailable, WrongExpectedRevision } from '#lib/event-store';
import { DoorError } from '#lib/intake';
import { QueryError } from '#lib/projections';
import { ViewsNotReady } from '#lib/read-models';
import { HttpFixture } from '../spec-support/http-fixture.js';

describe('refusals over HTTP', () => {
  let http: HttpFixture;
  let admin: string;
  let thrown: unknown = null;

  beforeAll(async () => {
    http = await HttpFixture.start({}, (fastify) => {
      fastify.get('/thrown', { config: { access: ['public'] } }, () => {
        throw thrown;
      });
    });
    admin = await http.admin();
  });

  afterAll(() => http.close());

  const raw = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    http.app.inject({
      method: 'POST',
      url: '/v1/units',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
      payload,
    });

  const whenThrown = (error: unknown) => {
    thrown = error;
    return http.send('GET', '/thrown');
  };

  it('are problem+json with a stable code and the id of the request', async () => {
    const answer = await http.send('GET', '/v1/nothing-here', { token: admin });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      type: 'urn:tallystick:problem:NOT_FOUND',
      title: expect.any(String),
      status: 404,
      code: 'NOT_FOUND',
      detail: expect.any(String),
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
    });
  });

  it.each([
    ['not JSON', '{"unitId":', 400, 'MALFORMED_BODY'],
    ['a list', '[]', 400, 'VALIDATION'],
    ['a text', '"air"', 400, 'VALIDATION'],
    ['null', 'null', 400, 'VALIDATION'],
    ['a poisoned prototype', '{"__proto__":{"role":"admin"}}', 400, 'MALFORMED_BODY'],
    ['a poisoned constructor', '{"constructor":{"prototype":{"role":"admin"}}}', 400, 'MALFORMED_BODY'],
    ['deep nesting', '['.repeat(200_000), 400, 'MALFORMED_BODY'],
    ['deep nesting in a field', `{"name":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, 400, 'MALFORMED_BODY'],
    ['too many bytes', `"${'a'.repeat(3 * 1024 * 1024)}"`, 413, 'BODY_TOO_LARGE'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, 'MALFORMED_BODY'],
  ])('answer %s', async (_name, payload, status, code) => {
    const response = await raw(payload);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });

  it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'answer a body of the type %s',
    async (type) => {
      const response = await raw('{}', { 'content-type': type });
      expect([response.statusCode, response.json().code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  it('do not read a compressed command', async () => {
    expect((await raw('{}', { 'content-encoding': 'gzip' })).statusCode).toBe(415);
  });

  it('name every field that is wrong, and those that nobody knows', async () => {
    const answer = await http.post('/v1/units', admin, { unitId: 'Air!', name: { en: 7 }, colour: 'blue' });
    expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION']);
    expect(answer.body.problems.map((problem: { where: string }) => problem.where).sort()).toEqual([
      'colour',
      'name.en',
      'name.en',
      'unitId',
    ]);
    expect(answer.body.detail).toContain('name.en');
  });

  it('name what is missing when there is no body at all', async () => {
    const answer = await http.post('/v1/units', admin);
    expect(new Set(answer.body.problems.map((problem: { where: string }) => problem.where))).toEqual(
      new Set(['unitId', 'name']),
    );
  });

  it.each([
    ['/v1/kpis?limit=0', 'limit'],
    ['/v1/kpis?limit=501', 'limit'],
    ['/v1/kpis?limit=1e2', 'limit'],
    ['/v1/kpis?limit=1&limit=2', 'limit'],
    ['/v1/kpis?waitFor=-1', 'waitFor'],
    ['/v1/kpis?waitFor=abc', 'waitFor'],
    ['/v1/kpis?lifecycle=old', 'lifecycle'],
    ['/v1/kpis?colour=blue', 'colour'],
    ['/v1/kpis?unit=a&unit=b', 'unit'],
    ['/v1/observations', 'series'],
    ['/v1/rollups?series=s&from=yesterday', 'from'],
  ])('answer the query %s', async (url, where) => {
    const answer = await http.send('GET', url, { token: admin });
    expect([answer.status, answer.body.code, answer.body.problems[0].where]).toEqual([400, 'VALIDATION', where]);
  });

  it.each([
    ['a malformed address', '/v1/units/%zz', 400, 'BAD_REQUEST'],
    ['an endless identifier', `/v1/units/${'a'.repeat(200)}`, 414, 'URL_TOO_LONG'],
    ['an unknown method', 'PATCH /v1/units', 404, 'NOT_FOUND'],
    ['a walk up the folders', '/v1/../../etc/passwd', 404, 'NOT_FOUND'],
  ])('answer %s', async (_name, url, status, code) => {
    const [method, path] = url.includes(' ') ? url.split(' ') : ['GET', url];
    const answer = await http.send(method!, path!, { token: admin });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('show nothing of an error that nobody foresaw, and log it under the id that is shown', async () => {
    const answer = await whenThrown(new Error('SQLITE_CORRUPT: SELECT * FROM secrets at /var/lib/tallystick/log.db'));
    expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(answer.body)).not.toMatch(/SQLITE|SELECT|\/var|\bat\b.*\.ts/);
    const line = http.logged.filter(({ level }) => level === 'error').at(-1)!;
    expect(line.facts).toMatchObject({ requestId: answer.body.instance.slice('urn:uuid:'.length), route: '/thrown' });
  });

  it.each([
    ['thrown text', 'text', 500, 'INTERNAL'],
    ['undefined', undefined, 500, 'INTERNAL'],
    ['a lost race', new WrongExpectedRevision('unit-a', 1n, 2n), 409, 'CHANGED_MEANWHILE'],
    ['a full store', new StoreUnavailable('queue full', 2500), 503, 'UNAVAILABLE'],
    ['missing views', new ViewsNotReady('no views'), 503, 'VIEWS_BEHIND'],
    ['a bad asOf', new QueryError('AS_OF_INVALID', 'asOf must be a position'), 400, 'AS_OF_INVALID'],
    [
      'a refused delivery',
      new DoorError('too-large', 'TOO_MANY_OBSERVATIONS', 'Send fewer.'),
      413,
      'TOO_MANY_OBSERVATIONS',
    ],
    ['a busy door', new DoorError('unavailable', 'INTAKE_FULL', 'Later.', { retryAfter_ms: 1200 }), 503, 'INTAKE_FULL'],
    [
      'a reused key',
      new DoorError('unprocessable', 'IDEMPOTENCY_KEY_REUSED', 'New key.'),
      422,
      'IDEMPOTENCY_KEY_REUSED',
    ],
  ])('answer %s', async (_name, error, status, code) => {
    const answer = await whenThrown(error);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    if (status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('of access are logged with who and from where, and never with the credential', async () => {
    http.logged.length = 0;
    await http.send('GET', '/v1/units', { token: 'tsp_stolen' });
    expect(http.logged).toEqual([
      {
        level: 'warn',
        message: 'access refused',
        facts: expect.objectContaining({ code: 'CREDENTIAL_REFUSED', role: 'public', address: '127.0.0.1' }),
      },
    ]);
    expect(JSON.stringify(http.logged)).not.toContain('stolen');
  });

  it('say when to come back', async () => {
    expect((await whenThrown(new StoreUnavailable('queue full', 2500))).headers['retry-after']).toBe('3');
  });

  it('carry the security headers', async () => {
    const answer = await http.send('GET', '/v1/nothing-here');
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it('count server errors by route', async () => {
    await whenThrown(new Error('x'));
    const { body } = await http.send('GET', '/metrics');
    expect(body).toMatch(/tallystick_http_server_errors_total\{route="\/thrown"\} \d+/);
  });
});
