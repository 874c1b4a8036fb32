import type { FastifyReply, FastifyRequest } from 'fastify';
import { BODY_SIZE_MAX_bytes } from '#lib/intake';
import type { Metrics } from '#lib/platform';
import type { HttpLogger } from '../http-logger.js';
import { PROBLEM_CATALOGUE } from '../problems/catalogue.js';
import type { ProblemAnswer } from '../problems/problem.js';
import { sendProblem } from '../problems/problem.filter.js';

export interface DoorAdmissionLimits {
  /** Most requests that may be between their head and their answer. */
  readonly requests_max: number;
  /** Most bytes of bodies that these may bring, as their heads declare them. */
  readonly bodies_max_bytes: number;
  /** Most of these bytes that one source may hold. */
  readonly bodiesOfSource_max_bytes: number;
}

/**
 * Requests: a tenth of a second of work at 20,000 single observations a second, so that whoever is let in is answered soon.
 * Bytes: a quarter of a second of batches at a million observations a second. A body costs its own size several times over
 * until it is stored (pieces, whole, columns, event, message to the writer) and for a while after; with twice as much let in
 * the process went beyond 512 MiB. Two thirds for one source: a sender that dribbles its bodies, for malice or for a bad
 * line, leaves room for the others.
 */
export const DOOR_ADMISSION_LIMITS: DoorAdmissionLimits = {
  requests_max: 2_000,
  bodies_max_bytes: 24 * 1024 * 1024,
  bodiesOfSource_max_bytes: 16 * 1024 * 1024,
};

/** How much larger than on the wire a compressed body is expected to become: what JSON of observations does. */
const GZIP_FACTOR = 10;
/** What a chunked body is expected to bring, whose size nobody knows: more than most, less than the limit. */
const UNDECLARED_BODY_bytes = 2 * 1024 * 1024;
/** A second: by then everything that is in has been answered. */
const RETRY_AFTER_s = 1;
/** One line of log in so many milliseconds says that requests are refused; the metric counts each. */
const LOG_INTERVAL_ms = 10_000;

const REFUSAL: ProblemAnswer = {
  status: PROBLEM_CATALOGUE.OVERLOADED.status,
  title: PROBLEM_CATALOGUE.OVERLOADED.title,
  code: 'OVERLOADED',
  detail: 'More arrives than can be stored; nothing of this request was. Send it again in a moment.',
  headers: { 'retry-after': String(RETRY_AFTER_s) },
  ours: false,
};

/**
 * Lets requests in at the door as long as what is inside is bounded, and refuses the rest before their bodies are read.
 * Refusing is made cheap, because it happens when there is no time: no exception, no line of log for each.
 */
export class DoorAdmission {
  private requests = 0;
  private bodies_bytes = 0;
  private readonly bodiesOfSource_bytes = new Map<string, number>();
  private loggedAt_ms = -Infinity;

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: HttpLogger,
    private readonly limits: DoorAdmissionLimits = DOOR_ADMISSION_LIMITS,
  ) {}

  /** A Fastify `onRequest` hook of the door's route; it comes after the access hook, which has found the source. */
  readonly onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const sourceId = request.source?.sourceId ?? '';
    const size_bytes = expectedSize(request);
    if (!this.tryEnter(sourceId, size_bytes)) return this.refuse(request, reply);
    // `close` comes once for every response, answered or broken off; Fastify's own onResponse does not.
    reply.raw.once('close', () => this.leave(sourceId, size_bytes));
    done();
  };

  /** Lets a request in whose body is expected to have this size; then `leave` is owed once. False: there is no room. */
  tryEnter(sourceId: string, size_bytes: number): boolean {
    if (this.isFull(sourceId, size_bytes)) return false;
    this.enter(sourceId, size_bytes);
    return true;
  }

  leave(sourceId: string, size_bytes: number): void {
    this.requests -= 1;
    this.bodies_bytes -= size_bytes;
    const left_bytes = this.bodiesOfSource_bytes.get(sourceId)! - size_bytes;
    if (left_bytes > 0) this.bodiesOfSource_bytes.set(sourceId, left_bytes);
    else this.bodiesOfSource_bytes.delete(sourceId);
  }

  private isFull(sourceId: string, size_bytes: number): boolean {
    const { requests_max, bodies_max_bytes, bodiesOfSource_max_bytes } = this.limits;
    if (this.requests >= requests_max || this.bodies_bytes + size_bytes > bodies_max_bytes) return true;
    return (this.bodiesOfSource_bytes.get(sourceId) ?? 0) + size_bytes > bodiesOfSource_max_bytes;
  }

  private enter(sourceId: string, size_bytes: number): void {
    this.requests += 1;
    this.bodies_bytes += size_bytes;
    this.bodiesOfSource_bytes.set(sourceId, (this.bodiesOfSource_bytes.get(sourceId) ?? 0) + size_bytes);
  }

  /** The body that follows is thrown away by Node as it comes, so the connection and its next request stay whole. */
  private refuse(request: FastifyRequest, reply: FastifyReply): void {
    this.metrics.countRefusedAtDoor();
    const now_ms = performance.now();
    if (now_ms - this.loggedAt_ms > LOG_INTERVAL_ms) {
      this.loggedAt_ms = now_ms;
      const facts = { requests: this.requests, bodies_bytes: this.bodies_bytes, source: request.source?.sourceId };
      this.logger.warn(facts, 'the door is full: requests are refused for the moment');
    }
    sendProblem(reply, REFUSAL, request.id);
  }
}

/** What a request may bring: what it declares, more where it is compressed, a guess where it declares nothing. */
function expectedSize({ headers }: FastifyRequest): number {
  const declared = headers['content-length'];
  if (declared === undefined) return headers['transfer-encoding'] === undefined ? 0 : UNDECLARED_BODY_bytes;
  const factor = headers['content-encoding'] === undefined ? 1 : GZIP_FACTOR;
  return Math.min(Number(declared) * factor, BODY_SIZE_MAX_bytes);
}
