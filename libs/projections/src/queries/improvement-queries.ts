import { type ActionHistory, type Agenda, type Page, type ReviewHistory } from '../answers.js';
import { type PageScope, type QueryScope, type ViewSource } from './scope.js';

export interface ImprovementFilter {
  readonly unitId?: string;
  readonly goalId?: string;
  readonly kpiId?: string;
}

/** Reviews, findings, actions and whether they worked. */
export class ImprovementQueries {
  constructor(private readonly views: ViewSource) {}

  /** Newest first. */
  reviews(_filter: ImprovementFilter, _scope: PageScope): Page<ReviewHistory> {
    throw new Error('written next');
  }

  /** Newest first. */
  actions(_filter: ImprovementFilter, _scope: PageScope): Page<ActionHistory> {
    throw new Error('written next');
  }

  review(_reviewId: string, _scope: QueryScope): ReviewHistory | null {
    throw new Error('written next');
  }

  action(_actionId: string, _scope: QueryScope): ActionHistory | null {
    throw new Error('written next');
  }

  /** What the data put on the agenda of a review of this unit: every active KPI, open target changes, overdue actions. */
  agenda(_unitId: string, _scope: QueryScope): Agenda {
    throw new Error('written next');
  }
}
