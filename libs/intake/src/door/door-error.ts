/** What kind of refusal this is; the edge maps it to an HTTP status. */
export type DoorErrorKind =
  /** 400: the caller must send something else. */
  | 'bad-request'
  /** 415: this media type or content coding is not read here. */
  | 'unsupported-media-type'
  /** 413: more bytes or observations than one request may hold. */
  | 'too-large'
  /** 422: understood, but it contradicts what was said before. */
  | 'unprocessable'
  /** 409: the same request is being worked on. */
  | 'conflict'
  /** 503 with Retry-After: the same request is right later; nothing was acknowledged. */
  | 'unavailable';

/** Stable and public: callers may test for them. */
export type DoorErrorCode =
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNSUPPORTED_CONTENT_ENCODING'
  | 'BODY_TOO_LARGE'
  | 'TOO_MANY_OBSERVATIONS'
  | 'QUARANTINE_TOO_LARGE'
  | 'BAD_GZIP'
  | 'EMPTY_BODY'
  | 'NOT_UTF8'
  | 'MALFORMED_JSON'
  | 'NESTED_TOO_DEEP'
  | 'MALFORMED_CSV'
  | 'CSV_NOT_MAPPED'
  | 'CSV_COLUMNS_UNKNOWN'
  | 'BAD_CLOUD_EVENT'
  | 'NOTHING_ACCEPTABLE'
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_PROGRESS'
  | 'INTAKE_FULL'
  | 'STORE_UNAVAILABLE';

/** One thing that is wrong with a request, addressed so that its sender finds it: `item 3`, `line 17, column PM2.5`. */
export interface DoorProblem {
  readonly where: string;
  /** Stable code. */
  readonly reason: string;
  readonly what: string;
}

/** The request as a whole was refused and nothing of it was stored. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  constructor(
    readonly kind: DoorErrorKind,
    readonly code: DoorErrorCode,
    /** One sentence: what is wrong and what to do. */
    message: string,
    readonly details: {
      readonly problems?: readonly DoorProblem[];
      /** For `unavailable` and `conflict`: when to try again. */
      readonly retryAfter_ms?: number;
    } = {},
  ) {
    super(message);
  }

  get problems(): readonly DoorProblem[] {
    return this.details.problems ?? [];
  }

  get retryAfter_ms(): number | undefined {
    return this.details.retryAfter_ms;
  }
}
