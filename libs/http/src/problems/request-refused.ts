import type { DomainProblem } from '#lib/domain';
import type { ProblemCode } from './catalogue.js';

/** A refusal by the HTTP edge itself, with a code of the catalogue. Refusals of the model are `DomainError`s. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly code: ProblemCode,
    /** One sentence: what is wrong and what to do. Goes to the caller as it is. */
    readonly detail: string,
    readonly more: {
      readonly problems?: readonly DomainProblem[];
      readonly retryAfter_s?: number;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
  }
}
