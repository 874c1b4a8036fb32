import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { methodsAt } from '../access/list-routes.js';
import { PROBLEM_CATALOGUE } from './catalogue.js';
import { PROBLEM_HEADERS, PROBLEM_MEDIA_TYPE, type ProblemReport, problemText } from './problem-report.js';
import { problemAnswerOf, type ProblemAnswer } from './problem.js';

/** The one place where errors become answers, of controllers, of hooks, of the parser and of the router alike. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly report: ProblemReport) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = asked(request, problemAnswerOf(error));
    this.report.note(error, answer, {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      who: () => ({ caller: request.caller.id, role: request.caller.role, address: request.ip }),
    });
    if (!reply.sent && !reply.raw.headersSent) sendProblem(reply, answer, request.id);
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

/** Writes the answer; for the filter and for what fails before there is a route. */
export function sendProblem(reply: FastifyReply, answer: ProblemAnswer, requestId: string): void {
  void reply
    .status(answer.status)
    .headers(answer.headers)
    .headers(PROBLEM_HEADERS)
    .type(PROBLEM_MEDIA_TYPE)
    .send(problemText(answer, requestId));
}
