import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FAILURES_PER_WINDOW_MAX } from '../access/failure-limiter.js';
import { HttpFixture, type Answer } from '../spec-support/http-fixture.js';

describe('signing in', () => {
  let http: HttpFixture;

  beforeEach(async () => {
    http = await HttpFixture.start();
  });

  afterEach(() => http.close());

  const bootstrap = (personId: string, token = http.bootstrapToken) =>
    http.send('POST', '/v1/bootstrap', { body: { token, personId } });

  const cookieOf = (answer: Answer) => String(answer.headers['set-cookie']).split(';')[0]!;

  describe('with the bootstrap token', () => {
    it('makes the first administrator once, also when many try at the same moment', async () => {
      // when
      const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => bootstrap(`admin-${id}`)));
      // then
      const made = answers.filter(({ status }) => status === 201);
      expect(made).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
        expect([status, body.code]).toEqual([409, 'BOOTSTRAP_USED_UP']);
      }
      const me = await http.send('GET', '/v1/me', { token: made[0]!.body.token });
      expect(me.body).toEqual({
        kind: 'person',
        id: made[0]!.body.id,
        role: 'admin',
        unitId: null,
        timeZone: 'Asia/Shanghai',
      });
      expect((await bootstrap('later')).status).toBe(409);
    });

    it('refuses another token, and keeps the right one usable after that and after a refused id', async () => {
      expect((await bootstrap('root', `${http.bootstrapToken.slice(0, -1)}!`)).body.code).toBe('CREDENTIAL_REFUSED');
      expect((await bootstrap('Not An Id')).body.code).toBe('VALIDATION');
      expect((await bootstrap('root')).status).toBe(201);
    });

    it('puts no secret into the log', async () => {
      const token = await http.admin();
      for await (const event of http.store.readAll()) {
        expect(JSON.stringify([event.data, event.metadata])).not.toContain(token.split('_')[2]);
        expect(JSON.stringify([event.data, event.metadata])).not.toContain(http.bootstrapToken.split('_')[2]);
      }
    });
  });

  describe('with a bearer token', () => {
    it.each(['Bearer nonsense', 'Basic cm9vdDpyb290', 'Bearer ', `Bearer tsp_${'a'.repeat(600)}`])(
      'refuses %s and says how to sign in',
      async (authorization) => {
        const answer = await http.send('GET', '/v1/units', { headers: { authorization } });
        expect([answer.status, answer.body.code]).toEqual([401, 'CREDENTIAL_REFUSED']);
        expect(answer.headers['www-authenticate']).toContain('Bearer');
      },
    );

    it('ends with the answer that revokes it', async () => {
      const admin = await http.admin();
      await http.post('/v1/people', admin, { personId: 'eva', role: 'employee' });
      const { body } = await http.post('/v1/people/eva/tokens', admin, {});
      expect((await http.send('GET', '/v1/units', { token: body.token })).status).toBe(200);
      expect((await http.post(`/v1/people/eva/tokens/${body.tokenId}/revoke`, admin)).status).toBe(200);
      expect((await http.send('GET', '/v1/units', { token: body.token })).status).toBe(401);
    });

    it('ends at its expiry', async () => {
      const admin = await http.admin();
      await http.post('/v1/people', admin, { personId: 'eva', role: 'employee' });
      const expiresAt = '2026-11-24T10:00:00.000Z';
      const { token } = (await http.post('/v1/people/eva/tokens', admin, { expiresAt })).body;
      expect((await http.send('GET', '/v1/units', { token })).status).toBe(200);
      http.clock.set(expiresAt);
      expect((await http.send('GET', '/v1/units', { token })).status).toBe(401);
    });

    it('follows a change of role and a deactivation at once', async () => {
      const admin = await http.admin();
      const token = await http.person(admin, 'eva', 'employee');
      expect((await http.send('GET', '/v1/quarantine', { token })).status).toBe(403);
      await http.post('/v1/people/eva/role', admin, { role: 'data-steward' });
      expect((await http.send('GET', '/v1/quarantine', { token })).status).toBe(200);
      await http.post('/v1/people/eva/deactivate', admin);
      expect((await http.send('GET', '/v1/quarantine', { token })).status).toBe(401);
    });

    it('makes an address that fails too often wait, and still lets valid callers from there in', async () => {
      const admin = await http.admin();
      const fail = () => http.send('GET', '/v1/units', { token: 'nonsense' });
      for (let count = 0; count < FAILURES_PER_WINDOW_MAX; count += 1) expect((await fail()).status).toBe(401);
      const refused = await fail();
      expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_FAILURES']);
      expect(refused.body.detail).toMatch(/wait \d+ seconds/);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await http.send('GET', '/v1/units', { token: admin })).status).toBe(200);
      http.clock.advance(61_000);
      expect((await fail()).status).toBe(401);
    });
  });

  describe('with a browser session', () => {
    const own = { 'sec-fetch-site': 'same-origin' };
    let cookie: string;

    beforeEach(async () => {
      const admin = await http.admin();
      cookie = cookieOf(await http.send('POST', '/v1/session', { body: { token: admin }, headers: own }));
    });

    it('sets a cookie that scripts cannot read and other sites cannot use', async () => {
      const admin = (await http.send('GET', '/v1/me', { headers: { cookie } })).body;
      expect(admin.role).toBe('admin');
      const eva = await http.send('POST', '/v1/session', { body: { token: 'x' }, headers: own });
      expect([eva.status, eva.headers['set-cookie']]).toEqual([401, undefined]);
    });

    it('demands TLS of the cookie where the service is reached so', async () => {
      const secure = await HttpFixture.start({ secure: true });
      const answer = await secure.send('POST', '/v1/session', { body: { token: await secure.admin() } });
      await secure.close();
      expect(answer.headers['set-cookie']).toMatch(
        /^__Host-tallystick=tss_\S+; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/,
      );
      expect(answer.headers['strict-transport-security']).toBeDefined();
    });

    const write = (headers: Record<string, string>) =>
      http.send('POST', '/v1/units', { body: { unitId: 'air', name: { en: 'Air' } }, headers: { cookie, ...headers } });

    it.each([
      ['from another site', { 'sec-fetch-site': 'cross-site' }],
      ['from a sibling site', { 'sec-fetch-site': 'same-site' }],
      ['with a foreign origin', { origin: 'https://evil.example', host: 'localhost' }],
      ['with an opaque origin', { origin: 'null', host: 'localhost' }],
      ['without any sign of its origin', {}],
    ])('refuses a write %s', async (_name, headers) => {
      const answer = await write(headers as Record<string, string>);
      expect([answer.status, answer.body.code]).toEqual([403, 'CROSS_SITE']);
    });

    it.each([
      ['the fetch metadata', own],
      ['the origin', { origin: 'http://localhost:8080', host: 'localhost:8080' }],
    ])('allows a write of our own page, known by %s', async (_name, headers) => {
      expect((await write(headers as Record<string, string>)).status).toBe(201);
    });

    it('ends when signed out', async () => {
      const read = (used: string) => http.send('GET', '/v1/me', { headers: { cookie: used } });
      expect((await read(cookie)).status).toBe(200);
      const out = await http.send('DELETE', '/v1/session', { headers: { cookie, ...own } });
      expect([out.status, out.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')]);
      expect((await read(cookie)).status).toBe(401);
    });

    it('does not outlive twelve hours', async () => {
      http.clock.advance(12 * 3_600_000);
      expect((await http.send('GET', '/v1/me', { headers: { cookie } })).status).toBe(401);
    });

    it('refuses to sign somebody in or out from a foreign page', async () => {
      const headers = { origin: 'https://evil.example', cookie };
      expect((await http.send('DELETE', '/v1/session', { headers })).status).toBe(403);
      expect((await http.send('POST', '/v1/session', { body: { token: 'x' }, headers })).status).toBe(403);
      expect((await http.send('GET', '/v1/me', { headers: { cookie } })).status).toBe(200);
    });
  });
});
