import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIdFrom, StoreUnavailable, WrongExpectedRevision } from '#lib/event-store';
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
      'unitId',
    ]);
    expect(answer.body.detail).toContain('name.en');
  });

  it.each<[string, unknown, string, string]>([
    [
      'an unknown field',
      { unitId: 'a', name: { en: 'A' }, colour: 1 },
      'colour',
      'is not known here; known are unitId, name, parentUnitId',
    ],
    ['an unknown language', { unitId: 'a', name: { fr: 'A' } }, 'name.fr', 'is not known here; known are en, zh-CN'],
    ['a missing field', { name: { en: 'A' } }, 'unitId', 'is missing'],
    ['a missing object', { unitId: 'a' }, 'name', 'is missing: it must be an object such as {"en":'],
    ['a text for an object', { unitId: 'a', name: 'Air' }, 'name', 'must be an object such as {"en":'],
    ['a wrong identifier', { unitId: 'A!', name: { en: 'A' } }, 'unitId', 'must be an identifier'],
    ['a number for an identifier', { unitId: 7, name: { en: 'A' } }, 'unitId', 'must be an identifier'],
  ])('tell %s in one line', async (_name, body, where, words) => {
    const answer = await http.post('/v1/units', admin, body);
    expect(answer.body.problems).toEqual([{ where, what: expect.stringContaining(words) }]);
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
    ['an unknown method', 'PATCH /v1/units', 405, 'METHOD_NOT_ALLOWED'],
    ['a walk up the folders', '/v1/../../etc/passwd', 404, 'NOT_FOUND'],
  ])('answer %s', async (_name, url, status, code) => {
    const [method, path] = url.includes(' ') ? url.split(' ') : ['GET', url];
    const answer = await http.send(method!, path!, { token: admin });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('name the methods that an address has, and none where there is nothing', async () => {
    const units = await http.send('DELETE', '/v1/units?x=1', { token: admin });
    expect([units.status, units.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    const kpi = await http.send('PUT', '/v1/kpis/pm25', { token: admin });
    expect([kpi.status, kpi.headers.allow, kpi.body.title]).toEqual([
      405,
      'GET, HEAD',
      'This method is not offered here',
    ]);
    const nothing = await http.send('DELETE', '/v1/kpi', { token: admin });
    expect([nothing.status, nothing.headers.allow]).toEqual([404, undefined]);
  });

  it('name the limit of a body, and give what is not there another title than an address without a route', async () => {
    const tooLarge = await raw(`"${'a'.repeat(3 * 1024 * 1024)}"`);
    expect(tooLarge.json().detail).toContain('2 MiB');
    const unit = await http.post('/v1/units/nowhere/rename', admin, { name: { en: 'x' } });
    expect([unit.status, unit.body.title]).toEqual([404, 'Not found']);
    const own = await http.post('/v1/people/root/deactivate', admin);
    expect([own.status, own.body.title]).toEqual([403, 'Nobody decides on the own rights']);
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

  it('say of a thing whose history holds what nobody can follow that it is so, and log where', async () => {
    await http.post('/v1/units', admin, { unitId: 'broken', name: { en: 'Broken' } });
    const metadata = { actor: { kind: 'system', id: 'newer', role: 'system' }, correlationId: 'newer' } as const;
    const strange = { id: eventIdFrom('newer', 0), type: 'UnitMerged', schemaVersion: 1, data: '{}', metadata };
    const { position } = await http.store.append('unit-broken', 'any', [strange]);
    // when somebody decides on it, or names it
    const name = { en: 'Mended' };
    const answers = [
      await http.post('/v1/units/broken/rename', admin, { name }),
      await http.post('/v1/goals', admin, { goalId: 'g', unitId: 'broken', name }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([500, 'STREAM_UNREADABLE']);
      expect(JSON.stringify(answer.body)).not.toContain('UnitMerged');
      const requestId = answer.body.instance.slice('urn:uuid:'.length);
      const line = http.logged.find(({ facts }) => (facts as { requestId?: string }).requestId === requestId)!;
      expect(line.level).toBe('error');
      expect(line.facts).toMatchObject({ err: { stream: 'unit-broken', position, eventType: 'UnitMerged' } });
    }
    expect((await http.post('/v1/units', admin, { unitId: 'sound', name })).status).toBe(201);
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
