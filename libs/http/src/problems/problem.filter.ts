import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '#lib/platform';
import type { HttpLogger } from '../http-logger.js';
import { methodsAt } from '../access/list-routes.js';
import { PROBLEM_CATALOGUE, type ProblemCode } from './catalogue.js';
import { problemAnswerOf, type Problem, type ProblemAnswer } from './problem.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
const PROBLEM_TYPE_PREFIX = 'urn:tallystick:problem:';

/** The one place where errors become answers, of controllers, of hooks, of the parser and of the router alike. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: HttpLogger,
    private readonly metrics: Metrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = asked(request, problemAnswerOf(error));
    this.log(error, answer, request);
    if (answer.status >= 500) this.metrics.countServerError(request.routeOptions.url ?? 'none');
    if (!reply.sent && !reply.raw.headersSent) sendProblem(reply, answer, request.id);
  }

  private log(error: unknown, answer: ProblemAnswer, request: FastifyRequest): void {
    const { code, status } = answer;
    const facts = { requestId: request.id, method: request.method, route: request.routeOptions.url, code };
    if (answer.ours) this.logger.error({ ...facts, err: error }, 'request failed');
    else if (status >= 500) this.logger.warn(facts, 'request refused for the moment');
    else if (SECURITY_CODES.has(code)) this.logger.warn({ ...facts, ...whoOf(request) }, 'access refused');
    else this.logger.debug(facts, 'request refused');
  }
}

const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** What only the request knows: which methods its address has, and how large its body may be. */
function asked(request: FastifyRequest, answer: ProblemAnswer): ProblemAnswer {
  if (answer.code === 'NOT_FOUND' && request.is404) {
    const methods = methodsAt(request.server.server, request.url);
    return methods.length === 0 ? answer : notAllowed(request.method, methods);
  }
  if (answer.code === 'BODY_TOO_LARGE' && answer.detail === `${answer.title}.`) {
    const limit_bytes = request.routeOptions.bodyLimit;
    return { ...answer, detail: `The body may have at most ${limit_bytes / BYTES_PER_MEBIBYTE} MiB here.` };
  }
  return answer;
}

function notAllowed(method: string, methods: readonly string[]): ProblemAnswer {
  const { status, title } = PROBLEM_CATALOGUE.METHOD_NOT_ALLOWED;
  const allowed = methods.join(', ');
  const detail = `${method} is not offered at this address; it has ${allowed}.`;
  return { status, title, code: 'METHOD_NOT_ALLOWED', detail, headers: { allow: allowed }, ours: false };
}

/** Refusals that an operator should see; beyond the failure limit an address only causes `TOO_MANY_FAILURES`, unseen. */
const SECURITY_CODES: ReadonlySet<string> = new Set<ProblemCode>([
  'CREDENTIAL_REFUSED',
  'CROSS_SITE',
  'FORBIDDEN',
  'NO_ACCESS_DECLARED',
]);

const whoOf = ({ caller, ip }: FastifyRequest): object => ({ caller: caller.id, role: caller.role, address: ip });

/** Writes the answer; for the filter and for what fails before there is a route. */
export function sendProblem(reply: FastifyReply, answer: ProblemAnswer, requestId: string): void {
  void reply
    .status(answer.status)
    .headers(answer.headers)
    .header('cache-control', 'no-store')
    // Set again here, because what fails before there is a route meets no hook.
    .header('x-content-type-options', 'nosniff')
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(bodyOf(answer, requestId)));
}

function bodyOf(answer: ProblemAnswer, requestId: string): Problem {
  return {
    type: PROBLEM_TYPE_PREFIX + answer.code,
    title: answer.title,
    status: answer.status,
    code: answer.code,
    detail: answer.detail,
    instance: `urn:uuid:${requestId}`,
    ...(answer.problems !== undefined && { problems: answer.problems }),
  };
}
