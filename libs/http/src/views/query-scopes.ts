import { Injectable } from '@nestjs/common';
import { notFound } from '#lib/domain';
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
    return { now_ms: this.time.now_ms(), asOf, limit, cursor };
  }
}

/** The answer, or 404 when there was no such thing (as of then). */
export function found<Answer>(answer: Answer | null, what: string): Answer {
  if (answer === null) throw notFound('NOT_FOUND', `There is no ${what}, or there was none then.`);
  return answer;
}
