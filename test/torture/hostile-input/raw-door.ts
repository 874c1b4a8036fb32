import { connect, type Socket } from 'node:net';
import type { HostileRequest } from './hostile-request.js';
import type { Outcome } from './judge.js';

const ANSWER_TIMEOUT_ms = 10_000;
const HEAD_END = '\r\n\r\n';

export interface RawAnswer extends Outcome {
  readonly contentType: string;
  /** The header line of `Retry-After`, lower case, when there is one. */
  readonly retryAfter: string | null;
  readonly closes: boolean;
  readonly duration_ms: number;
}

/** Sends bytes as they are, which no HTTP client would, and reads one answer. One request at a time. */
export class RawDoor {
  private socket: Socket | null = null;
  /** Connections that ended without the answer that was due. */
  cutOff = 0;

  constructor(
    private readonly port: number,
    private readonly key: string,
  ) {}

  send(request: HostileRequest): Promise<RawAnswer> {
    return this.sendBytes(bytesOf(request, this.key));
  }

  /**
   * @param mayEnd the bytes may be no request at all, so a closed connection without an answer is an answer, too
   * @throws Error when no answer comes
   */
  async sendBytes(bytes: Buffer, mayEnd = false): Promise<RawAnswer> {
    this.socket ??= await open(this.port);
    const { socket } = this;
    const startedAt = performance.now();
    const answer = readAnswer(socket, mayEnd);
    socket.write(bytes);
    if (mayEnd) socket.end();
    try {
      const got = { ...(await answer), duration_ms: performance.now() - startedAt };
      if (got.closes || mayEnd) this.close();
      return got;
    } catch (error) {
      this.cutOff += 1;
      this.close();
      throw error;
    }
  }

  close(): void {
    this.socket?.destroy();
    this.socket = null;
  }
}

/** How a request stands on the wire. */
export function bytesOf(request: HostileRequest, key: string): Buffer {
  const lines = ['POST /v1/observations HTTP/1.1', 'Host: 127.0.0.1', `Authorization: Bearer ${key}`];
  if (request.contentType !== null) lines.push(`Content-Type: ${request.contentType}`);
  for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
  const { body } = request;
  if (!request.isChunked) {
    lines.push(`Content-Length: ${body.length}`);
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}${HEAD_END}`, 'latin1'), body]);
  }
  lines.push('Transfer-Encoding: chunked');
  const half = body.length >>> 1;
  const chunks = [body.subarray(0, half), body.subarray(half)].filter((chunk) => chunk.length > 0);
  const framed = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}${HEAD_END}`, 'latin1'),
    ...framed,
    Buffer.from('0\r\n\r\n'),
  ]);
}

function readAnswer(socket: Socket, mayEnd: boolean): Promise<Omit<RawAnswer, 'duration_ms'>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const stop = (): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('error', onError);
    };
    const finish = (answer: Omit<RawAnswer, 'duration_ms'> | null, why: string): void => {
      stop();
      if (answer === null) reject(new Error(why));
      else resolve(answer);
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      const answer = answerIn(Buffer.concat(chunks));
      if (answer !== null) finish(answer, '');
    };
    const onClose = (): void =>
      finish(
        mayEnd ? NO_ANSWER : null,
        `the connection ended after ${Buffer.concat(chunks).length} bytes of an answer`,
      );
    const onError = (error: Error): void => finish(mayEnd ? NO_ANSWER : null, `the connection broke: ${error.message}`);
    const timer = setTimeout(() => finish(null, `no answer within ${ANSWER_TIMEOUT_ms} ms`), ANSWER_TIMEOUT_ms);
    socket.on('data', onData).once('close', onClose).once('error', onError);
  });
}

/** Stands for a connection that was closed without a word. */
const NO_ANSWER = { status: 0, body: null, contentType: '', retryAfter: null, closes: true };

const CONTINUE = /^http\/1\.1 1\d\d /;

/** The first whole answer in the bytes (`100 Continue` is none); null while it is not there. */
function answerIn(bytes: Buffer): Omit<RawAnswer, 'duration_ms'> | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd).toLowerCase();
  if (CONTINUE.test(head)) return answerIn(bytes.subarray(headEnd + HEAD_END.length));
  const header = (name: string): string | null => new RegExp(`\\r\\n${name}: ([^\\r]*)`).exec(head)?.[1] ?? null;
  const length = Number(header('content-length') ?? 0);
  const body = bytes.subarray(headEnd + HEAD_END.length, headEnd + HEAD_END.length + length);
  if (body.length < length) return null;
  return {
    status: Number(head.slice(9, 12)),
    body: jsonOrText(body.toString('utf8')),
    contentType: header('content-type') ?? '',
    retryAfter: header('retry-after'),
    closes: header('connection') === 'close',
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => {
      socket.off('error', reject);
      // Whatever comes between two answers must not end this process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
