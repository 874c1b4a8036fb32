import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, HttpProblem } from './client.js';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Breaks the connection instead of answering. */
  readonly broken?: boolean;
}

describe('the client of tests, demo and benchmark', () => {
  let server: Server;
  let client: Client;
  let answers: Answer[] = [];
  let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
        const answer = answers.shift() ?? { status: 200, body: {} };
        if (answer.broken) return request.socket.destroy();
        response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'tsp_x');
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => void server.close(() => done()));
  });

  it('given a 503 with Retry-After, then it waits so long and sends the same again', async () => {
    answers = [
      { status: 503, headers: { 'retry-after': '0' } },
      { status: 200, body: { sent: 1 } },
    ];
    await expect(client.sendObservations([1], { idempotencyKey: 'k' })).resolves.toEqual({ sent: 1 });
    expect(seen.map(({ body, headers }) => [body, headers['idempotency-key']])).toEqual([
      ['[1]', '"k"'],
      ['[1]', '"k"'],
    ]);
    expect(seen[0]?.headers.authorization).toBe('Bearer tsp_x');
  });

  it('given a broken connection, then observations are sent again and a command is not', async () => {
    answers = [
      { status: 0, broken: true },
      { status: 200, body: { sent: 2 } },
    ];
    await expect(client.sendObservations('[]')).resolves.toEqual({ sent: 2 });
    answers = [{ status: 0, broken: true }];
    await expect(client.post('/v1/units', {})).rejects.toThrow();
    expect(seen).toHaveLength(3);
  });

  it('given trouble that does not pass, then it gives up after the attempts it was allowed', async () => {
    answers = Array.from({ length: 5 }, () => ({ status: 503, headers: { 'retry-after': '0' } }));
    await expect(client.sendObservations('[]', { attempts: 3 })).rejects.toMatchObject({ status: 503 });
    expect(seen).toHaveLength(3);
  });

  it('given a refusal, then it throws the problem with its code and does not repeat', async () => {
    answers = [{ status: 409, body: { code: 'KPI.RETIRED', detail: 'no' } }];
    const refused = client.post('/v1/kpis', {});
    await expect(refused).rejects.toBeInstanceOf(HttpProblem);
    await expect(refused).rejects.toMatchObject({ status: 409, code: 'KPI.RETIRED' });
    expect(seen).toHaveLength(1);
  });

  it('given a list of several pages, then it reads all of them', async () => {
    answers = [
      { status: 200, body: { items: [1, 2], nextCursor: 'a b' } },
      { status: 200, body: { items: [3] } },
    ];
    await expect(client.getAll<number>('/v1/series', { series: 'x/y' })).resolves.toEqual([1, 2, 3]);
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1/series?limit=500&series=x%2Fy',
      '/v1/series?limit=500&series=x%2Fy&cursor=a+b',
    ]);
  });

  it('given views that are behind, then it waits for them, and not for ever', async () => {
    answers = ['8', '9', '10'].map((position) => ({ status: 200, body: { position } }));
    await client.waitForViews('10');
    expect(seen).toHaveLength(3);
    answers = Array.from({ length: 50 }, () => ({ status: 200, body: { position: '1' } }));
    await expect(client.waitForViews('10', 50)).rejects.toThrow('the views stand at 1, not at 10');
  });
});
