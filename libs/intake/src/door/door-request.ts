import { type AuthenticatedSource } from '../registry/source-registry.js';

/** What the edge hands over: bytes and headers as they came, and who sent them. */
export interface DoorRequest {
  readonly source: AuthenticatedSource;
  /** The `Content-Type` header as it came. */
  readonly contentType: string | undefined;
  /** The `Content-Encoding` header as it came; absent and `identity` mean plain bytes. */
  readonly contentEncoding?: string | undefined;
  /** As received, not inflated, not decoded. */
  readonly body: Buffer;
  /** Header names in lower case; only `ce-*` are read (CloudEvents in binary mode). */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The `Idempotency-Key` header as it came. */
  readonly idempotencyKey?: string | undefined;
}

export type ItemVerdict = 'duplicate' | 'quarantined' | 'rejected';

/** Why one observation was not simply accepted. */
export interface ItemProblem {
  /** Place among the request's observations, from 0. */
  readonly index: number;
  readonly verdict: ItemVerdict;
  /** Stable code: a quarantine reason of the domain, or a reason of rejection in capitals. */
  readonly reason: string;
  readonly detail: string;
}

/** How many observations were sent and what became of them: sent = accepted + duplicate + quarantined + rejected. */
export interface DoorCounts {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly rejected: number;
}

/** The answer to a request of which something, or nothing at all, had to be stored. */
export interface DoorAnswer extends DoorCounts {
  /** Log position (decimal text) at which everything of this request is stored; null when nothing had to be. */
  readonly position: string | null;
  /** True: this is the answer that the first request with this key got. Absent otherwise. */
  readonly replayed?: true;
  /** The first PROBLEMS_PER_ANSWER_MAX in the order of the request. */
  readonly problems: readonly ItemProblem[];
}

/** Called once for each answer; for metrics. */
export type OnAnswer = (outcome: {
  readonly sourceId: string;
  readonly counts: DoorCounts;
  readonly replayed: boolean;
  readonly duration_seconds: number;
}) => void;

export const PROBLEMS_PER_ANSWER_MAX = 100;
export const BODY_SIZE_MAX_bytes = 8 * 1024 * 1024;
export const OBSERVATIONS_PER_REQUEST_MAX = 10_000;
/** Brackets inside brackets. */
export const NESTING_MAX = 32;
/** Largest text of one observation. It bounds what one quarantined observation can cost. */
export const ITEM_SIZE_MAX_bytes = 8 * 1024;
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
