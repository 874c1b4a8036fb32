/**
 * What an error of PostgreSQL, or of the way to it, means for the one who asked. A question that got no answer is never
 * taken as refused or as done: who repeats it must be able to tell (appends can, by their event ids).
 */
import { StoreUnavailable } from '#lib/event-store';

/** Pause that a refused caller is advised to make. */
export const RETRY_AFTER_ms = 1000;

export const unavailable = (message: string): StoreUnavailable => new StoreUnavailable(message, RETRY_AFTER_ms);

/** SQLSTATE classes and codes after which the same question may succeed, here or on another server. */
const PASSING_CLASSES = ['08', '53', '57'];
const PASSING_CODES = new Set([
  '40001', // serialization failure
  '40P01', // deadlock detected
  '55P03', // lock not available: lock_timeout
  '25006', // read-only: we still talk to the standby of a failover
  '23505', // unique violation: judged again, it will be seen as what it is
  '58030', // I/O error
]);
/** Data or limits: this very content cannot be taken. */
const CONTENT_CLASSES = ['22', '54'];
const SQLSTATE_PATTERN = /^[0-9A-Z]{5}$/;

/** The SQLSTATE, or null when the error is not one that the server sent. */
export function sqlStateOf(error: unknown): string | null {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined && SQLSTATE_PATTERN.test(code) ? code : null;
}

/**
 * - `passing`: try again, perhaps on another connection
 * - `content`: the server refuses this content; without it, the rest may succeed
 * - `lasting`: somebody has to look: rights, missing tables, a password
 */
export type FailureKind = 'passing' | 'content' | 'lasting';

export function kindOfFailure(error: unknown): FailureKind {
  const state = sqlStateOf(error);
  // No word from the server: refused or lost connections, time-outs, name service.
  if (state === null) return 'passing';
  if (PASSING_CODES.has(state) || PASSING_CLASSES.some((start) => state.startsWith(start))) return 'passing';
  return CONTENT_CLASSES.some((start) => state.startsWith(start)) ? 'content' : 'lasting';
}

/** After these the connection is of no use, or leads to a server that is of no use. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === null || state.startsWith('08') || state.startsWith('57P') || state === '25006';
}

/**
 * Whether the server said that the transaction came to nothing. Without its word nobody knows; and a server that ends the
 * connection (57P01 …) may do so between the commit and its answer.
 */
export const isRolledBack = (error: unknown): boolean => !isConnectionLost(error);

/** The message for logs and callers. pg's messages name user and host, never the password. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
