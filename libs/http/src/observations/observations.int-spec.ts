import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DoorAnswer, DoorRequest, ObservationDoor } from '#lib/intake';
import { HttpFixture } from '../spec-support/http-fixture.js';

const ANSWER: DoorAnswer = {
  sent: 1,
  accepted: 1,
  duplicate: 0,
  quarantined: 0,
  rejected: 0,
  position: '9',
  problems: [],
};

describe('POST /v1/observations', () => {
  let http: HttpFixture;
  let key: string;
  const received: DoorRequest[] = [];

  beforeAll(async () => {
    const door = {
      receive: async (request: DoorRequest) => {
        received.push(request);
        return ANSWER;
      },
    } as unknown as ObservationDoor;
    http = await HttpFixture.start({ door });
    key = await http.source(await http.admin(), 'stations');
  });

  afterAll(() => http.close());

  const send = (payload: Buffer | string, headers: Record<string, string>) =>
    http.app.inject({
      method: 'POST',
      url: '/v1/observations',
      headers: { authorization: `Bearer ${key}`, ...headers },
      payload,
    });

  it.each([
    ['application/json', '{"series": 1, broken'],
    ['application/x-ndjson', '{}\n{}\n'],
    ['text/csv', 'a,b\n1,2\n'],
    ['application/cloudevents+json', '{}'],
    ['application/cloudevents-batch+json; charset=utf-8', '[]'],
    ['application/anything', 'x'],
  ])('hands the bytes of %s over as they came', async (type, text) => {
    const response = await send(text, { 'content-type': type, 'idempotency-key': 'k1', 'ce-id': '1' });
    expect([response.statusCode, response.json()]).toEqual([200, ANSWER]);
    const request = received.at(-1)!;
    expect(Buffer.isBuffer(request.body) && request.body.toString()).toBe(text);
    expect(request).toMatchObject({
      contentType: type,
      idempotencyKey: 'k1',
      source: { sourceId: 'stations', keyId: expect.any(String) },
      headers: { 'ce-id': '1' },
    });
  });

  it('leaves compressed bytes compressed', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0xff]);
    await send(bytes, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect(received.at(-1)).toMatchObject({ contentEncoding: 'gzip', body: bytes });
  });

  it('takes 8 MiB and not more', async () => {
    const headers = { 'content-type': 'text/csv' };
    expect((await send(Buffer.alloc(8 * 1024 * 1024, 'a'), headers)).statusCode).toBe(200);
    const response = await send(Buffer.alloc(8 * 1024 * 1024 + 1, 'a'), headers);
    expect([response.statusCode, response.json().code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('refuses a stranger before the body is read', async () => {
    const before = received.length;
    const response = await http.app.inject({
      method: 'POST',
      url: '/v1/observations',
      headers: { 'content-type': 'text/csv' },
      payload: Buffer.alloc(9 * 1024 * 1024, 'a'),
    });
    expect([response.statusCode, received.length]).toEqual([401, before]);
  });
});

describe('POST /v1/observations through the real door', () => {
  it('counts what was sent, and refuses what is none of it', async () => {
    const http = await HttpFixture.start();
    const admin = await http.admin();
    const key = await http.source(admin, 'stations');
    const series = { seriesKey: 'air/1', sourceId: 'stations', name: { en: 'Air' }, unitOfMeasure: 'ug/m3' };
    await http.post('/v1/series', admin, series);
    const one = { series: 'air/1', observedAt: '2026-11-24T06:00:00Z', value: 37.5 };
    const answer = await http.post('/v1/observations', key, [one, { ...one, series: 'air/2' }]);
    expect([answer.status, answer.body]).toEqual([
      200,
      expect.objectContaining({ sent: 2, accepted: 1, quarantined: 1 }),
    ]);
    const refused = await http.post('/v1/observations', key, '{"series"');
    expect([refused.status, refused.headers['content-type']]).toEqual([400, expect.stringMatching(/problem\+json/)]);
    await http.close();
  });
});
