import { localDateOf } from '#lib/analysis';
import { type KpiState } from '#lib/domain';
import { type Bindable } from '#lib/read-models';
import { type ActionHistory, type Agenda, type Page, type ReviewHistory } from '../answers.js';
import { type AgendaInput, agendaOf, reviewedPeriod } from '../improvement/agenda.js';
import { actionHistory, reviewHistory } from '../improvement/histories.js';
import { type ImprovementStep, stepsOf } from '../improvement/improvement.js';
import { listRecords } from '../records/read-records.js';
import { calendarAt } from '../shelf.js';
import { figuresOf, periodOfLabel } from './kpi-queries.js';
import { cursorOf, limitOf, pageOf } from './page.js';
import { type Moment, momentOf, type PageScope, type QueryScope, type ViewSource } from './scope.js';

export interface ImprovementFilter {
  readonly unitId?: string;
  readonly goalId?: string;
  readonly kpiId?: string;
}

interface SubjectRow {
  readonly id: string;
  readonly started_at: number;
}

/** Reviews, findings, actions and whether they worked. Throws `QueryError` and `ViewsNotReady` as the others do. */
export class ImprovementQueries {
  constructor(private readonly views: ViewSource) {}

  /** Newest first. By KPI and goal: those whose agenda or findings name it. */
  reviews(filter: ImprovementFilter, scope: PageScope): Page<ReviewHistory> {
    return this.page('review', filter, scope, reviewAt);
  }

  /** Newest first. */
  actions(filter: ImprovementFilter, scope: PageScope): Page<ActionHistory> {
    return this.page('action', filter, scope, actionAt);
  }

  /** Null when there is none (as of then). */
  review(reviewId: string, scope: QueryScope): ReviewHistory | null {
    return this.views.read((database) => reviewAt(momentOf(database, scope), reviewId));
  }

  /** Null when there is none (as of then). */
  action(actionId: string, scope: QueryScope): ActionHistory | null {
    return this.views.read((database) => actionAt(momentOf(database, scope), actionId));
  }

  /**
   * What the data put on the agenda of a review of this unit and period (label such as `2026-11`): every active KPI with its
   * figure for that period, open target changes, overdue actions. A KPI that is reported by another kind of period is looked
   * at in its own last period that ends within the reviewed one (`reviewedPeriod`).
   * @throws QueryError PERIOD_INVALID for what is no period label
   */
  agenda(unitId: string, periodLabel: string, scope: QueryScope): Agenda {
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const calendar = calendarAt(database, moment.position);
      const review = periodOfLabel(periodLabel, calendar);
      const today = localDateOf(moment.now_ms, calendar.timeZone);
      const keep = ({ definition, status }: KpiState): boolean => definition?.unitId === unitId && status === 'active';
      const records = listRecords<KpiState>(moment, 'kpi', { unitId, keep }, '', Number.POSITIVE_INFINITY);
      const inputs = records.map((record): AgendaInput => {
        const figures = figuresOf(moment, record, calendar);
        const figure = figures.valueOf(reviewedPeriod(review, figures.definition.period, today, calendar));
        return { kpiId: record.id, state: record.state, figure, openActionsDue: openActionsDue(moment, record.id) };
      });
      return { items: agendaOf(inputs, today), asOf: moment.asOf };
    });
  }

  private page<Item>(
    kind: ImprovementStep['kind'],
    filter: ImprovementFilter,
    scope: PageScope,
    itemAt: (moment: Moment, id: string) => Item | null,
  ): Page<Item> {
    const limit = limitOf(scope);
    const [before] = cursorOf(scope, [0]) ?? [];
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const last = before === undefined ? moment.position : Math.min(before - 1, moment.position);
      const rows = subjectsOf(moment, kind, filter, last, limit + 1);
      return pageOf(
        moment,
        rows,
        limit,
        ({ started_at }) => [started_at],
        ({ id }) => itemAt(moment, id)!,
      );
    });
  }
}

function subjectsOf(
  { database, position }: Moment,
  kind: ImprovementStep['kind'],
  { unitId, goalId, kpiId }: ImprovementFilter,
  last: number,
  limit: number,
): SubjectRow[] {
  const conditions = ['kind = ?', 'started_at <= ?'];
  const values: Bindable[] = [kind, last];
  if (unitId !== undefined) {
    conditions.push('unit_id = ?');
    values.push(unitId);
  }
  for (const [link, id] of [
    ['goal', goalId],
    ['kpi', kpiId],
  ] as const) {
    if (id === undefined) continue;
    conditions.push(
      'id IN (SELECT id FROM improvement_link WHERE kind = ? AND link = ? AND linked_id = ? AND position <= ?)',
    );
    values.push(kind, link, id, position);
  }
  const sql = `SELECT id, started_at FROM improvement_subject WHERE ${conditions.join(' AND ')}
    ORDER BY started_at DESC LIMIT ?`;
  return database.all<SubjectRow>(sql, ...values, limit);
}

function actionAt({ database, position }: Moment, actionId: string): ActionHistory | null {
  return actionHistory(stepsOf(database, 'action', actionId, position));
}

function reviewAt(moment: Moment, reviewId: string): ReviewHistory | null {
  const { database, position } = moment;
  const sql = 'SELECT id FROM improvement_subject WHERE review_id = ? AND started_at <= ? ORDER BY started_at';
  const actions = database.all<{ id: string }>(sql, reviewId, position).map(({ id }) => actionAt(moment, id)!);
  return reviewHistory(stepsOf(database, 'review', reviewId, position), actions);
}

function openActionsDue(moment: Moment, kpiId: string): string[] {
  const subjects = subjectsOf(moment, 'action', { kpiId }, moment.position, -1);
  const histories = subjects.map(({ id }) => actionAt(moment, id)!);
  return histories.filter(({ state }) => state === 'planned' || state === 'in-progress').map(({ dueDate }) => dueDate);
}
