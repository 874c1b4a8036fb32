import { connect, type Socket } from 'node:net';
import { ResponseReader } from '../load/response-reader.js';

/** Pause before a request that was refused for the moment is sent again; it counts as part of its latency. */
const REFUSED_PAUSE_ms = 20;

export interface Sent {
  readonly elapsed_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** The sum of `accepted` in the answers that have one. */
  readonly accepted: number;
}

/** A whole HTTP/1.1 request as bytes. */
export function requestOf(method: 'GET' | 'POST', path: string, token: string, body = ''): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', `authorization: Bearer ${token}`];
  if (method === 'POST') lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Sends each request once over so many keep-alive connections, one at a time on each, and times the answers. The load of
 * `load/` has rates, retries and stretches; growth needs none of them, but figures that do not change with it.
 * @param limit_ms no new request is sent after it
 * @throws at any answer but 2xx and 503 (full for the moment), after which the request is sent again
 */
export async function sendRequests(
  url: string,
  requests: readonly Buffer[],
  { connections = 1, limit_ms = Number.MAX_SAFE_INTEGER } = {},
): Promise<Sent> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(Number(new URL(url).port))));
  const state: SendState = { next: 0, accepted: 0, latencies_ms: [], until: performance.now() + limit_ms };
  const startedAt = performance.now();
  try {
    await Promise.all(sockets.map((socket) => drive(socket, requests, state)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const elapsed_ms = performance.now() - startedAt;
  const sorted = [...state.latencies_ms].sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { elapsed_ms, p50_ms: at(0.5), p99_ms: at(0.99), accepted: state.accepted };
}

interface SendState {
  next: number;
  accepted: number;
  readonly latencies_ms: number[];
  readonly until: number;
}

function drive(socket: Socket, requests: readonly Buffer[], state: SendState): Promise<void> {
  return new Promise((done, fail) => {
    let sentAt = 0;
    let request: Buffer | undefined;
    const sendNext = (): void => {
      request = performance.now() < state.until ? requests[state.next] : undefined;
      if (request === undefined) return done();
      state.next += 1;
      sentAt = performance.now();
      socket.write(request);
    };
    const again = (): void => void socket.write(request ?? '');
    const reader = new ResponseReader((status, body) => {
      if (status === 503) return void setTimeout(again, REFUSED_PAUSE_ms);
      state.latencies_ms.push(performance.now() - sentAt);
      if (status < 200 || status > 299)
        return fail(new Error(`the server answered ${status}: ${body.toString('utf8')}`));
      state.accepted += acceptedIn(body);
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

/** Verdicts are short; lists are not looked into. */
function acceptedIn(body: Buffer): number {
  const found = /"accepted":(\d+)/.exec(body.toString('latin1', 0, 200))?.[1];
  return found === undefined ? 0 : Number(found);
}

function open(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => done(socket));
    socket.once('error', fail);
  });
}
