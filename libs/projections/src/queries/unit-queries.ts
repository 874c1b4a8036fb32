import { type GoalSummary, type Page, type UnitSummary } from '../answers.js';
import { type PageScope, type QueryScope, type ViewSource } from './scope.js';

/** Units and goals. */
export class UnitQueries {
  constructor(private readonly views: ViewSource) {}

  units(_scope: PageScope): Page<UnitSummary> {
    throw new Error('written next');
  }

  unit(_unitId: string, _scope: QueryScope): UnitSummary | null {
    throw new Error('written next');
  }

  goals(_filter: { readonly unitId?: string }, _scope: PageScope): Page<GoalSummary> {
    throw new Error('written next');
  }
}
