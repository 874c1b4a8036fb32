import { requireAddressee, type Subject } from '../checks/addressee.js';
import { isObject, plain, sameContent } from '../checks/content.js';
import {
  checkDate,
  checkIdentifier,
  checkKnownFields,
  checkLocalizedText,
  checkNumber,
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
import { conflict, forbidden, invalid } from '../errors.js';
import { type KpiDefinition } from '../kpi/kpi.events.js';
import { ACTION_CHECKS_MAX, TEXT_LENGTH_MAX } from '../limits.js';
import { type ActionEvent, type EffectCheck, type Worked } from './action.events.js';

/** What was planned, as in `ActionPlanned`. */
export type ActionPlan = Extract<ActionEvent, { type: 'ActionPlanned' }>['data'];

export type ActionCommand =
  /** `valueAtPlanning` comes from the data and `direction` from the KPI, neither of them from the person. */
  | CommandOf<
      'PlanAction',
      Omit<ActionPlan, 'plannedOn'> & { readonly direction: KpiDefinition['direction']; readonly today: LocalDate }
    >
  | CommandOf<
      'ReportActionProgress',
      { readonly actionId: string; readonly percent: number; readonly note: string; readonly today: LocalDate }
    >
  | CommandOf<'CompleteAction', { readonly actionId: string; readonly note: string; readonly today: LocalDate }>
  /**
   * `value`, `judged`, `asOf` and the last day of the period come from the data; `worked` and `note` are the judgement of
   * the person who checks.
   */
  | CommandOf<
      'CheckActionEffect',
      { readonly actionId: string; readonly periodEndsOn: LocalDate; readonly today: LocalDate } & Omit<
        EffectCheck,
        'checkedOn'
      >
    >
  | CommandOf<'CancelAction', { readonly actionId: string; readonly reason: string }>;

export interface ActionState {
  readonly status: 'none' | 'planned' | 'in-progress' | 'completed' | 'cancelled';
  readonly plan?: ActionPlan;
  readonly progress_percent: number;
  readonly lastReport?: { readonly percent: number; readonly note: string; readonly reportedOn: LocalDate };
  readonly completedOn?: LocalDate;
  readonly completionNote?: string;
  readonly cancellationReason?: string;
  /** One a period, in the order in which they were made. */
  readonly checks: readonly EffectCheck[];
}

type Command<Type extends ActionCommand['type']> = Extract<ActionCommand, { type: Type }>;

const WORKED: readonly Worked[] = ['yes', 'partly', 'no', 'unknown'];

export const actionStream = (actionId: string): string => `action-${actionId}`;

const SUBJECT: Subject = { model: 'ACTION', noun: 'action', remedy: 'plan it first' };

function requirePlan(state: ActionState, actionId: string): ActionPlan {
  requireAddressee(SUBJECT, actionId, state.plan?.actionId);
  return state.plan as ActionPlan;
}

/** The plan of an action that still runs; else says why nothing more can happen to it. */
function requireRunning(state: ActionState, actionId: string): ActionPlan {
  const plan = requirePlan(state, actionId);
  if (state.status === 'completed') {
    throw conflict('ACTION.COMPLETED', `The action ${actionId} is completed; plan another one for what is left to do.`);
  }
  if (state.status === 'cancelled') {
    throw conflict('ACTION.CANCELLED', `The action ${actionId} is cancelled; plan another one.`);
  }
  return plan;
}

function checkPlan(problems: Problems, plan: ActionPlan): void {
  checkIdentifier(problems, 'actionId', plan.actionId);
  checkIdentifier(problems, 'unitId', plan.unitId);
  checkIdentifier(problems, 'kpiId', plan.kpiId);
  checkIdentifier(problems, 'ownerId', plan.ownerId);
  for (const field of ['goalId', 'reviewId', 'findingId'] as const) {
    if (plan[field] !== undefined) checkIdentifier(problems, field, plan[field]);
  }
  if (plan.findingId !== undefined && plan.reviewId === undefined) {
    problems.add('reviewId', 'is missing: a finding belongs to a review');
  }
  checkLocalizedText(problems, 'title', plan.title);
  checkNumberOrNull(problems, 'valueAtPlanning', plan.valueAtPlanning);
  const todayKnown = checkDate(problems, 'today', plan.plannedOn);
  if (checkDate(problems, 'dueDate', plan.dueDate) && todayKnown && plan.dueDate < plan.plannedOn) {
    problems.add('dueDate', `is before ${plan.plannedOn}, the day of planning`);
  }
  if (!isObject(plan.expectedEffect))
    return problems.add('expectedEffect', 'is missing: say which value by which date');
  checkKnownFields(problems, 'expectedEffect', plan.expectedEffect, ['value', 'date']);
  checkNumber(problems, 'expectedEffect.value', plan.expectedEffect['value']);
  const effectDate = plan.expectedEffect['date'];
  if (checkDate(problems, 'expectedEffect.date', effectDate) && todayKnown && String(effectDate) < plan.plannedOn) {
    problems.add('expectedEffect.date', `is before ${plan.plannedOn}, the day of planning`);
  }
}

/**
 * An effect that makes the KPI worse is no improvement, and "it worked" would then mean the opposite. To hold a value is
 * allowed, as is any effect on a KPI that should stay in a range: which side is the better one depends on where it stands.
 */
function checkEffectDirection(problems: Problems, { expectedEffect, valueAtPlanning }: ActionPlan, direction: unknown) {
  checkOneOf(problems, 'direction', direction, ['up', 'down', 'range']);
  if (!problems.isEmpty || valueAtPlanning === null) return;
  const { value } = expectedEffect;
  const isWorse = direction === 'up' ? value < valueAtPlanning : direction === 'down' && value > valueAtPlanning;
  if (!isWorse) return;
  problems.add('expectedEffect.value', `is worse than today's ${valueAtPlanning}: the KPI should go ${direction}`);
}

/** Two plans are the same whatever day it was and whatever value the KPI had when they were sent. */
function samePlan(one: ActionPlan, other: ActionPlan): boolean {
  const asked = (plan: ActionPlan): unknown => ({ ...plan, plannedOn: undefined, valueAtPlanning: undefined });
  return sameContent(asked(one), asked(other));
}

function planAction(command: Command<'PlanAction'>, state: ActionState): readonly ActionEvent[] {
  const { actionId, unitId, kpiId, goalId, reviewId, findingId, title, ownerId, dueDate, expectedEffect } = command;
  const ids = { actionId, unitId, kpiId, goalId, reviewId, findingId };
  const { valueAtPlanning, today } = command;
  const plan: ActionPlan = plain({
    ...ids,
    title,
    ownerId,
    dueDate,
    expectedEffect,
    valueAtPlanning,
    plannedOn: today,
  });
  // A request that took effect stays "already so" also when its dates have passed meanwhile.
  if (state.plan && samePlan(state.plan, plan)) {
    requireRunning(state, actionId);
    return [];
  }
  const problems = new Problems();
  checkPlan(problems, plan);
  checkEffectDirection(problems, plan, command.direction);
  problems.refuse('ACTION.INVALID', 'The action');
  if (!state.plan) return [{ type: 'ActionPlanned', data: plan }];
  throw conflict(
    'ACTION.ALREADY_PLANNED',
    `There is an action ${actionId} already, with other content; choose another id.`,
  );
}

function reportProgress(command: Command<'ReportActionProgress'>, state: ActionState): readonly ActionEvent[] {
  const { actionId, percent, note, today } = command;
  const problems = new Problems();
  checkNumber(problems, 'percent', percent, { min: 0, max: 100 });
  checkText(problems, 'note', note, { max: TEXT_LENGTH_MAX });
  checkNotBefore(problems, today, state.lastReport?.reportedOn ?? state.plan?.plannedOn);
  problems.refuse('ACTION.PROGRESS_INVALID', 'The progress report');
  const { kpiId, unitId } = requireRunning(state, actionId);
  const report = plain({ percent, note, reportedOn: today });
  if (sameContent(state.lastReport, report)) return [];
  return [{ type: 'ActionProgressReported', data: { actionId, kpiId, unitId, ...report } }];
}

function checkNotBefore(problems: Problems, today: LocalDate, earlier: LocalDate | undefined): void {
  if (checkDate(problems, 'today', today) && earlier !== undefined && today < earlier) {
    problems.add('today', `is before ${earlier}, the day of the last step`);
  }
}

function complete(command: Command<'CompleteAction'>, state: ActionState): readonly ActionEvent[] {
  const { actionId, note, today } = command;
  const problems = new Problems();
  checkText(problems, 'note', note, { max: TEXT_LENGTH_MAX });
  checkNotBefore(problems, today, state.lastReport?.reportedOn ?? state.plan?.plannedOn);
  problems.refuse('ACTION.COMPLETION_INVALID', 'The completion');
  requirePlan(state, actionId);
  if (state.status === 'completed' && state.completionNote === note) return [];
  const { kpiId, unitId } = requireRunning(state, actionId);
  return [{ type: 'ActionCompleted', data: { actionId, kpiId, unitId, completedOn: today, note } }];
}

function checkTheCheck(command: Command<'CheckActionEffect'>, state: ActionState): void {
  const { period, periodEndsOn, value, judged, worked, note, asOf, today } = command;
  const problems = new Problems();
  checkPeriodLabel(problems, 'period', period);
  checkDate(problems, 'periodEndsOn', periodEndsOn);
  checkNumberOrNull(problems, 'value', value);
  checkOneOf(problems, 'judged', judged, WORKED);
  checkOneOf(problems, 'worked', worked, WORKED);
  if (value === null && worked !== 'unknown') problems.add('worked', 'must be unknown while there is no value');
  // Owed always, and most where the judgement differs from what the data say.
  checkReason(problems, 'note', note);
  checkPosition(problems, 'asOf', asOf);
  checkNotBefore(problems, today, state.completedOn);
  problems.refuse('ACTION.CHECK_INVALID', 'The effect check');
}

function checkEffect(command: Command<'CheckActionEffect'>, state: ActionState): readonly ActionEvent[] {
  const { actionId, period, value, judged, worked, note, asOf, today } = command;
  checkTheCheck(command, state);
  const { kpiId, unitId, ownerId } = requirePlan(state, actionId);
  // By the person and not by the role, as with approvals.
  if (command.actor.id === ownerId) {
    throw forbidden(
      'ACTION.OWN_CHECK',
      `${ownerId} answers for the action ${actionId} and cannot check whether it worked; ask another person.`,
    );
  }
  if (state.status !== 'completed') {
    throw conflict(
      'ACTION.NOT_COMPLETED',
      `The action ${actionId} is not completed; its effect is checked after that.`,
    );
  }
  refuseEarlierPeriod(command, state.completedOn);
  const known = state.checks.find((check) => check.period === period);
  // Judgement and value decide whether it is the same check; the day and the log position move on between two tries.
  if (known && known.value === value && known.worked === worked && known.note === note) return [];
  if (known) {
    throw conflict(
      'ACTION.PERIOD_CHECKED',
      `The effect in ${period} was checked on ${known.checkedOn}; check a later period instead.`,
    );
  }
  if (state.checks.length >= ACTION_CHECKS_MAX) {
    throw conflict('ACTION.TOO_MANY_CHECKS', `An action is checked at most ${ACTION_CHECKS_MAX} times.`);
  }
  const check: EffectCheck = plain({ checkedOn: today, period, value, judged, worked, note, asOf });
  return [{ type: 'ActionEffectChecked', data: { actionId, kpiId, unitId, check } }];
}

/** A period that was over before the action was completed cannot show its effect. */
function refuseEarlierPeriod(
  { actionId, period, periodEndsOn }: Command<'CheckActionEffect'>,
  completedOn: LocalDate | undefined,
): void {
  if (completedOn === undefined || periodEndsOn >= completedOn) return;
  const message = `The period ${period} ended on ${periodEndsOn}, before the action ${actionId} was completed on ${completedOn}; check a later period.`;
  throw invalid('ACTION.CHECK_TOO_EARLY', message, [
    { where: 'period', what: `ended on ${periodEndsOn}; the action was completed on ${completedOn}` },
  ]);
}

function cancel(command: Command<'CancelAction'>, state: ActionState): readonly ActionEvent[] {
  const { actionId, reason } = command;
  const problems = new Problems();
  checkReason(problems, 'reason', reason);
  problems.refuse('ACTION.CANCELLATION_INVALID', 'The cancellation');
  requirePlan(state, actionId);
  if (state.status === 'cancelled' && state.cancellationReason === reason) return [];
  const { kpiId, unitId } = requireRunning(state, actionId);
  return [{ type: 'ActionCancelled', data: { actionId, kpiId, unitId, reason } }];
}

function decide(command: ActionCommand, state: ActionState): readonly ActionEvent[] {
  switch (command.type) {
    case 'PlanAction':
      return planAction(command, state);
    case 'ReportActionProgress':
      return reportProgress(command, state);
    case 'CompleteAction':
      return complete(command, state);
    case 'CheckActionEffect':
      return checkEffect(command, state);
    case 'CancelAction':
      return cancel(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: ActionState, event: ActionEvent): ActionState {
  switch (event.type) {
    case 'ActionPlanned':
      return { status: 'planned', plan: event.data, progress_percent: 0, checks: [] };
    case 'ActionProgressReported': {
      const { percent, note, reportedOn } = event.data;
      return { ...state, status: 'in-progress', progress_percent: percent, lastReport: { percent, note, reportedOn } };
    }
    case 'ActionCompleted': {
      const { completedOn, note } = event.data;
      return { ...state, status: 'completed', progress_percent: 100, completedOn, completionNote: note };
    }
    case 'ActionEffectChecked':
      return { ...state, checks: [...state.checks, event.data.check] };
    case 'ActionCancelled':
      return { ...state, status: 'cancelled', cancellationReason: event.data.reason };
    default:
      return assertNever(event);
  }
}

/** An improvement action: planned for a KPI with an expected effect, done or dropped, and later checked for its effect. */
export const actionDecider: Decider<ActionCommand, ActionState, ActionEvent> = {
  initialState: { status: 'none', progress_percent: 0, checks: [] },
  decide,
  evolve,
};
