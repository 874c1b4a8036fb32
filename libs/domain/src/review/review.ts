import { requireAddressee, type Subject } from '../checks/addressee.js';
import { isObject, plain, sameContent } from '../checks/content.js';
import {
  checkDate,
  checkIdentifier,
  checkNumberOrNull,
  checkOneOf,
  checkPeriodLabel,
  checkPosition,
  checkReason,
  checkText,
} from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { type LocalDate } from '../common.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict } from '../errors.js';
import { REVIEW_AGENDA_MAX, REVIEW_FINDINGS_MAX, TEXT_LENGTH_MAX } from '../limits.js';
import { type AgendaItem, type Finding, type ReviewEvent } from './review.events.js';

export type ReviewCommand =
  /** `agenda` and `asOf` come from the data, not from the person. */
  | CommandOf<
      'OpenReview',
      {
        readonly reviewId: string;
        readonly unitId: string;
        readonly period: string;
        readonly agenda: readonly AgendaItem[];
        readonly asOf: string;
        readonly today: LocalDate;
      }
    >
  | CommandOf<'RecordFinding', { readonly reviewId: string } & Finding>
  | CommandOf<'CloseReview', { readonly reviewId: string; readonly conclusion: string; readonly today: LocalDate }>;

export interface ReviewState {
  readonly status: 'none' | 'open' | 'closed';
  readonly reviewId?: string;
  readonly unitId?: string;
  readonly period?: string;
  readonly openedOn?: LocalDate;
  readonly agenda: readonly AgendaItem[];
  readonly asOf?: string;
  /** In the order in which they were recorded. */
  readonly findings: readonly Finding[];
  readonly conclusion?: string;
  readonly closedOn?: LocalDate;
}

type Command<Type extends ReviewCommand['type']> = Extract<ReviewCommand, { type: Type }>;

const AGENDA_REASONS: readonly AgendaItem['reason'][] = [
  'off-track',
  'at-risk',
  'no-data',
  'on-track',
  'open-target-change',
  'overdue-action',
];
const FINDING_PARTS = ['criteria', 'condition', 'cause', 'effect'] as const;

export const reviewStream = (reviewId: string): string => `review-${reviewId}`;

function checkAgenda(problems: Problems, agenda: unknown): void {
  if (!Array.isArray(agenda)) return problems.add('agenda', 'is not a list');
  if (agenda.length > REVIEW_AGENDA_MAX) problems.add('agenda', `has more than ${REVIEW_AGENDA_MAX} items`);
  agenda.forEach((item: unknown, index) => {
    const where = `agenda.${index}`;
    if (!isObject(item)) return problems.add(where, 'is not an agenda item');
    checkIdentifier(problems, `${where}.kpiId`, item['kpiId']);
    if (item['goalId'] !== undefined) checkIdentifier(problems, `${where}.goalId`, item['goalId']);
    if (item['period'] !== undefined) checkPeriodLabel(problems, `${where}.period`, item['period']);
    checkOneOf(problems, `${where}.reason`, item['reason'], AGENDA_REASONS);
    for (const figure of ['value', 'expected', 'attainment_percent']) {
      checkNumberOrNull(problems, `${where}.${figure}`, item[figure]);
    }
  });
}

const SUBJECT: Subject = { model: 'REVIEW', noun: 'review', remedy: 'open it first' };

function requireKnown(state: ReviewState, reviewId: string): void {
  requireAddressee(SUBJECT, reviewId, state.reviewId);
}

function requireOpen(state: ReviewState, reviewId: string): void {
  requireKnown(state, reviewId);
  if (state.status === 'closed') {
    throw conflict('REVIEW.CLOSED', `The review ${reviewId} is closed; open a new one.`);
  }
}

function open(command: Command<'OpenReview'>, state: ReviewState): readonly ReviewEvent[] {
  const { reviewId, unitId, period, agenda, asOf, today } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'reviewId', reviewId);
  checkIdentifier(problems, 'unitId', unitId);
  checkPeriodLabel(problems, 'period', period);
  checkAgenda(problems, agenda);
  checkPosition(problems, 'asOf', asOf);
  checkDate(problems, 'today', today);
  problems.refuse('REVIEW.INVALID', 'The review');
  if (state.status === 'none') {
    const data = plain({ reviewId, unitId, period, openedOn: today, agenda, asOf });
    return [{ type: 'ReviewOpened', data }];
  }
  requireOpen(state, reviewId);
  // The agenda is left out: the data move on, but asking for the same review again is still the same request.
  if (state.unitId === unitId && state.period === period) return [];
  throw conflict(
    'REVIEW.ID_TAKEN',
    `There is a review ${reviewId} already, of ${state.unitId} for ${state.period}; choose another id.`,
  );
}

function recordFinding(command: Command<'RecordFinding'>, state: ReviewState): readonly ReviewEvent[] {
  const { reviewId, findingId, kpiId, goalId, criteria, condition, cause, effect } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'findingId', findingId);
  if (kpiId !== undefined) checkIdentifier(problems, 'kpiId', kpiId);
  if (goalId !== undefined) checkIdentifier(problems, 'goalId', goalId);
  for (const part of FINDING_PARTS) checkText(problems, part, command[part], { max: TEXT_LENGTH_MAX });
  problems.refuse('REVIEW.FINDING_INVALID', 'The finding');
  requireOpen(state, reviewId);
  const finding: Finding = plain({ findingId, kpiId, goalId, criteria, condition, cause, effect });
  const known = state.findings.find((other) => other.findingId === findingId);
  if (known && sameContent(known, finding)) return [];
  if (known) {
    throw conflict(
      'REVIEW.FINDING_ID_TAKEN',
      `The review ${reviewId} has a finding ${findingId} already, with other content; choose another id.`,
    );
  }
  if (state.findings.length >= REVIEW_FINDINGS_MAX) {
    throw conflict('REVIEW.TOO_MANY_FINDINGS', `A review holds at most ${REVIEW_FINDINGS_MAX} findings; open another.`);
  }
  return [{ type: 'FindingRecorded', data: { reviewId, unitId: state.unitId ?? '', finding } }];
}

function close(command: Command<'CloseReview'>, state: ReviewState): readonly ReviewEvent[] {
  const { reviewId, conclusion, today } = command;
  const problems = new Problems();
  checkReason(problems, 'conclusion', conclusion);
  const dated = checkDate(problems, 'today', today);
  if (dated && state.openedOn !== undefined && today < state.openedOn) {
    problems.add('today', `is before ${state.openedOn}, the day on which the review was opened`);
  }
  problems.refuse('REVIEW.CLOSING_INVALID', 'The closing of the review');
  requireKnown(state, reviewId);
  if (state.status === 'closed') {
    if (state.conclusion === conclusion) return [];
    throw conflict('REVIEW.CLOSED', `The review ${reviewId} is closed already, with another conclusion.`);
  }
  return [{ type: 'ReviewClosed', data: { reviewId, unitId: state.unitId ?? '', conclusion, closedOn: today } }];
}

function decide(command: ReviewCommand, state: ReviewState): readonly ReviewEvent[] {
  switch (command.type) {
    case 'OpenReview':
      return open(command, state);
    case 'RecordFinding':
      return recordFinding(command, state);
    case 'CloseReview':
      return close(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: ReviewState, event: ReviewEvent): ReviewState {
  switch (event.type) {
    case 'ReviewOpened':
      return { status: 'open', ...event.data, findings: [] };
    case 'FindingRecorded':
      return { ...state, findings: [...state.findings, event.data.finding] };
    case 'ReviewClosed':
      return { ...state, status: 'closed', conclusion: event.data.conclusion, closedOn: event.data.closedOn };
    default:
      return assertNever(event);
  }
}

/** The review of one unit and period: opened with an agenda from the data, findings, closed with a conclusion. */
export const reviewDecider: Decider<ReviewCommand, ReviewState, ReviewEvent> = {
  initialState: { status: 'none', agenda: [], findings: [] },
  decide,
  evolve,
};
