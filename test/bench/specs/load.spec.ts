import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ResponseReader } from '../load/response-reader.js';
import { requestBytes, runLoad } from '../load/run-load.js';
import { BATCH_SIZE, batchBodies, columnsOf, type Observation, SERIES_KEYS, singleBodies } from '../workload.js';

const parse = (body: string): Observation[] => JSON.parse(body) as Observation[];

describe('the workload', () => {
  it('is the same for the same seed and another for another', () => {
    expect(batchBodies(2, 1)).toEqual(batchBodies(2, 1));
    expect(batchBodies(2, 1)).not.toEqual(batchBodies(2, 2));
  });

  it('holds 1,000 observations a batch, none of them twice', () => {
    const all = batchBodies(12, 1).map(parse);
    expect(all.map((batch) => batch.length)).toEqual(Array.from({ length: 12 }, () => BATCH_SIZE));
    const identities = all.flat().map(({ series, observedAt }) => `${series} ${observedAt}`);
    expect(new Set(identities).size).toBe(identities.length);
    expect(all.flat().every(({ series }) => SERIES_KEYS.includes(series))).toBe(true);
    const singles = singleBodies(1_000, 1).map((body) => JSON.parse(body) as Observation);
    expect(new Set(singles.map(({ series, observedAt }) => `${series} ${observedAt}`)).size).toBe(1_000);
  });

  it('has the values and times of the batch in its columns', () => {
    const batch = parse(batchBodies(1, 1)[0] ?? '');
    const columns = columnsOf(batch);
    let at_ms = columns.from_ms;
    const unpacked = columns.value.map((value, index) => {
      at_ms += columns.step_ms[index] ?? NaN;
      const series = columns.series[columns.seriesIndex[index] ?? NaN];
      return { series, observedAt: new Date(at_ms).toISOString(), value };
    });
    expect(unpacked).toEqual(batch);
  });
});

describe('the response reader', () => {
  const bytes = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
  );

  it('finds the same responses however the bytes are cut', () => {
    for (let size = 1; size <= bytes.length; size += 1) {
      const seen: string[] = [];
      const reader = new ResponseReader((status, body) => seen.push(`${status} ${body.toString()}`));
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      expect(seen).toEqual(['200 hello', '503 ']);
    }
  });

  it('refuses to guess where a chunked answer ends', () => {
    const reader = new ResponseReader(() => undefined);
    expect(() => reader.push(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'))).toThrow('chunked');
  });
});

describe('the load generator', () => {
  let server: Server;
  let refusals = 0;
  const seen = new Set<string>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const refused = body === 'body 3' && refusals === 0;
        if (refused) refusals += 1;
        else seen.add(body);
        response.statusCode = request.url === '/wrong' ? 400 : refused ? 503 : 200;
        response.end('{"accepted":7}');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => new Promise<void>((done) => void server.close(() => done())));

  const load = (path: string) => ({
    port: (server.address() as AddressInfo).port,
    connections: 3,
    requests: Array.from({ length: 10 }, (_, index) => requestBytes('POST', path, {}, `body ${index}`)),
    limit_ms: 5_000,
    countsAccepted: true,
  });

  it('sends every request once, again after a 503, and adds up what was accepted', async () => {
    const result = await runLoad(load('/'));
    expect(result).toMatchObject({ requests: 10, accepted: 70, refused: 1 });
    expect(seen.size).toBe(10);
    expect(result.p99_ms).toBeGreaterThanOrEqual(result.p50_ms);
  });

  it('sends by the clock when it has a rate, and counts the wait for a connection', async () => {
    const made: number[] = [];
    const requests = (number: number): Buffer => {
      made.push(number);
      return requestBytes('POST', '/', {}, `at a rate ${number}`);
    };
    const result = await runLoad({ ...load('/'), requests, rate: 100, limit_ms: 200 });
    expect(made).toEqual(Array.from({ length: 20 }, (_, number) => number));
    expect(result).toMatchObject({ requests: 20, accepted: 140 });
    expect(result.elapsed_ms).toBeGreaterThanOrEqual(185);
    expect(result.p50_ms).toBeGreaterThanOrEqual(0);
  });

  it('fails at a refusal that is no overload, because a fast error is no throughput', async () => {
    await expect(runLoad(load('/wrong'))).rejects.toThrow('the server answered 400');
  });
});
