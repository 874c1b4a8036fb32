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

/** Makes the request of a number: called once for each from 0 on, in order; undefined ends the load. */
export type RequestMaker = (number: number) => Buffer | undefined;

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Whole requests, head and body: made beforehand, or one by one. */
  readonly requests: readonly Buffer[] | RequestMaker;
  /** No new request is sent after it. */
  readonly limit_ms: number;
  /**
   * Requests a second by the clock. A request that finds no free connection leaves late, and its latency counts from when
   * it was due. Absent: each connection sends its next request when the last one is answered.
   */
  readonly rate?: number;
  /** Whether the answers are verdicts whose `accepted` is added up. */
  readonly countsAccepted: boolean;
  /** Hears the log position of each verdict. */
  readonly onAcknowledged?: (position: string) => void;
}

interface Verdict {
  readonly accepted: number;
  readonly position: string;
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
 * Load over keep-alive sockets, one request at a time on each. Ends when every request is answered or, after the limit,
 * when those under way are.
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
  const { requests } = load;
  const requestAt: RequestMaker = typeof requests === 'function' ? requests : (number) => requests[number];
  return new Promise((done, fail) => {
    let current: Buffer = Buffer.alloc(0);
    let dueAt = 0;
    const send = (): void => void socket.write(current);
    const sendNext = (): void => {
      const now = performance.now();
      dueAt = load.rate === undefined ? now : startedAt + (state.next / load.rate) * 1_000;
      const request = dueAt - startedAt < load.limit_ms ? requestAt(state.next) : undefined;
      if (request === undefined) return done();
      current = request;
      state.next += 1;
      if (dueAt > now) setTimeout(send, Math.ceil(dueAt - now));
      else send();
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
      state.latencies_ms.push(performance.now() - dueAt);
      state.answered += 1;
      if (load.countsAccepted) count(body, load, state);
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

function count(body: Buffer, { onAcknowledged }: Load, state: LoadState): void {
  const { accepted, position } = JSON.parse(body.toString('utf8')) as Verdict;
  state.accepted += accepted;
  onAcknowledged?.(position);
}

function open(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => done(socket));
    socket.once('error', fail);
  });
}
