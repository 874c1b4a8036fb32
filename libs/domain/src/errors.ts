/** What kind of refusal this is; the edge maps it to an HTTP status (400, 403, 404, 409) or a job outcome. */
export type DomainErrorKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict';

/** One thing that is missing or wrong, addressed so that a person can mend it. */
export interface DomainProblem {
  /** Dotted path of the field or the letter of the SMART check, for example `target.date` or `smart.measurable`. */
  readonly where: string;
  readonly what: string;
  /** Where `where` is a letter: the fields of the KPI that have to be mended, for example `dataSource`. */
  readonly fields?: readonly string[];
}

/**
 * A refused decision. `code` is stable and public (for example `KPI.NOT_SMART`); `message` says in one sentence what is
 * wrong and what to do; `problems` lists the single findings where there are several.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly kind: DomainErrorKind,
    readonly code: string,
    message: string,
    readonly problems: readonly DomainProblem[] = [],
  ) {
    super(message);
  }
}

/** The input breaks a rule of the model. */
export const invalid = (code: string, message: string, problems: readonly DomainProblem[] = []): DomainError =>
  new DomainError('invalid', code, message, problems);
/** The thing addressed does not exist. */
export const notFound = (code: string, message: string): DomainError => new DomainError('not-found', code, message);
/** The thing addressed exists, but its present state does not allow this. */
export const conflict = (code: string, message: string): DomainError => new DomainError('conflict', code, message);
/** This person may not decide this (for example: approve an own proposal). */
export const forbidden = (code: string, message: string): DomainError => new DomainError('forbidden', code, message);
