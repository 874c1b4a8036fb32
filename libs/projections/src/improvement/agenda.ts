import { type Calendar, type Period, periodOf, previousPeriod } from '#lib/analysis';
import { type AgendaItem, type KpiPeriod, type KpiState, type LocalDate } from '#lib/domain';
import { type KpiPeriodValue } from '../answers.js';

/** What an agenda is taken from: an active KPI, its figure for the review, and the due dates of its unfinished actions. */
export interface AgendaInput {
  readonly kpiId: string;
  readonly state: KpiState;
  readonly figure: KpiPeriodValue;
  readonly openActionsDue: readonly LocalDate[];
}

/**
 * Which period of a KPI a review looks at: the last one of the KPI's kind that ends within the reviewed period or, where none
 * does (a yearly KPI in the review of a month), the last one that had ended by then. While the reviewed period runs, it is no
 * later than the KPI's running period: a year under review has no December yet in November.
 */
export function reviewedPeriod(review: Period, kind: KpiPeriod, today: LocalDate, calendar: Calendar): Period {
  const atEnd = periodOf(review.endsOn, kind, calendar);
  const last = atEnd.endsOn > review.endsOn ? previousPeriod(atEnd, calendar) : atEnd;
  const begun = last.startsOn <= today || review.startsOn > today;
  return begun ? last : periodOf(today, kind, calendar);
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
 * target in force, or whose figure is not judged yet, counts as one without data: nothing can be said of its progress.
 */
export function agendaOf(inputs: readonly AgendaInput[], today: LocalDate): AgendaItem[] {
  const items = inputs.flatMap((input) => reasonsOf(input, today).map((reason) => itemOf(input, reason)));
  return items.sort((a, b) => URGENCY.indexOf(a.reason) - URGENCY.indexOf(b.reason) || compareIds(a, b));
}

function reasonsOf({ state, figure, openActionsDue }: AgendaInput, today: LocalDate): AgendaItem['reason'][] {
  const reasons: AgendaItem['reason'][] = [statusReason(figure.status)];
  if (state.openChanges.length > 0) reasons.push('open-target-change');
  if (openActionsDue.some((dueDate) => dueDate < today)) reasons.push('overdue-action');
  return reasons;
}

function statusReason(status: KpiPeriodValue['status']): AgendaItem['reason'] {
  return status === 'no-target' || status === 'running' ? 'no-data' : status;
}

function itemOf({ kpiId, state, figure }: AgendaInput, reason: AgendaItem['reason']): AgendaItem {
  const { period, value, expected, attainment_percent } = figure;
  const goalId = state.definition?.goalId;
  const figures = { period: period.label, reason, value, expected, attainment_percent };
  return { kpiId, ...(goalId !== undefined && { goalId }), ...figures };
}

function compareIds(a: AgendaItem, b: AgendaItem): number {
  return a.kpiId < b.kpiId ? -1 : a.kpiId > b.kpiId ? 1 : 0;
}
