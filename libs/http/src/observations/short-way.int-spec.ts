import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request as send } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Metrics } from '#lib/platform';
import { HttpFixture } from '../spec-support/http-fixture.js';

const SERIES = 'air/one';
const observation = (observedAt: string, more: object = {}): string =>
  JSON.stringify({ series: SERIES, observedAt, value: 1.5, ...more });

interface Heard {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly way: 'short' | 'long';
}

describe('the short way to the observation door', () => {
  let http: HttpFixture;
  let key: string;
  let metrics: Metrics;
  let port: number;

  beforeEach(async () => {
    metrics = new Metrics({ processMetrics: false });
    // Only what Fastify answers passes its hooks.
    http = await HttpFixture.start({ metrics }, (fastify) =>
      fastify.addHook('onSend', async (_request, reply) => void reply.header('x-way', 'long')),
    );
    const admin = await http.admin();
    key = await http.source(admin, 'stations');
    await http.source(admin, 'others');
    const series = { seriesKey: SERIES, sourceId: 'stations', name: { en: 'One' }, unitOfMeasure: 'ug/m3' };
    await http.post('/v1/series', admin, { ...series, physicalRange: { min: 0, max: 100 } });
    await http.app.listen(0, '127.0.0.1');
    port = (http.app.getHttpServer().address() as AddressInfo).port;
  });
  afterEach(() => http.close());

  /** A declared length goes the short way where nothing speaks against it, chunks go the long way. */
  const post = (body: string, headers: Record<string, string> = {}, isChunked = false): Promise<Heard> =>
    new Promise((resolve, reject) => {
      const given = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
      const length: Record<string, string> = isChunked
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': String(Buffer.byteLength(body)) };
      const request = send(
        { port, host: '127.0.0.1', method: 'POST', path: '/v1/observations', headers: { ...given, ...length } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => {
            const { 'x-way': way = 'short', ...others } = response.headers;
            resolve({
              status: response.statusCode ?? 0,
              headers: others,
              body: JSON.parse(text),
              text,
              way: way as Heard['way'],
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  /** Without what differs between any two answers. */
  const comparable = ({ status, headers, body }: Heard) => {
    const { date: _date, 'content-length': _length, ...others } = headers;
    return { status, headers: others, body: { ...body, instance: null, position: typeof body.position } };
  };

  it.each([
    ['an observation', (at: string) => observation(at), {}],
    ['several', (at: string) => `[${observation(at)},${observation(at)}]`, {}],
    ['one of CloudEvents', (at: string) => observation(at), { 'content-type': 'application/cloudevents+json' }],
    ['one outside its range', (at: string) => observation(at, { value: -3 }), {}],
    ['an unknown series', (at: string) => observation(at, { series: 'air/two' }), {}],
    ['text that is no JSON', () => '{"series":', {}],
    ['nothing that could be accepted', () => '[{"series":7}]', {}],
    ['brackets without end', () => '['.repeat(20_000), {}],
    ['a foreign media type', () => 'x', { 'content-type': 'image/png' }],
  ])('given %s, then it is answered as on the long way', async (_name, bodyAt, headers) => {
    const short = await post(bodyAt('2026-11-24T08:00:00Z'), headers);
    const long = await post(bodyAt('2026-11-24T08:01:00Z'), headers, true);
    expect([short.way, long.way]).toEqual(['short', 'long']);
    expect(comparable(short)).toEqual(comparable(long));
    expect(Number(short.headers['content-length'])).toBe(Buffer.byteLength(short.text));
  });

  it('answers a key as then, and refuses it for something else, whichever way each request came', async () => {
    const headers = { 'idempotency-key': '"k-1"' };
    const body = observation('2026-11-24T08:00:00Z');
    const [first, again] = [await post(body, headers), await post(body, headers, true)];
    expect([first.way, again.way, again.body]).toEqual(['short', 'long', { ...first.body, replayed: true }]);
    const other = await post(observation('2026-11-24T08:05:00Z'), headers);
    expect([other.way, other.status, other.body.code]).toEqual(['short', 422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it.each([
    ['no key', { authorization: '' }, 401],
    ['a wrong key', { authorization: 'Bearer tsk_nobody' }, 401],
    ['a compressed body', { 'content-encoding': 'gzip' }, 400],
    ['a question before the body', { expect: '100-continue' }, 200],
  ])('given %s, then the long way judges', async (_name, headers, status) => {
    const heard = await post(observation('2026-11-24T08:00:00Z'), headers);
    expect([heard.way, heard.status]).toEqual(['long', status]);
  });

  it('times every delivery, whichever way it went and however it was answered', async () => {
    await post(observation('2026-11-24T08:00:00Z'));
    await post(observation('2026-11-24T08:01:00Z'), {}, true);
    await post('{', {});
    await post('{}', { authorization: '' });
    const text = await metrics.text();
    const count = (status: number) =>
      new RegExp(`tallystick_door_request_seconds_count{door="http",status="${status}"} (\\d+)`).exec(text)?.[1];
    expect([200, 400, 401].map(count)).toEqual(['2', '1', '1']);
    expect(text).toContain('tallystick_door_request_seconds_bucket{le="+Inf",door="http",status="200"} 2');
    expect(text).toContain('# TYPE tallystick_door_request_seconds histogram');
  });

  it('leaves large bodies to the long way', async () => {
    const heard = await post(observation('2026-11-24T08:00:00Z') + ' '.repeat(64 * 1024));
    expect([heard.way, heard.status]).toEqual(['long', 200]);
  });

  it('counts a trouble of the store as the long way does, and says when to come back', async () => {
    await http.store.close();
    const heard = await post(observation('2026-11-24T08:00:00Z'));
    expect([heard.way, heard.status, heard.body.code]).toEqual(['short', 503, 'STORE_UNAVAILABLE']);
    expect(heard.headers['retry-after']).toBe('1');
    expect(await metrics.text()).toContain('tallystick_http_server_errors_total{route="/v1/observations"} 1');
    expect(http.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(/refused/) }),
    );
  });

  it('reads a body that comes in pieces, and answers pipelined requests in their order', async () => {
    const socket = connect(port, '127.0.0.1');
    const body = observation('2026-11-24T08:00:00Z');
    const head = (length: number): string =>
      `POST /v1/observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
    socket.setNoDelay(true).write(head(body.length) + body.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(`${body.slice(20)}${head(1)}{${head(body.length)}${body}`);
    while (heard.split('HTTP/1.1 ').length < 4) await new Promise((resolve) => setTimeout(resolve, 2));
    expect([...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['200', '400', '200']);
    expect(heard).not.toContain('x-way');
    socket.destroy();
  });

  it('given a sender that breaks off in the middle, then nothing is stored and the next is served', async () => {
    const before = (await http.store.head())?.position;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: 500\r\n\r\n{"series"`,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await http.store.head())?.position).toBe(before);
    expect((await post(observation('2026-11-24T08:00:00Z'))).status).toBe(200);
  });
});
