import { type GoalState, unitWarnings, type UnitState } from '#lib/domain';
import { type GoalSummary, type Page, type UnitSummary } from '../answers.js';
import { listRecords, readRecord, type RecordAt } from '../records/read-records.js';
import { cursorOf, limitOf, pageOf } from './page.js';
import { type Moment, momentOf, type PageScope, type QueryScope, type ViewSource } from './scope.js';

/** Units and goals. Every method throws `QueryError` for a bad scope and `ViewsNotReady` without views. */
export class UnitQueries {
  constructor(private readonly views: ViewSource) {}

  /** Units that are not retired, in the order of their ids. */
  units(scope: PageScope): Page<UnitSummary> {
    const limit = limitOf(scope);
    const [after] = cursorOf(scope, ['']) ?? [''];
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const keep = ({ status }: UnitState): boolean => status === 'active';
      const rows = listRecords<UnitState>(moment, 'unit', { keep }, after, limit + 1);
      return pageOf(moment, rows, limit, ({ id }) => [id], unitSummary);
    });
  }

  /** Also a retired one; null when there is none (as of then). */
  unit(unitId: string, scope: QueryScope): UnitSummary | null {
    return this.views.read((database) => {
      const record = readRecord<UnitState>(momentOf(database, scope), 'unit', unitId);
      return record === undefined ? null : unitSummary(record);
    });
  }

  /** In the order of their ids. */
  goals(filter: { readonly unitId?: string }, scope: PageScope): Page<GoalSummary> {
    const limit = limitOf(scope);
    const [after] = cursorOf(scope, ['']) ?? [''];
    const { unitId } = filter;
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const keep = ({ definition }: GoalState): boolean => unitId === undefined || definition?.unitId === unitId;
      const rows = listRecords<GoalState>(moment, 'goal', { unitId, keep }, after, limit + 1);
      return pageOf(
        moment,
        rows,
        limit,
        ({ id }) => [id],
        (row) => goalSummary(moment, row),
      );
    });
  }
}

function unitSummary({ id, state }: RecordAt<UnitState>): UnitSummary {
  return {
    unitId: id,
    name: state.name ?? {},
    parentUnitId: state.parentUnitId ?? null,
    activeKpis: state.seats.length,
    warnings: unitWarnings(state),
  };
}

function goalSummary(moment: Moment, { id, state }: RecordAt<GoalState>): GoalSummary {
  const definition = state.definition!;
  const measures = (kpi: { readonly definition?: { readonly goalId?: string } }): boolean =>
    kpi.definition?.goalId === id;
  const kpis = listRecords(moment, 'kpi', { goalId: id, keep: measures }, '', Number.POSITIVE_INFINITY);
  return {
    goalId: id,
    unitId: definition.unitId,
    name: definition.name,
    description: definition.description ?? null,
    parentGoalId: definition.parentGoalId ?? null,
    dueDate: definition.dueDate ?? null,
    state: state.status === 'closed' ? 'closed' : 'open',
    outcome: state.outcome ?? null,
    kpiIds: kpis.map((kpi) => kpi.id),
  };
}
