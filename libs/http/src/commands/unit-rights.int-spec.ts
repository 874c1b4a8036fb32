import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actionBody, draftKpi, foundCity, kpiBody } from '../spec-support/city.js';
import { HttpFixture } from '../spec-support/http-fixture.js';

describe('people who are registered with a unit', () => {
  let http: HttpFixture;
  let admin: string;
  let owner: string;
  let evaluator: string;
  let eva: string;

  beforeAll(async () => {
    // given a KPI, a goal, a review and an action in the unit `air`, and people of the unit `water`
    http = await HttpFixture.start();
    let olga: string;
    ({ admin, olga, eva } = await foundCity(http));
    await draftKpi(http, olga, 'pm25');
    await http.post('/v1/kpis/pm25/activate', olga);
    await http.post('/v1/kpis/pm25/target-changes', olga, changeOf('c1'));
    await http.post('/v1/kpis/pm25/target-changes', olga, changeOf('c2'));
    await http.post('/v1/reviews', eva, { reviewId: 'r1', unitId: 'air', period: '2026-10' });
    await http.post('/v1/actions', olga, actionBody('a1'));
    await http.post('/v1/units', admin, { unitId: 'water', name: { en: 'Water' } });
    owner = await http.person(admin, 'wanda', 'kpi-owner', 'water');
    evaluator = await http.person(admin, 'walter', 'evaluator', 'water');
  });

  afterAll(() => http.close());

  const changeOf = (changeId: string) => ({
    changeId,
    target: { value: 33, date: '2026-12-31' },
    effectiveFrom: '2026-12-01',
    reason: 'The plant opens later',
  });
  const { kpiId: _kpiId, ...definition } = kpiBody('pm25');
  const reason = { reason: 'Because it is so' };
  const goal = { unitId: 'air', name: { en: 'Air' } };

  it.each<[string, object]>([
    ['/v1/goals', { goalId: 'g2', ...goal }],
    ['/v1/goals/clean-air/revise', { ...goal, ...reason }],
    ['/v1/goals/clean-air/revise', { ...goal, unitId: 'water', ...reason }],
    ['/v1/goals/clean-air/close', { outcome: 'missed', ...reason }],
    ['/v1/kpis', kpiBody('k2')],
    ['/v1/kpis/pm25/redefine', { ...definition, ...reason }],
    ['/v1/kpis/pm25/baseline', { baseline: { value: 1, date: '2026-01-01' } }],
    ['/v1/kpis/pm25/target', { target: { value: 1, date: '2027-01-01' }, effectiveFrom: '2026-01-01' }],
    ['/v1/kpis/pm25/activate', {}],
    ['/v1/kpis/pm25/retire', reason],
    ['/v1/kpis/pm25/target-changes', changeOf('c3')],
    ['/v1/kpis/pm25/target-changes/c1/reject', reason],
    ['/v1/actions', actionBody('a2')],
    ['/v1/actions/a1/progress', { percent: 1, note: 'x' }],
    ['/v1/actions/a1/complete', { note: 'x' }],
    ['/v1/actions/a1/check', { period: '2026-11', note: 'x' }],
    ['/v1/actions/a1/cancel', reason],
  ])('may not decide for another unit as its owner: %s', async (url, body) => {
    const answer = await http.post(url, owner, body);
    expect([answer.status, answer.body.code]).toEqual([403, 'OTHER_UNIT']);
    expect(answer.body.detail).toMatch(/unit water.*unit air/);
  });

  it.each<[string, object]>([
    ['/v1/kpis/pm25/target-changes/c1/approve', {}],
    ['/v1/reviews', { reviewId: 'r2', unitId: 'air', period: '2026-11' }],
    ['/v1/reviews/r1/findings', { findingId: 'f', criteria: 'a', condition: 'b', cause: 'c', effect: 'd' }],
    ['/v1/reviews/r1/close', { conclusion: 'Done with it' }],
  ])('may not judge another unit as its evaluator: %s', async (url, body) => {
    const answer = await http.post(url, evaluator, body);
    expect([answer.status, answer.body.code]).toEqual([403, 'OTHER_UNIT']);
  });

  it('decide for their own unit, and are told what is not there', async () => {
    expect(
      (await http.post('/v1/goals', owner, { goalId: 'clean-water', unitId: 'water', name: { en: 'W' } })).status,
    ).toBe(201);
    const body = kpiBody('ph', { unitId: 'water', goalId: 'clean-water', ownerId: 'wanda' });
    expect((await http.post('/v1/kpis', owner, body)).status).toBe(201);
    expect(
      (await http.post('/v1/kpis/ph/baseline', owner, { baseline: { value: 9, date: '2026-01-01' } })).status,
    ).toBe(200);
    expect((await http.post('/v1/kpis/none/retire', owner, reason)).status).toBe(404);
    expect(
      (await http.post('/v1/reviews', evaluator, { reviewId: 'r3', unitId: 'water', period: '2026-11' })).status,
    ).toBe(201);
  });

  it('do not narrow those without a unit, or an administrator with one', async () => {
    expect((await http.post('/v1/kpis/pm25/target-changes/c1/approve', eva)).status).toBe(200);
    const boss = await http.person(admin, 'boss', 'admin', 'water');
    expect((await http.post('/v1/kpis/pm25/target-changes/c2/reject', boss, reason)).status).toBe(200);
  });

  it('act for the whole organisation as soon as they belong to no unit', async () => {
    await http.post('/v1/people/wanda/role', admin, { role: 'kpi-owner' });
    expect((await http.post('/v1/actions/a1/progress', owner, { percent: 1, note: 'Begun' })).status).toBe(200);
  });
});
