/**
 * Every code that the HTTP edge itself answers with, its status and its title. Codes of the deciders (`KPI.NOT_SMART` …)
 * are theirs; the edge only gives them a status by kind. A code is public and stable: clients test it, never the words.
 */
export const PROBLEM_CATALOGUE = {
  VALIDATION: { status: 400, title: 'The request does not have the expected shape' },
  MALFORMED_BODY: { status: 400, title: 'The body cannot be read' },
  BAD_REQUEST: { status: 400, title: 'The request cannot be understood' },
  INVALID: { status: 400, title: 'A rule of the model is broken' },
  NOT_SIGNED_IN: { status: 401, title: 'Sign in first' },
  CREDENTIAL_REFUSED: { status: 401, title: 'The credential is not valid' },
  FORBIDDEN: { status: 403, title: 'Your role may not do this' },
  OTHER_UNIT: { status: 403, title: 'This belongs to another unit' },
  OWN_PROPOSAL: { status: 403, title: 'Nobody decides on an own proposal' },
  OWN_CHECK: { status: 403, title: 'Nobody checks the effect of an own action' },
  OWN_ROLE: { status: 403, title: 'Nobody decides on the own rights' },
  CROSS_SITE: { status: 403, title: 'Another site may not act for you' },
  NO_ACCESS_DECLARED: { status: 403, title: 'Nobody may call this' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  UNKNOWN: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not offered here' },
  CONFLICT: { status: 409, title: 'The present state does not allow this' },
  CHANGED_MEANWHILE: { status: 409, title: 'Others changed this at the same time' },
  BOOTSTRAP_USED_UP: { status: 409, title: 'The first administrator exists already' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  URL_TOO_LONG: { status: 414, title: 'The address is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This content type is not read here' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key was used for another request' },
  TOO_MANY_FAILURES: { status: 429, title: 'Too many failed attempts' },
  TOO_MANY_LISTENERS: { status: 503, title: 'Too many listeners' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  STREAM_UNREADABLE: { status: 500, title: 'The log holds something that cannot be read' },
  UNAVAILABLE: { status: 503, title: 'This cannot be taken now; try again' },
  OVERLOADED: { status: 503, title: 'More arrives than can be stored; try again' },
  VIEWS_BEHIND: { status: 503, title: 'The views have not got there yet; try again' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEM_CATALOGUE;

/** Seconds after which a caller may try again when the refusing part did not say. */
export const RETRY_AFTER_DEFAULT_s = 1;
