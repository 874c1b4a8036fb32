import type { Metrics } from '#lib/platform';
import type { HttpLogger } from '../http-logger.js';
import type { ProblemCode } from './catalogue.js';
import type { Problem, ProblemAnswer } from './problem.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
const PROBLEM_TYPE_PREFIX = 'urn:tallystick:problem:';

/** Refusals that an operator should see; beyond the failure limit an address only causes `TOO_MANY_FAILURES`, unseen. */
const SECURITY_CODES: ReadonlySet<string> = new Set<ProblemCode>([
  'CREDENTIAL_REFUSED',
  'CROSS_SITE',
  'FORBIDDEN',
  'NO_ACCESS_DECLARED',
]);

/** Which request was answered with a problem. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly method: string;
  /** The pattern (`/v1/kpis/:id`), never the path that was asked for. */
  readonly route: string | undefined;
  /** Looked up only for refusals that concern security. */
  readonly who: () => object;
}

/** Tells log and metrics of requests that were answered with a problem. */
export class ProblemReport {
  constructor(
    private readonly logger: HttpLogger,
    private readonly metrics: Metrics,
  ) {}

  note(error: unknown, answer: ProblemAnswer, { requestId, method, route, who }: RefusedRequest): void {
    const { code, status } = answer;
    if (status >= 500) this.metrics.countServerError(route ?? 'none');
    const facts = { requestId, method, route, code };
    if (answer.ours) this.logger.error({ ...facts, err: error }, 'request failed');
    else if (status >= 500) this.logger.warn(facts, 'request refused for the moment');
    else if (SECURITY_CODES.has(code)) this.logger.warn({ ...facts, ...who() }, 'access refused');
    else this.logger.debug(facts, 'request refused');
  }
}

/** What stands on every problem, beside the answer's own headers and the content type. */
export const PROBLEM_HEADERS = {
  'cache-control': 'no-store',
  // Set again here, because what fails before there is a route meets no hook.
  'x-content-type-options': 'nosniff',
} as const;

/** The body of a problem answer as JSON text. */
export function problemText(answer: ProblemAnswer, requestId: string): string {
  const problem: Problem = {
    type: PROBLEM_TYPE_PREFIX + answer.code,
    title: answer.title,
    status: answer.status,
    code: answer.code,
    detail: answer.detail,
    instance: `urn:uuid:${requestId}`,
    ...(answer.problems !== undefined && { problems: answer.problems }),
  };
  return JSON.stringify(problem);
}
