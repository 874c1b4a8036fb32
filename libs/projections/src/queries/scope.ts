import { type LiveViews, type ViewDatabase } from '#lib/read-models';
import { type AsOf } from '../answers.js';
import { positionAtTime_ms, recordedAt_ms } from '../log-times/log-times.js';

/** What every query may be told. */
export interface QueryScope {
  /** The clock, in milliseconds since the Unix epoch: what is "today" for status, expected value and the running period. */
  readonly now_ms: number;
  /**
   * A log position in digits or an RFC 3339 time that is not in the future: the answer as it was known then. Absent: as it is
   * known now. What is "today" is then told by that time, or by when the event at that position was recorded, so that the
   * same `asOf` gives the same answer for ever, whatever comes to the log and whenever it is asked.
   */
  readonly asOf?: string;
}

/** For lists. */
export interface PageScope extends QueryScope {
  /** 1 to PAGE_LIMIT_MAX; default PAGE_LIMIT_DEFAULT. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export const PAGE_LIMIT_DEFAULT = 100;
export const PAGE_LIMIT_MAX = 500;

/** A question that cannot be answered as it was put; `code` is stable. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  constructor(
    readonly code:
      'AS_OF_INVALID' | 'AS_OF_NOT_REACHED' | 'CURSOR_INVALID' | 'LIMIT_INVALID' | 'PERIOD_INVALID' | 'TIME_INVALID',
    message: string,
  ) {
    super(message);
  }
}

/** Where queries read: the live generation in the service, one given file in tests and tools. */
export type ViewSource = Pick<LiveViews, 'read'>;

/** A source over one open database. */
export function sourceOf(database: ViewDatabase): ViewSource {
  return { read: (work) => database.snapshot(() => work(database)) };
}

/** The moment an answer speaks of. */
export interface Moment {
  readonly database: ViewDatabase;
  /** Nothing beyond this log position may show in the answer. */
  readonly position: number;
  /** False when the views stand exactly here: then the current tables may answer. */
  readonly past: boolean;
  /** The clock of the answer: now, the time asked for, or when the position asked for was recorded. */
  readonly now_ms: number;
  readonly asOf: AsOf;
}

/**
 * Resolves `asOf` against the views.
 * @throws QueryError AS_OF_INVALID for text that is neither digits nor a time; AS_OF_NOT_REACHED for a position beyond the
 * views, and for a time that is still to come (clamping it to now was rejected: the same question would get other answers)
 */
export function momentOf(database: ViewDatabase, scope: QueryScope): Moment {
  const head = database.get<{ position: number }>('SELECT position FROM checkpoint WHERE id = 1')?.position ?? 0;
  const { position, time_ms } = resolveAsOf(database, scope, head);
  const recorded_ms = recordedAt_ms(database, position);
  return {
    database,
    position,
    past: position < head,
    now_ms: time_ms ?? (scope.asOf === undefined ? null : recorded_ms) ?? scope.now_ms,
    asOf: { position: String(position), recordedAt: recorded_ms === null ? null : instantOf(recorded_ms) },
  };
}

/** The position, and the time where one was asked for. */
function resolveAsOf(
  database: ViewDatabase,
  { asOf, now_ms }: QueryScope,
  head: number,
): { readonly position: number; readonly time_ms?: number } {
  if (asOf === undefined) return { position: head };
  if (/^\d{1,19}$/.test(asOf)) {
    const position = Number(asOf);
    if (position <= head) return { position };
    throw new QueryError('AS_OF_NOT_REACHED', `the views have reached position ${head}, not yet ${asOf}`);
  }
  const time_ms = timeOf_ms(asOf);
  if (time_ms === null) throw new QueryError('AS_OF_INVALID', 'asOf must be a log position or an RFC 3339 time');
  if (time_ms > now_ms) throw new QueryError('AS_OF_NOT_REACHED', `${asOf} is still to come`);
  return { position: Math.min(head, positionAtTime_ms(database, time_ms)), time_ms };
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the Unix epoch of an RFC 3339 time; null for anything else. */
export function timeOf_ms(text: string): number | null {
  const time_ms = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time_ms) ? null : time_ms;
}

/** RFC 3339 in UTC with milliseconds. */
export function instantOf(time_ms: number): string {
  return new Date(time_ms).toISOString();
}
