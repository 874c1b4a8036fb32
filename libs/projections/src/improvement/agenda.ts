import { type AgendaItem, type KpiState, type LocalDate } from '#lib/domain';
import { type KpiPeriodValue } from '../answers.js';

/** What an agenda is taken from: an active KPI, its current figure, and the due dates of its unfinished actions. */
export interface AgendaInput {
  readonly kpiId: string;
  readonly state: KpiState;
  readonly current: KpiPeriodValue;
  readonly openActionsDue: readonly LocalDate[];
}

/** The most pressing first. */
const URGENCY: readonly AgendaItem['reason'][] = [
  'off-track',
  'at-risk',
  'no-data',
  'overdue-action',
  'open-target-change',
  'on-track',
];

/**
 * Every KPI has an item for its status, and one more for an open target change and for an overdue action. A KPI without a
 * target in force counts as one without data: nothing can be said of its progress.
 */
export function agendaOf(inputs: readonly AgendaInput[], today: LocalDate): AgendaItem[] {
  const items = inputs.flatMap((input) => reasonsOf(input, today).map((reason) => itemOf(input, reason)));
  return items.sort((a, b) => URGENCY.indexOf(a.reason) - URGENCY.indexOf(b.reason) || compareIds(a, b));
}

function reasonsOf({ state, current, openActionsDue }: AgendaInput, today: LocalDate): AgendaItem['reason'][] {
  const reasons: AgendaItem['reason'][] = [current.status === 'no-target' ? 'no-data' : current.status];
  if (state.openChanges.length > 0) reasons.push('open-target-change');
  if (openActionsDue.some((dueDate) => dueDate < today)) reasons.push('overdue-action');
  return reasons;
}

function itemOf({ kpiId, current }: AgendaInput, reason: AgendaItem['reason']): AgendaItem {
  const { value, expected, attainment_percent } = current;
  return { kpiId, reason, value, expected, attainment_percent };
}

function compareIds(a: AgendaItem, b: AgendaItem): number {
  return a.kpiId < b.kpiId ? -1 : a.kpiId > b.kpiId ? 1 : 0;
}
