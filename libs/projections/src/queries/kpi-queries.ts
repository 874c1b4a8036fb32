import { type Explanation, type KpiDetail, type KpiPeriodValue, type KpiSummary, type Page } from '../answers.js';
import { type PageScope, type QueryScope, type ViewSource } from './scope.js';

/** Which KPIs to list. */
export interface KpiFilter {
  readonly unitId?: string;
  readonly goalId?: string;
  readonly lifecycle?: 'draft' | 'active' | 'retired';
}

/** KPIs with their figures. Every method throws `QueryError` for a bad scope and `ViewsNotReady` without views. */
export class KpiQueries {
  constructor(private readonly views: ViewSource) {}

  /** In the order of their ids. */
  list(_filter: KpiFilter, _scope: PageScope): Page<KpiSummary> {
    throw new Error('written next');
  }

  /** Null when there is no such KPI (as of then). */
  detail(_kpiId: string, _scope: QueryScope): KpiDetail | null {
    throw new Error('written next');
  }

  /** Newest period first, from the running one back to the first with data; gaps are listed as no data. */
  periods(_kpiId: string, _scope: PageScope): Page<KpiPeriodValue> | null {
    throw new Error('written next');
  }

  /** `periodLabel` absent: the current period. Throws QueryError PERIOD_INVALID for a label of another kind. */
  explain(_kpiId: string, _periodLabel: string | undefined, _scope: QueryScope): Explanation | null {
    throw new Error('written next');
  }
}
