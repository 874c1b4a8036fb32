import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpFixture } from '../spec-support/http-fixture.js';

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

interface Described {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Json;
}

describe('the description of the API', () => {
  let http: HttpFixture;
  let admin: string;
  let document: Json;
  let all: readonly Described[];

  beforeAll(async () => {
    http = await HttpFixture.start();
    admin = await http.admin();
    document = (await http.send('GET', '/docs-json')).body;
    all = Object.entries(document['paths'] as Json).flatMap(([path, methods]) =>
      Object.entries(methods as Json).map(([method, operation]) => {
        const upper = method.toUpperCase();
        return { name: `${upper} ${path}`, method: upper, path, operation: operation as Json };
      }),
    );
  });

  afterAll(() => http.close());

  const operation = (name: string): Json => all.find((one) => one.name === name)!.operation;
  const isPublic = (one: Described): boolean => (one.operation['x-access'] as string[]).includes('public');
  const exampleOf = (one: Described): Json | undefined =>
    one.operation['requestBody']?.content['application/json']?.example as Json | undefined;

  it('refers only to what it describes', () => {
    const names = new Set(Object.keys(document['components'].schemas as Json));
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w*)"/g)].map(([, to]) => to!);
    expect(references.length).toBeGreaterThan(100);
    expect([...new Set(references)].filter((to) => !names.has(to))).toEqual([]);
  });

  it('says that credentials are opaque', () => {
    expect(document['components'].securitySchemes.token).toMatchObject({
      scheme: 'bearer',
      bearerFormat: 'opaque token',
    });
  });

  it('has for every route a summary and a described answer', () => {
    for (const one of all) {
      const good = Object.entries(one.operation['responses'] as Json).find(([status]) => status.startsWith('2'))!;
      const isDescribed =
        good[0] === '204' || Object.values(good[1].content as Json).every((media) => 'schema' in media);
      expect([one.name, Boolean(one.operation['summary']), isDescribed]).toEqual([one.name, true, true]);
    }
  });

  it('tells of every guarded route that one may not be signed in or not be allowed, always as a problem', () => {
    for (const one of all) {
      const responses = one.operation['responses'] as Json;
      if (!isPublic(one))
        expect([one.name, Object.keys(responses)]).toEqual([one.name, expect.arrayContaining(['401', '403'])]);
      for (const [status, response] of Object.entries(responses)) {
        if (Number(status) < 400 || one.path.startsWith('/health')) continue;
        expect([one.name, status, Object.keys(response.content as Json)]).toEqual([
          one.name,
          status,
          ['application/problem+json'],
        ]);
      }
    }
  });

  it('tells of not found only where something is named', () => {
    const told = (name: string) => '404' in (operation(name)['responses'] as Json);
    expect([told('POST /v1/units'), told('POST /v1/units/{unitId}/rename')]).toEqual([false, true]);
    expect([told('GET /v1/units'), told('GET /v1/kpis'), told('GET /v1/kpis/{kpiId}')]).toEqual([false, true, true]);
  });

  it('tells at every command what an idempotency key does', () => {
    const responses = operation('POST /v1/units')['responses'] as Json;
    expect(responses['422'].description).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(responses['409'].description).toContain('SECRET_SHOWN_ONCE');
    const header = operation('POST /v1/units')['parameters'].find(({ in: place }: Json) => place === 'header');
    expect([header.name, header.required]).toEqual(['Idempotency-Key', false]);
  });

  it('describes secrets in the answers that show them, and only there', () => {
    const schemas = document['components'].schemas as Json;
    const answerOf = (name: string) => operation(name)['responses']['201'].content['application/json'].schema.$ref;
    expect(answerOf('POST /v1/people/{personId}/tokens')).toBe('#/components/schemas/TokenAnswer');
    expect(answerOf('POST /v1/bootstrap')).toBe('#/components/schemas/TokenAnswer');
    expect(answerOf('POST /v1/sources/{sourceId}/keys')).toBe('#/components/schemas/KeyAnswer');
    expect(answerOf('POST /v1/units')).toBe('#/components/schemas/CommandAnswer');
    expect([schemas['TokenAnswer'].required, schemas['KeyAnswer'].required]).toEqual([
      expect.arrayContaining(['id', 'tokenId', 'token']),
      expect.arrayContaining(['id', 'keyId', 'key']),
    ]);
    expect(Object.keys(schemas['CommandAnswer'].properties as Json)).toEqual(['id', 'position', 'revision']);
  });

  it('tells the door in full', () => {
    const door = operation('POST /v1/observations');
    const content = door['requestBody'].content as Json;
    expect(Object.keys(content)).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ]);
    for (const media of Object.values(content)) expect(Object.keys(media.examples as Json).length).toBeGreaterThan(0);
    expect(Object.keys(door['responses'] as Json)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '422',
      '503',
    ]);
    expect(door['description']).toMatch(/gzip/);
    expect(operation('GET /v1/observations')['tags']).toEqual(['observations']);
  });

  it('has examples for the door that the door accepts', async () => {
    const key = await http.source(admin, 'air-stations');
    const registered = await http.post(
      '/v1/series',
      admin,
      exampleOf(all.find(({ name }) => name === 'POST /v1/series')!),
    );
    expect(registered.body).toMatchObject({ id: 'environment/air/pm25/station-3' });
    for (const [type, { examples }] of Object.entries(
      operation('POST /v1/observations')['requestBody'].content as Json,
    )) {
      for (const [name, { value }] of Object.entries(examples as Json)) {
        const body = typeof value === 'string' ? value : JSON.stringify(value);
        const answer = await http.send('POST', '/v1/observations', {
          token: key,
          body,
          headers: { 'content-type': type },
        });
        expect([type, name, answer.status, answer.body.rejected, answer.body.sent > 0]).toEqual([
          type,
          name,
          200,
          0,
          true,
        ]);
        expect([type, name, answer.body.problems]).toEqual([type, name, []]);
      }
    }
  });

  it('has for every command a complete example of the right shape', async () => {
    const token = await http.person(admin, 'second-admin', 'admin');
    const commands = all.filter((one) => one.operation['requestBody'] !== undefined && one.path !== '/v1/observations');
    expect(commands.length).toBeGreaterThan(25);
    for (const one of commands) {
      const example = exampleOf(one);
      expect([one.name, typeof example]).toEqual([one.name, 'object']);
      const url = one.path.replaceAll(/\{\w+\}/g, 'pm25-mean');
      const { status, body } = await http.send(one.method, url, { token, body: example });
      const isRight = status < 500 && body.code !== 'VALIDATION' && !/INVALID$/.test(String(body.code));
      expect([one.name, JSON.stringify(body.problems), isRight]).toEqual([
        one.name,
        JSON.stringify(body.problems),
        true,
      ]);
    }
  });

  it('exemplifies ids by what they name, and leaves optional filters alone', () => {
    const parameter = (name: string, of: string): Json =>
      operation(name)['parameters'].find(({ name: found }: Json) => found === of) as Json;
    expect(parameter('GET /v1/kpis/{kpiId}', 'kpiId')['example']).toBe('pm25-mean');
    expect(parameter('POST /v1/units/{unitId}/rename', 'unitId')['example']).toBe('air-quality');
    expect(JSON.stringify(parameter('GET /v1/kpis', 'unit'))).not.toContain('example"');
    const properties = document['components'].schemas.PlanActionBody.properties as Json;
    expect([properties['kpiId'].example, properties['actionId'].example]).toEqual(['pm25-mean', 'night-sweeping']);
  });
});
