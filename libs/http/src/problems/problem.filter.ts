import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '#lib/platform';
import type { HttpLogger } from '../dependencies.js';
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
    const answer = problemAnswerOf(error);
    this.log(error, answer, request);
    if (answer.status >= 500) this.metrics.countServerError(request.routeOptions.url ?? 'none');
    if (!reply.sent && !reply.raw.headersSent) sendProblem(reply, answer, request.id);
  }

  private log(error: unknown, answer: ProblemAnswer, request: FastifyRequest): void {
    const facts = { requestId: request.id, method: request.method, route: request.routeOptions.url, code: answer.code };
    if (answer.ours) this.logger.error({ ...facts, err: error }, 'request failed');
    else if (answer.status >= 500) this.logger.warn(facts, 'request refused for the moment');
    else this.logger.debug(facts, 'request refused');
  }
}

/** Writes the answer; for the filter and for what fails before there is a route. */
export function sendProblem(reply: FastifyReply, answer: ProblemAnswer, requestId: string): void {
  void reply
    .status(answer.status)
    .headers(answer.headers)
    .header('cache-control', 'no-store')
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
