/** The case is worth what its sender is worth: it must count what a bad server does. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { ACKNOWLEDGED, Ledger, REFUSED, SENT } from './ledger.js';
import { observationsIn, requestMaker, requestOf, SERIES_KEYS } from './numbered-requests.js';
import { OpenLoad } from './open-load.js';

describe('the sender of the case of overload', () => {
  let server: Server;
  let folder: string;
  let answer: RequestListener = () => undefined;
  const ledger = new Ledger();
  let load: OpenLoad;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'overload-'));
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    load = new OpenLoad((server.address() as AddressInfo).port, requestMaker('singles', 'key'), ledger, 1);
  });
  afterEach(async () => {
    load.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  it('sends by the clock whether or not it is answered, and keeps the book', async () => {
    let count = 0;
    answer = (_request, response) => {
      count += 1;
      if (count % 4 === 1) response.end('{"sent":1,"accepted":1,"rejected":0}');
      else if (count % 4 === 2) response.writeHead(503, { 'retry-after': '1', 'content-length': '0' }).end();
      else if (count % 4 === 3) response.writeHead(503, { 'content-length': '0' }).end();
      else response.socket!.destroy();
    };
    const result = await load.run({ rate: 400, duration_ms: 500, connections_max: 20 });
    expect(result.due).toBe(200);
    expect(result.sent + result.givenUp).toBe(200);
    expect(result.acknowledged + result.refused + result.cutOff).toBe(result.sent);
    for (const part of [result.acknowledged, result.cutOff, result.refusedWithoutRetryAfter]) {
      expect(part).toBeGreaterThan(result.sent / 5);
    }
    expect(result.refused).toBeGreaterThan(result.refusedWithoutRetryAfter);
    ledger.save(join(folder, 'book'));
    const book = Ledger.read(join(folder, 'book'));
    const having = (state: number): number => book.filter((one) => one === state).length;
    expect([having(ACKNOWLEDGED), having(REFUSED), having(SENT)]).toEqual([
      result.acknowledged,
      result.refused,
      result.cutOff,
    ]);
  });

  it('counts the wait for a connection into the latency', async () => {
    answer = (_request, response) => void setTimeout(() => response.end('{"accepted":1,"rejected":0}'), 100);
    const { p99_ms, acknowledged } = await load.run({ rate: 50, duration_ms: 400, connections_max: 1 });
    expect(acknowledged).toBeGreaterThanOrEqual(3);
    expect(p99_ms).toBeGreaterThan(200);
  });

  it('numbers requests so that their observations are found again', () => {
    for (const kind of ['singles', 'batches'] as const) {
      for (const number of [0, 7, 123_456]) {
        const text = requestMaker(kind, 'key')(number).toString();
        const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as object;
        const items = (Array.isArray(body) ? body : [body]) as { series: string; observedAt: number }[];
        expect(items).toHaveLength(observationsIn(kind));
        expect(text).toContain(`Content-Length: ${text.length - text.indexOf('\r\n\r\n') - 4}\r\n`);
        for (const { series, observedAt } of items) {
          expect(requestOf(series, observedAt)).toEqual({ kind, number });
          expect(SERIES_KEYS).toContain(series);
        }
        expect(new Set(items.map(({ observedAt }) => observedAt)).size).toBe(items.length);
      }
    }
  });
});
