import { Injectable } from '@nestjs/common';
import { CalendarError, dayBounds_ms } from '#lib/analysis';
import { isLocalDate, notFound } from '#lib/domain';
import type { PageScope } from '#lib/projections';
import { PresentTime } from '../time.js';
import { FreshViews } from './fresh-views.js';
import type { PageQuery } from './scope.queries.js';

/** Turns what a query was told into what the views are asked, after waiting for them where the caller wants that. */
@Injectable()
export class QueryScopes {
  constructor(
    private readonly views: FreshViews,
    private readonly time: PresentTime,
  ) {}

  async scopeOf({ waitFor, asOf, limit, cursor }: PageQuery): Promise<PageScope> {
    if (waitFor !== undefined) await this.views.reach(BigInt(waitFor));
    return { now_ms: this.time.now_ms(), asOf: asOf === undefined ? undefined : this.momentOf(asOf), limit, cursor };
  }

  /** A date alone means the end of that day here: "as of 30 June" includes what was recorded on 30 June. */
  private momentOf(asOf: string): string {
    if (!isLocalDate(asOf)) return asOf;
    try {
      return new Date(dayBounds_ms(asOf, this.time.timeZone).until_ms - 1).toISOString();
    } catch (error) {
      // A date beyond the calendar: the views refuse it in their own words.
      if (error instanceof CalendarError) return asOf;
      throw error;
    }
  }
}

/** The answer, or 404 when there was no such thing (as of then). */
export function found<Answer>(answer: Answer | null, what: string): Answer {
  if (answer === null) throw notFound('NOT_FOUND', `There is no ${what}, or there was none then.`);
  return answer;
}
