import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '#lib/domain';
import { LiveUpdates } from '../operations/live-updates.js';
import { HttpFixture, type Answer } from '../spec-support/http-fixture.js';
import { listRoutes } from './list-routes.js';

const people = ['employee', 'data-steward', 'kpi-owner', 'evaluator', 'auditor', 'admin'] as const;
const everybody: readonly Role[] = ROLES;
const stewards: readonly Role[] = ['data-steward', 'admin'];
const owners: readonly Role[] = ['kpi-owner', 'admin'];
const deciders: readonly Role[] = ['kpi-owner', 'evaluator', 'admin'];
const evaluators: readonly Role[] = ['evaluator', 'admin'];
const admins: readonly Role[] = ['admin'];

/** Written a second time and by hand, so that a change of a declaration must be meant. */
const EXPECTED: Readonly<Record<string, readonly Role[]>> = {
  'POST /v1/observations': ['source'],
  'POST /v1/units': admins,
  'POST /v1/units/:unitId/rename': admins,
  'POST /v1/units/:unitId/retire': admins,
  'POST /v1/goals': owners,
  'POST /v1/goals/:goalId/revise': owners,
  'POST /v1/goals/:goalId/close': owners,
  'POST /v1/sources': stewards,
  'POST /v1/sources/:sourceId/keys': stewards,
  'POST /v1/sources/:sourceId/keys/:keyId/revoke': stewards,
  'POST /v1/sources/:sourceId/retire': stewards,
  'POST /v1/series': stewards,
  'PUT /v1/series': stewards,
  'POST /v1/series/batch': stewards,
  'POST /v1/series/retire': stewards,
  'POST /v1/kpis': owners,
  'POST /v1/kpis/:kpiId/redefine': owners,
  'POST /v1/kpis/:kpiId/baseline': owners,
  'POST /v1/kpis/:kpiId/target': owners,
  'POST /v1/kpis/:kpiId/activate': owners,
  'POST /v1/kpis/:kpiId/retire': owners,
  'POST /v1/kpis/:kpiId/target-changes': deciders,
  'POST /v1/kpis/:kpiId/target-changes/:changeId/approve': deciders,
  'POST /v1/kpis/:kpiId/target-changes/:changeId/reject': deciders,
  'POST /v1/kpis/:kpiId/method-changes': deciders,
  'POST /v1/kpis/:kpiId/method-changes/:changeId/approve': deciders,
  'POST /v1/kpis/:kpiId/method-changes/:changeId/reject': deciders,
  'POST /v1/reviews': evaluators,
  'POST /v1/reviews/:reviewId/findings': evaluators,
  'POST /v1/reviews/:reviewId/close': evaluators,
  'POST /v1/actions': deciders,
  'POST /v1/actions/:actionId/progress': deciders,
  'POST /v1/actions/:actionId/complete': deciders,
  'POST /v1/actions/:actionId/check': deciders,
  'POST /v1/actions/:actionId/cancel': deciders,
  'POST /v1/people': admins,
  'POST /v1/people/:personId/role': admins,
  'POST /v1/people/:personId/tokens': admins,
  'POST /v1/people/:personId/tokens/:tokenId/revoke': admins,
  'POST /v1/people/:personId/deactivate': admins,
  'POST /v1/bootstrap': everybody,
  'POST /v1/session': everybody,
  'DELETE /v1/session': everybody,
  'GET /v1/me': ['source', ...people],
  'GET /v1/units': people,
  'GET /v1/units/:unitId': people,
  'GET /v1/goals': people,
  'GET /v1/kpis': people,
  'GET /v1/kpis/:kpiId': people,
  'GET /v1/kpis/:kpiId/periods': people,
  'GET /v1/kpis/:kpiId/explain': people,
  'GET /v1/audit-trail': people,
  'GET /v1/reviews': people,
  'GET /v1/reviews/:reviewId': people,
  'GET /v1/actions': people,
  'GET /v1/actions/:actionId': people,
  'GET /v1/people': ['auditor', 'admin'],
  'GET /v1/sources': ['data-steward', 'auditor', 'admin'],
  'GET /v1/series': people,
  'GET /v1/observations': people,
  'GET /v1/rollups': people,
  'GET /v1/quarantine': ['data-steward', 'auditor', 'admin'],
  'GET /v1/live': people,
  'GET /v1/views': ['data-steward', 'auditor', 'admin'],
  'GET /v1/views/digest': ['data-steward', 'auditor', 'admin'],
  'POST /v1/views/rebuild': admins,
  'GET /health/live': everybody,
  'GET /health/ready': everybody,
  'GET /metrics': everybody,
  'GET /docs': everybody,
  'GET /docs-json': everybody,
  'GET /docs/open.js': everybody,
  'GET /docs/swagger-ui.css': everybody,
  'GET /docs/swagger-ui-bundle.js': everybody,
  'GET /docs/favicon-32x32.png': everybody,
};

describe('access', () => {
  let http: HttpFixture;
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    http = await HttpFixture.start();
    const admin = await http.admin();
    tokens.set('admin', admin);
    for (const role of people) if (role !== 'admin') tokens.set(role, await http.person(admin, `a-${role}`, role));
    tokens.set('source', await http.source(admin, 'station'));
  });

  afterAll(() => http.close());

  const routes = () => listRoutes(http.app).filter(({ method }) => method !== 'HEAD');

  it('is declared by every route, by HEAD routes too', () => {
    expect(listRoutes(http.app).filter(({ access }) => access === null)).toEqual([]);
  });

  it('covers exactly the routes that this matrix expects', () => {
    expect(
      routes()
        .map(({ method, url }) => `${method} ${url}`)
        .sort(),
    ).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.keys(EXPECTED))('%s lets in whom it should and nobody else', async (route) => {
    const allowed = EXPECTED[route]!;
    for (const role of ROLES) {
      const answer = await call(http, route, tokens.get(role));
      const told = `${route} as ${role}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
      if (allowed.includes(role)) expect([told, [401, 403].includes(answer.status)]).toEqual([told, false]);
      else expect([told, answer.status]).toEqual([told, role === 'public' ? 401 : 403]);
    }
  });
});

describe('a route that declares nothing', () => {
  it('is refused to everybody and found by listRoutes', async () => {
    // given a plugin that forgot
    const http = await HttpFixture.start({}, (fastify) => {
      fastify.get('/forgotten', () => 'secret');
    });
    try {
      // when
      const answer = await http.send('GET', '/forgotten', { token: await http.admin() });
      // then
      expect([answer.status, answer.body.code]).toEqual([403, 'NO_ACCESS_DECLARED']);
      expect(
        listRoutes(http.app)
          .filter(({ access }) => access === null)
          .map(({ url }) => url),
      ).toContain('/forgotten');
    } finally {
      await http.close();
    }
  });
});

async function call(http: HttpFixture, route: string, token: string | undefined): Promise<Answer> {
  const [method, pattern] = route.split(' ') as [string, string];
  const url = pattern.replaceAll(/:\w+/g, 'nothing') + (/rollups|observations/.test(pattern) ? '?series=s' : '');
  const answer = http.send(method, url, { token, ...(method !== 'GET' && method !== 'DELETE' && { body: {} }) });
  // The stream of live updates ends only when the server lets its listeners go.
  const updates = http.app.get(LiveUpdates);
  for (let waited = 0; pattern === '/v1/live' && waited < 20 && updates.size === 0; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  if (updates.size > 0) updates.beforeApplicationShutdown();
  return answer;
}
