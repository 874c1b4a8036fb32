import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpFixture } from '../spec-support/http-fixture.js';

const series = (seriesKey: string, changed: object = {}) => ({
  seriesKey,
  sourceId: 'stations',
  name: { en: seriesKey },
  unitOfMeasure: 'ug/m3',
  ...changed,
});

describe('registering', () => {
  let http: HttpFixture;
  let admin: string;

  beforeAll(async () => {
    http = await HttpFixture.start();
    admin = await http.admin();
  });

  afterAll(() => http.close());

  describe('units', () => {
    it('answers where the decision stands in the log', async () => {
      const made = await http.post('/v1/units', admin, { unitId: 'air', name: { en: 'Air' } });
      expect([made.status, made.body]).toEqual([201, { id: 'air', position: expect.any(String), revision: '0' }]);
      const renamed = await http.post('/v1/units/air/rename', admin, { name: { en: 'Air quality', 'zh-CN': '空气' } });
      expect([renamed.status, renamed.body.revision]).toEqual([200, '1']);
      expect(BigInt(renamed.body.position)).toBeGreaterThan(BigInt(made.body.position));
    });

    it('answers a repetition without recording it, and refuses another unit under the same id', async () => {
      const again = await http.post('/v1/units', admin, { unitId: 'water', name: { en: 'Water' } });
      const repeated = await http.post('/v1/units', admin, { unitId: 'water', name: { en: 'Water' } });
      expect(repeated.body).toEqual(again.body);
      const other = await http.post('/v1/units', admin, { unitId: 'water', name: { en: 'Waste' } });
      expect([other.status, other.body.code]).toEqual([409, 'UNIT.ALREADY_REGISTERED']);
    });

    it('refuses a parent that does not exist, and an unknown unit', async () => {
      const child = await http.post('/v1/units', admin, {
        unitId: 'noise',
        name: { en: 'N' },
        parentUnitId: 'nowhere',
      });
      expect([child.status, child.body.code, child.body.problems[0].where]).toEqual([
        400,
        'REFERENCE.UNKNOWN',
        'parentUnitId',
      ]);
      const unknown = await http.post('/v1/units/nowhere/rename', admin, { name: { en: 'x' } });
      expect([unknown.status, unknown.body.code]).toEqual([404, 'UNIT.UNKNOWN']);
      expect((await http.post('/v1/units/water/retire', admin)).status).toBe(200);
      expect((await http.post('/v1/units/water/rename', admin, { name: { en: 'x' } })).status).toBe(409);
    });

    it('records who decided', async () => {
      const events = [];
      for await (const event of http.store.readStream('unit-air')) events.push(event);
      expect(events[0]!.metadata.actor).toEqual({ kind: 'person', id: 'root', role: 'admin' });
    });
  });

  describe('goals', () => {
    it('are set, revised with a reason and closed', async () => {
      const goal = { unitId: 'air', name: { en: 'Clean air' }, dueDate: '2027-12-31' };
      expect((await http.post('/v1/goals', admin, { goalId: 'clean', ...goal })).status).toBe(201);
      const revised = await http.post('/v1/goals/clean/revise', admin, {
        ...goal,
        dueDate: '2028-12-31',
        reason: 'New national plan',
      });
      expect(revised.status).toBe(200);
      const closed = await http.post('/v1/goals/clean/close', admin, {
        outcome: 'reached',
        reason: 'All stations below',
      });
      expect(closed.status).toBe(200);
      const late = await http.post('/v1/goals/clean/revise', admin, {
        ...goal,
        dueDate: '2029-12-31',
        reason: 'Even later',
      });
      expect(late.status).toBe(409);
      let last;
      for await (const event of http.store.readStream('goal-clean')) last = event;
      expect(last!.metadata.reason).toBe('All stations below');
    });

    it('need an existing unit and never stand above themselves', async () => {
      const name = { en: 'g' };
      const nowhere = await http.post('/v1/goals', admin, { goalId: 'g0', unitId: 'nowhere', name });
      expect([nowhere.status, nowhere.body.problems[0].where]).toEqual([400, 'unitId']);
      await http.post('/v1/goals', admin, { goalId: 'g1', unitId: 'air', name });
      await http.post('/v1/goals', admin, { goalId: 'g2', unitId: 'air', name, parentGoalId: 'g1' });
      const circle = await http.post('/v1/goals/g1/revise', admin, {
        unitId: 'air',
        name,
        parentGoalId: 'g2',
        reason: 'Turned round',
      });
      expect([circle.status, circle.body.code]).toEqual([400, 'GOAL.CIRCLE']);
    });
  });

  describe('people', () => {
    it('cannot be changed by themselves', async () => {
      const answer = await http.post('/v1/people/root/deactivate', admin);
      expect([answer.status, answer.body.code]).toEqual([403, 'PERSON.OWN_ROLE']);
    });

    it('belong to an existing unit', async () => {
      const answer = await http.post('/v1/people', admin, { personId: 'p', role: 'employee', unitId: 'nowhere' });
      expect([answer.status, answer.body.problems[0].where]).toEqual([400, 'unitId']);
    });
  });

  describe('sources and series', () => {
    it('take no contact, which would be the name of a person sooner or later', async () => {
      const answer = await http.post('/v1/sources', admin, { sourceId: 's', name: { en: 'S' }, contact: 'Ada' });
      expect([answer.status, answer.body.problems[0].where]).toEqual([400, 'contact']);
    });

    it('show a key once, and revoke it at once', async () => {
      const key = await http.source(admin, 'stations');
      expect(key).toMatch(/^tsk_/);
      const me = await http.send('GET', '/v1/me', { token: key });
      expect(me.body).toEqual({
        kind: 'source',
        id: 'stations',
        role: 'source',
        unitId: null,
        timeZone: 'Asia/Shanghai',
      });
      const keyId = key.split('_')[1];
      expect((await http.post(`/v1/sources/stations/keys/${keyId}/revoke`, admin)).status).toBe(200);
      expect((await http.send('GET', '/v1/me', { token: key })).status).toBe(401);
    });

    it('cannot repeat the answer that showed a secret', async () => {
      const first = await http.post('/v1/sources/stations/keys', admin, {}, { 'idempotency-key': 'key-1' });
      const second = await http.post('/v1/sources/stations/keys', admin, {}, { 'idempotency-key': 'key-1' });
      expect([first.status, second.status, second.body.code]).toEqual([201, 409, 'SECRET_SHOWN_ONCE']);
    });

    it('registers, changes and retires a series', async () => {
      const one = series('air/pm25/1', {
        physicalRange: { min: 0, max: 1000 },
        expectedInterval_ms: 3_600_000,
        timeWindow: { maxAge_ms: 86_400_000, maxAhead_ms: 60_000 },
        csv: { time: { column: 'time', format: 'rfc3339' }, valueColumn: 'pm25', where: { station: '1' } },
      });
      expect((await http.post('/v1/series', admin, one)).status).toBe(201);
      const changed = await http.send('PUT', '/v1/series', { token: admin, body: { ...one, unitOfMeasure: 'mg/m3' } });
      expect([changed.status, changed.body.revision]).toEqual([200, '1']);
      expect((await http.post('/v1/series/retire', admin, { seriesKey: 'air/pm25/1' })).status).toBe(200);
    });

    it('needs a source in use', async () => {
      const answer = await http.post('/v1/series', admin, series('air/pm25/2', { sourceId: 'nobody' }));
      expect([answer.status, answer.body.problems[0].where]).toEqual([400, 'sourceId']);
    });

    it('registers a batch, and again without recording anything', async () => {
      const batch = { series: Array.from({ length: 250 }, (_, index) => series(`batch/${index}`)) };
      const first = await http.post('/v1/series/batch', admin, batch);
      expect([first.status, first.body.registered]).toEqual([201, 250]);
      const head = await http.store.head();
      expect((await http.post('/v1/series/batch', admin, batch)).body).toEqual(first.body);
      expect(await http.store.head()).toEqual(head);
    });

    it('registers none of a batch of which one is refused, and says which', async () => {
      const answer = await http.post('/v1/series/batch', admin, {
        series: [series('half/1'), series('half/2', { physicalRange: { min: 2, max: 1 } }), series('half/1')],
      });
      expect([answer.status, answer.body.problems]).toEqual([
        400,
        [{ where: 'series.2.seriesKey', what: expect.any(String) }],
      ]);
      const refused = await http.post('/v1/series/batch', admin, {
        series: [series('half/1'), series('half/2', { physicalRange: { min: 2, max: 1 } })],
      });
      expect(refused.body.problems[0].where).toMatch(/^series\.1\.physicalRange/);
      const events = [];
      for await (const event of http.store.readStream('series-half/1')) events.push(event);
      expect(events).toEqual([]);
    });
  });

  describe('with an idempotency key', () => {
    const key = { 'idempotency-key': 'once' };
    const unit = { unitId: 'parks', name: { en: 'Parks' } };

    it('answers the repetition as the first request, and refuses another request under the key', async () => {
      const first = await http.post('/v1/units', admin, unit, key);
      await http.post('/v1/units/parks/rename', admin, { name: { en: 'Green' } });
      const repeated = await http.post('/v1/units', admin, unit, key);
      expect([repeated.status, repeated.body]).toEqual([first.status, first.body]);
      const quoted = await http.post('/v1/units', admin, unit, { 'idempotency-key': '"once"' });
      expect([quoted.status, quoted.body]).toEqual([first.status, first.body]);
      const other = await http.post('/v1/units', admin, { ...unit, name: { en: 'Other' } }, key);
      expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      const elsewhere = await http.post('/v1/units', admin, { unitId: 'roads', name: { en: 'Roads' } }, key);
      expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    });

    it('records one decision when the same request comes many times at once', async () => {
      const same = { unitId: 'lakes', name: { en: 'Lakes' } };
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => http.post('/v1/units', admin, same, { 'idempotency-key': 'many' })),
      );
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.position}`)).size).toBe(1);
    });

    it.each(['', '""', 'käse', 'x'.repeat(256)])('refuses the key %j', async (bad) => {
      const answer = await http.post('/v1/units', admin, unit, { 'idempotency-key': bad });
      expect([answer.status, answer.body.problems[0].where]).toEqual([400, 'Idempotency-Key']);
    });
  });
});
