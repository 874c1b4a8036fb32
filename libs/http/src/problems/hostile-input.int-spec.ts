import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { listRoutes } from '../access/list-routes.js';
import { actionBody, baselineBody, foundCity, kpiBody, targetBody } from '../spec-support/city.js';
import { HttpFixture } from '../spec-support/http-fixture.js';

/** Bodies that are right, to be broken in one place. */
const GOOD_BODIES: readonly object[] = [
  { unitId: 'u', name: { en: 'U' } },
  { goalId: 'g', unitId: 'air', name: { en: 'G' }, dueDate: '2027-01-01', reason: 'Because' },
  kpiBody('k'),
  {
    ...kpiBody('k'),
    measure: { kind: 'ratio', numerator: { statistic: 'sum', series: ['a'] }, denominator: {}, scale: 1 },
  },
  { ...baselineBody, ...targetBody, changeId: 'c', reason: 'Because' },
  actionBody('a'),
  { personId: 'p', role: 'employee', expiresAt: '2027-01-01T00:00:00.000Z' },
  {
    series: [
      { seriesKey: 's', sourceId: 'x', name: { en: 'S' }, unitOfMeasure: '1', csv: { time: {}, valueColumn: 'v' } },
    ],
  },
  {
    seriesKey: 's',
    sourceId: 'x',
    name: { en: 'S' },
    unitOfMeasure: '1',
    csv: { time: { column: 'a' }, where: { a: 'b' } },
  },
];

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '-1',
    '1e400',
    '../..',
    "'; DROP TABLE event; --",
    '%00',
  ),
);
const hostileValue = fc.oneof(fc.jsonValue(), hostileText, fc.constantFrom(null, 1e308, -0, 2 ** 53, [], {}, [[]]));
const hostileBody = fc.oneof(
  fc.jsonValue(),
  fc
    .record({ good: fc.constantFrom(...GOOD_BODIES), at: fc.nat(), name: fc.option(hostileText), value: hostileValue })
    .map(({ good, at, name, value }) => {
      const names = Object.keys(good);
      return { ...good, [name ?? names[at % names.length]!]: value };
    }),
);

/** Halves of surrogate pairs cannot stand in an address. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe('whatever is sent', () => {
  let http: HttpFixture;
  let admin: string;

  beforeAll(async () => {
    http = await HttpFixture.start();
    ({ admin } = await foundCity(http));
  });

  afterAll(() => http.close());

  const isAnswered = async (method: string, url: string, payload?: string) => {
    const response = await http.app.inject({
      method: method as 'POST',
      url,
      headers: {
        authorization: `Bearer ${admin}`,
        ...(payload !== undefined && { 'content-type': 'application/json' }),
      },
      ...(payload !== undefined && { payload }),
    });
    const ours = response.statusCode >= 500 && response.json().code !== 'VIEWS_BEHIND';
    expect([method, url, payload, response.payload, ours]).toEqual([method, url, payload, response.payload, false]);
    if (response.statusCode >= 400) expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  };

  it('as a body of any command is answered without a failure of ours', async () => {
    const routes = listRoutes(http.app).filter(
      ({ method, url }) => /POST|PUT/.test(method) && url !== '/v1/observations',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), hostileBody, ({ method, url }, body) =>
        isAnswered(method, url.replaceAll(/:\w+/g, 'air'), JSON.stringify(body)),
      ),
      { numRuns: 400 },
    );
  });

  it('as an identifier in an address is answered without a failure of ours', async () => {
    const routes = listRoutes(http.app).filter(({ url }) => url.includes(':'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), hostileText, ({ method, url }, text) =>
        isAnswered(
          method,
          url.replaceAll(/:\w+/g, encodeURIComponent(wellFormed(text)).slice(0, 300)),
          method === 'GET' || method === 'HEAD' ? undefined : '{}',
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('as a query is answered without a failure of ours', async () => {
    const routes = listRoutes(http.app).filter(({ method, url }) => method === 'GET' && url !== '/v1/live');
    const names = fc.constantFrom(
      'asOf',
      'waitFor',
      'limit',
      'cursor',
      'unit',
      'kpi',
      'series',
      'from',
      'to',
      'period',
      'subject',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), names, hostileText, ({ url }, name, text) =>
        isAnswered('GET', `${url.replaceAll(/:\w+/g, 'air')}?${name}=${encodeURIComponent(wellFormed(text))}`),
      ),
      { numRuns: 300 },
    );
  });
});
