import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { draftKpi, foundCity, SERIES_KEY } from '../spec-support/city.js';
import { HttpFixture } from '../spec-support/http-fixture.js';

describe('queries', () => {
  let http: HttpFixture;
  let admin: string;

  beforeAll(async () => {
    http = await HttpFixture.start();
    let olga: string;
    ({ admin, olga } = await foundCity(http));
    await draftKpi(http, olga, 'pm25');
  });

  afterAll(() => http.close());

  it.each([
    ['/v1/kpis?unit=zzz', 'UNIT.UNKNOWN'],
    ['/v1/kpis?unit=air&goal=zzz', 'GOAL.UNKNOWN'],
    ['/v1/goals?unit=zzz', 'UNIT.UNKNOWN'],
    ['/v1/audit-trail?kpi=zzz', 'KPI.UNKNOWN'],
    ['/v1/audit-trail?unit=zzz', 'UNIT.UNKNOWN'],
    ['/v1/reviews?unit=zzz', 'UNIT.UNKNOWN'],
    ['/v1/reviews?kpi=zzz', 'KPI.UNKNOWN'],
    ['/v1/actions?goal=zzz', 'GOAL.UNKNOWN'],
    ['/v1/observations?series=zzz', 'SERIES.UNKNOWN'],
    ['/v1/rollups?series=zzz', 'SERIES.UNKNOWN'],
    ['/v1/series?source=zzz', 'SOURCE.UNKNOWN'],
    ['/v1/quarantine?source=zzz', 'SOURCE.UNKNOWN'],
  ])('name what there is not: %s', async (url, code) => {
    const answer = await http.send('GET', url, { token: admin });
    expect([answer.status, answer.body.code]).toEqual([404, code]);
    expect(answer.body.detail).toContain('zzz');
  });

  it.each([
    '/v1/kpis?unit=air&goal=clean-air',
    '/v1/goals?unit=air',
    '/v1/audit-trail?kpi=pm25&unit=air&subject=zzz',
    '/v1/actions?unit=air&goal=clean-air&kpi=pm25',
    `/v1/observations?series=${encodeURIComponent(SERIES_KEY)}`,
    '/v1/series?source=stations',
    // What nobody registered is in quarantine for just that.
    '/v1/quarantine?source=stations&series=zzz',
  ])('answer for what there is: %s', async (url) => {
    expect((await http.send('GET', url, { token: admin })).status).toBe(200);
  });

  it.each([
    ['2026-06-30', '2026-06-30T15:59:59.999Z'],
    ['2026-06-31', '2026-06-31'],
    ['1200', '1200'],
    ['2026-06-30T08:00:00Z', '2026-06-30T08:00:00Z'],
  ])('take asOf=%s for %s, a date being the end of that day in the city', async (asOf, meant) => {
    http.views.asked.length = 0;
    await http.send('GET', `/v1/units?asOf=${asOf}`, { token: admin });
    expect(http.views.asked[0]!.arguments[0]).toMatchObject({ asOf: meant });
  });

  it('list people and sources with what they may use, without hashes', async () => {
    const people = (await http.send('GET', '/v1/people', { token: admin })).body.items;
    const olga = people.find(({ personId }: { personId: string }) => personId === 'olga');
    const token = { tokenId: expect.any(String), expiresAt: null, revoked: false };
    expect(olga).toEqual({ personId: 'olga', role: 'kpi-owner', unitId: null, active: true, tokens: [token] });
    await http.post(`/v1/people/olga/tokens/${olga.tokens[0].tokenId}/revoke`, admin);
    const again = (await http.send('GET', '/v1/people', { token: admin })).body.items;
    expect(again.find(({ personId }: { personId: string }) => personId === 'olga').tokens).toEqual([
      { ...token, revoked: true },
    ]);
    const sources = await http.send('GET', '/v1/sources', { token: admin });
    const key = { keyId: expect.any(String), expiresAt: null, revoked: false };
    expect(sources.body.items).toEqual([
      { sourceId: 'stations', name: { en: 'stations' }, status: 'registered', keys: [key] },
    ]);
  });

  it.each([
    ['ug/m3', []],
    ['mg/m3', ['UNIT_OF_MEASURE_DIFFERS']],
    ['ug/m3/h', []],
  ])('warn when a KPI in %s has series in ug/m3: %j', async (unitOfMeasure, warnings) => {
    const measure = { kind: 'statistic', statistic: 'mean', series: ['environment/air/*'] };
    http.views.detail = { definition: { measure, unitOfMeasure }, warnings: [] };
    expect((await http.send('GET', '/v1/kpis/pm25', { token: admin })).body.warnings).toEqual(warnings);
    const count = { measure: { ...measure, statistic: 'count' }, unitOfMeasure };
    http.views.detail = { definition: count, warnings: [] };
    expect((await http.send('GET', '/v1/kpis/pm25', { token: admin })).body.warnings).toEqual([]);
    http.views.detail = null;
  });
});
