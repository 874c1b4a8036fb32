import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.js';

/** Pause before a request that was refused for the moment (503) is sent again. */
const REFUSED_PAUSE_MS = 20;

export interface LoadResult {
  readonly requests: number;
  /** Observations (or whatever `accepted` counts in the answers) that were acknowledged. */
  readonly accepted: number;
  /** Requests that were refused with 503 and sent again. */
  readonly refused: number;
  readonly elapsed_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Whole requests, head and body, made beforehand. */
  readonly requests: readonly Buffer[];
  /** No new request is sent after it. */
  readonly limit_ms: number;
  /** Whether the answers are verdicts whose `accepted` is added up. */
  readonly countsAccepted: boolean;
}

/** A whole HTTP/1.1 request as bytes. */
export function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (method !== 'GET') lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Closed-loop load over keep-alive sockets: each connection sends its next request when the last one is answered. Ends
 * when every request is answered or, after the limit, when those under way are.
 * @throws at any answer but 2xx and 503
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load.port)));
  const state = { next: 0, answered: 0, accepted: 0, refused: 0, latencies_ms: [] as number[] };
  const startedAt = performance.now();
  try {
    await Promise.all(sockets.map((socket) => drive(socket, load, state, startedAt)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const elapsed_ms = performance.now() - startedAt;
  const sorted = Float64Array.from(state.latencies_ms).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    requests: state.answered,
    accepted: state.accepted,
    refused: state.refused,
    elapsed_ms,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: at(1),
  };
}

interface LoadState {
  next: number;
  answered: number;
  accepted: number;
  refused: number;
  readonly latencies_ms: number[];
}

function drive(socket: Socket, load: Load, state: LoadState, startedAt: number): Promise<void> {
  return new Promise((done, fail) => {
    let current: Buffer | undefined;
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(current ?? Buffer.alloc(0));
    };
    const sendNext = (): void => {
      current = performance.now() - startedAt < load.limit_ms ? load.requests[state.next] : undefined;
      if (current === undefined) return done();
      state.next += 1;
      send();
    };
    const reader = new ResponseReader((status, body) => {
      if (status === 503) {
        state.refused += 1;
        setTimeout(send, REFUSED_PAUSE_MS);
        return;
      }
      if (status < 200 || status > 299) {
        fail(new Error(`the server answered ${status}: ${body.toString('utf8').slice(0, 500)}`));
        return;
      }
      state.latencies_ms.push(performance.now() - sentAt);
      state.answered += 1;
      if (load.countsAccepted) state.accepted += (JSON.parse(body.toString('utf8')) as { accepted: number }).accepted;
      sendNext();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed the connection')));
    sendNext();
  });
}

function open(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => done(socket));
    socket.once('error', fail);
  });
}
