import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AuthenticatedSource, ObservationDoor } from '#lib/intake';
import type { Metrics } from '#lib/platform';
import type { Authenticator } from '../access/authenticator.js';
import { PROBLEM_HEADERS, PROBLEM_MEDIA_TYPE, type ProblemReport, problemText } from '../problems/problem-report.js';
import { problemAnswerOf } from '../problems/problem.js';
import { DOOR_URL } from './bodies.js';
import type { DoorAdmission } from './door-admission.js';
import { doorRequestOf } from './door-request-of.js';

/** Larger bodies gain nothing: reading them costs far more than the way to the door. */
const BODY_SIZE_MAX_bytes = 64 * 1024;

export interface ShortWayParts {
  readonly door: ObservationDoor;
  readonly authenticator: Authenticator;
  readonly admission: DoorAdmission;
  readonly report: ProblemReport;
  readonly metrics: Metrics;
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts a short way to the observation door before Fastify and Nest: half of what a single observation costs is spent
 * between the socket and the door, in routing, hooks and reply objects. It takes only the plain case (a valid source key, a
 * small body of declared size, room inside); whatever is otherwise goes the long way untouched and is judged and answered
 * there, so that no rule exists twice. What comes out is the same either way (a test holds the two together).
 *
 * Call before the server listens.
 */
export function openShortWay(fastify: FastifyInstance, parts: ShortWayParts): void {
  const server = fastify.server as Server;
  const [longWay, ...others] = server.listeners('request') as RequestListener[];
  if (longWay === undefined || others.length > 0) throw new Error('the HTTP server has not exactly one listener');
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  const shortWay = new ShortWay(parts);
  server.removeListener('request', longWay);
  server.on('request', (request, response) => {
    if (request.url === DOOR_URL && request.method === 'POST') timeDelivery(response, parts.metrics);
    if (isClosing || !shortWay.take(request, response)) longWay.call(server, request, response);
  });
}

/** Every delivery, whichever way it goes and however it is answered. One that was broken off has no answer. */
function timeDelivery(response: ServerResponse, metrics: Metrics): void {
  const started_ms = performance.now();
  response.once('close', () => {
    if (!response.headersSent) return;
    metrics.observeDoorRequest('http', response.statusCode, (performance.now() - started_ms) / 1000);
  });
}

class ShortWay {
  private readonly headers: readonly string[];

  constructor(private readonly parts: ShortWayParts) {
    const headers = { ...parts.headers, 'content-type': 'application/json; charset=utf-8' };
    this.headers = Object.entries(headers).flat();
  }

  /** False: not a request for the short way; nothing was done to it. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.url !== DOOR_URL || request.method !== 'POST') return false;
    const { headers } = request;
    const size_bytes = Number(headers['content-length'] ?? Number.NaN);
    // Written so that an absent or odd length (NaN) fails.
    if (!(size_bytes > 0 && size_bytes <= BODY_SIZE_MAX_bytes)) return false;
    if (headers['content-encoding'] !== undefined || headers.expect !== undefined) return false;
    const source = this.parts.authenticator.authenticate(headers)?.source;
    if (source === undefined || !this.parts.admission.tryEnter(source.sourceId, size_bytes)) return false;
    response.once('close', () => this.parts.admission.leave(source.sourceId, size_bytes));
    readBody(request, (body) => void this.receive(source, request, response, body));
    return true;
  }

  private async receive(
    source: AuthenticatedSource,
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<void> {
    try {
      const answer = await this.parts.door.receive(doorRequestOf(source, request.headers, body));
      const text = JSON.stringify(answer);
      response.writeHead(200, [...this.headers, 'content-length', String(Buffer.byteLength(text))]);
      response.end(text);
    } catch (error) {
      this.refuse(error, source, request, response);
    }
  }

  private refuse(
    error: unknown,
    source: AuthenticatedSource,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const answer = problemAnswerOf(error);
    const requestId = randomUUID();
    const who = () => ({ caller: source.sourceId, role: 'source', address: request.socket.remoteAddress });
    this.parts.report.note(error, answer, { requestId, method: 'POST', route: DOOR_URL, who });
    if (response.headersSent) return;
    const text = problemText(answer, requestId);
    response.writeHead(answer.status, {
      ...this.parts.headers,
      ...answer.headers,
      ...PROBLEM_HEADERS,
      'content-type': PROBLEM_MEDIA_TYPE,
      'content-length': String(Buffer.byteLength(text)),
    });
    response.end(text);
  }
}

/** Calls back with the whole body; never, when the sender breaks off. Node lets in no more than was declared. */
function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | null = null;
  const others: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    if (first === null) first = chunk;
    else others.push(chunk);
  });
  request.on('end', () => done(others.length === 0 ? first! : Buffer.concat([first!, ...others])));
  // A sender that breaks off: `close` of the response gives back his place; there is nobody to answer.
  request.on('error', () => undefined);
}
