import { HttpException } from '@nestjs/common';
import { DomainError, type DomainErrorKind, type DomainProblem } from '#lib/domain';
import { EventStoreError, StoreUnavailable } from '#lib/event-store';
import { DoorError, type DoorErrorKind } from '#lib/intake';
import { QueryError } from '#lib/projections';
import { ViewsNotReady } from '#lib/read-models';
import { PROBLEM_CATALOGUE, RETRY_AFTER_DEFAULT_s, type ProblemCode } from './catalogue.js';
import { RequestRefused } from './request-refused.js';

/** The body of an error answer (RFC 9457), media type `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** `urn:uuid:` and the id under which our log knows this request. */
  readonly instance: string;
  readonly problems?: readonly DomainProblem[];
}

export interface ProblemAnswer {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly problems?: readonly DomainProblem[];
  readonly headers: Readonly<Record<string, string>>;
  /** Our fault or our trouble, not the caller's: log it as an error with its stack. */
  readonly ours: boolean;
}

const CODE_OF_KIND: Readonly<Record<DomainErrorKind, ProblemCode>> = {
  invalid: 'INVALID',
  forbidden: 'FORBIDDEN',
  'not-found': 'UNKNOWN',
  conflict: 'CONFLICT',
};

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'BAD_REQUEST',
  401: 'NOT_SIGNED_IN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'BODY_TOO_LARGE',
  414: 'URL_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'UNAVAILABLE',
};

const MILLISECONDS_PER_SECOND = 1000;

/**
 * Says how an error is answered. Total: whatever was thrown, there is an answer, and what is not known to be safe to show
 * (message, stack, path, SQL of an unknown error) is not shown.
 */
export function problemAnswerOf(error: unknown): ProblemAnswer {
  if (error instanceof RequestRefused) return fromRefusal(error);
  if (error instanceof DomainError) return fromDomain(error);
  if (error instanceof EventStoreError) return fromStore(error);
  if (error instanceof DoorError) return fromDoor(error);
  if (error instanceof QueryError) return fromQuery(error);
  if (error instanceof ViewsNotReady) {
    return fromCatalogue('VIEWS_BEHIND', 'The views are being built; try again in a moment.', retryAfter());
  }
  const status = statusOf(error);
  const code = status === null ? 'INTERNAL' : (CODE_OF_STATUS[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL'));
  return code === 'INTERNAL' ? internalError() : fromCatalogue(code, `${PROBLEM_CATALOGUE[code].title}.`);
}

function fromCatalogue(code: ProblemCode, detail: string, headers: Record<string, string> = {}): ProblemAnswer {
  const { status, title } = PROBLEM_CATALOGUE[code];
  return { status, title, code, detail, headers, ours: status === 500 };
}

function fromRefusal(error: RequestRefused): ProblemAnswer {
  const { problems, retryAfter_s, headers } = error.more;
  const answer = fromCatalogue(error.code, error.detail, {
    ...headers,
    ...(retryAfter_s !== undefined && { 'retry-after': String(retryAfter_s) }),
  });
  return problems === undefined ? answer : { ...answer, problems };
}

function fromDomain(error: DomainError): ProblemAnswer {
  // Refusals of the model whose kind alone would say too little: the last word of the code has a title of its own.
  const ending = error.code.split('.').at(-1);
  const titled =
    ending === 'OWN_PROPOSAL' || ending === 'OWN_CHECK' || ending === 'OWN_ROLE' ? ending : CODE_OF_KIND[error.kind];
  const answer = fromCatalogue(titled, error.message);
  return { ...answer, code: error.code, ...(error.problems.length > 0 && { problems: error.problems }) };
}

const internalError = (): ProblemAnswer =>
  fromCatalogue('INTERNAL', 'The error is in our log under the id given as instance.');

/** The store's own words name streams and ids of the log, so they are not passed on. */
function fromStore(error: EventStoreError): ProblemAnswer {
  switch (error.code) {
    case 'WRONG_EXPECTED_REVISION':
    case 'CONCURRENCY_EXHAUSTED':
      return fromCatalogue('CHANGED_MEANWHILE', 'Read it again, and send your decision again if it still stands.');
    case 'EVENT_ID_CONFLICT':
    case 'COMMAND_ID_CONFLICT':
      return fromCatalogue('IDEMPOTENCY_KEY_REUSED', 'Use a new Idempotency-Key for a new request.');
    case 'EVENT_TOO_LARGE':
      return fromCatalogue('BODY_TOO_LARGE', 'What is to be recorded is too large for one event.');
    case 'STORE_UNAVAILABLE': {
      const wait_ms = error instanceof StoreUnavailable ? error.retryAfter_ms : 0;
      return fromCatalogue('UNAVAILABLE', 'The log cannot take this now; nothing was recorded.', retryAfter(wait_ms));
    }
    case 'STREAM_UNREADABLE':
      return fromCatalogue(
        'STREAM_UNREADABLE',
        'The history of what this is about holds an event that this program cannot follow, so nothing can be decided on it. Which event it is stands in our log under the id given as instance; tell the operator.',
      );
    case 'EMPTY_APPEND':
    case 'INVALID_EVENT':
    case 'STORE_NEWER_THAN_PROGRAM':
    case 'STORE_IN_USE':
    case 'STORE_READ_ONLY':
    case 'STREAM_DELETED':
    case 'NOT_NEXT_IN_LOG':
      return internalError();
  }
}

/** A client error that Nest, Fastify or its plugins found: its status is kept, its words are ours. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode >= 400 && error.statusCode < 600 ? error.statusCode : null;
  }
  return null;
}

const STATUS_OF_DOOR_KIND: Readonly<Record<DoorErrorKind, number>> = {
  'bad-request': 400,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  unavailable: 503,
};

/** The door's codes and words are made for its callers; only the status is ours. */
function fromDoor(error: DoorError): ProblemAnswer {
  const status = STATUS_OF_DOOR_KIND[error.kind];
  const mayRetry = error.kind === 'unavailable' || error.kind === 'conflict';
  return {
    status,
    title: DOOR_TITLE,
    code: error.code,
    detail: error.message,
    headers: mayRetry ? retryAfter(error.retryAfter_ms) : {},
    ours: false,
    ...(error.problems.length > 0 && { problems: error.problems }),
  };
}

const DOOR_TITLE = 'Nothing of this request was stored';

function fromQuery(error: QueryError): ProblemAnswer {
  return { ...fromCatalogue('BAD_REQUEST', error.message), code: error.code };
}

const retryAfter = (wait_ms = 0): Record<string, string> => ({
  'retry-after': String(Math.max(RETRY_AFTER_DEFAULT_s, Math.ceil(wait_ms / MILLISECONDS_PER_SECOND))),
});
