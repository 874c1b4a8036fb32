import { requireAddressee, type Subject } from '../checks/addressee.js';
import { plain, sameContent } from '../checks/content.js';
import { checkDate, checkIdentifier, checkLocalizedText, checkOneOf, checkReason } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict } from '../errors.js';
import { TEXT_LENGTH_MAX } from '../limits.js';
import { type GoalDefinition, type GoalEvent } from './goal.events.js';

export type GoalOutcome = 'reached' | 'missed' | 'dropped';

export type GoalCommand =
  | CommandOf<'SetGoal', GoalDefinition>
  /** Replaces the whole definition. */
  | CommandOf<'ReviseGoal', GoalDefinition & { readonly reason: string }>
  | CommandOf<'CloseGoal', { readonly goalId: string; readonly outcome: GoalOutcome; readonly reason: string }>;

export interface GoalState {
  readonly status: 'none' | 'open' | 'closed';
  readonly definition?: GoalDefinition;
  readonly outcome?: GoalOutcome;
  readonly closingReason?: string;
}

type Command<Type extends GoalCommand['type']> = Extract<GoalCommand, { type: Type }>;

const OUTCOMES: readonly GoalOutcome[] = ['reached', 'missed', 'dropped'];

export const goalStream = (goalId: string): string => `goal-${goalId}`;

function definitionOf(command: GoalDefinition): GoalDefinition {
  const { goalId, unitId, name, description, parentGoalId, dueDate } = command;
  return plain({ goalId, unitId, name, description, parentGoalId, dueDate });
}

function checkDefinition(problems: Problems, definition: GoalDefinition): void {
  const { goalId, unitId, name, description, parentGoalId, dueDate } = definition;
  checkIdentifier(problems, 'goalId', goalId);
  checkIdentifier(problems, 'unitId', unitId);
  checkLocalizedText(problems, 'name', name);
  if (description !== undefined) checkLocalizedText(problems, 'description', description, TEXT_LENGTH_MAX);
  if (parentGoalId !== undefined) checkIdentifier(problems, 'parentGoalId', parentGoalId);
  if (parentGoalId === goalId) problems.add('parentGoalId', 'is the goal itself');
  if (dueDate !== undefined) checkDate(problems, 'dueDate', dueDate);
}

const SUBJECT: Subject = { model: 'GOAL', noun: 'goal', remedy: 'set it first' };

function requireKnown(state: GoalState, goalId: string): void {
  requireAddressee(SUBJECT, goalId, state.definition?.goalId);
}

function requireOpen(state: GoalState, goalId: string): void {
  requireKnown(state, goalId);
  if (state.status === 'closed') {
    throw conflict('GOAL.CLOSED', `The goal ${goalId} is closed; set a new goal instead.`);
  }
}

function set(command: Command<'SetGoal'>, state: GoalState): readonly GoalEvent[] {
  const definition = definitionOf(command);
  const problems = new Problems();
  checkDefinition(problems, definition);
  problems.refuse('GOAL.INVALID', 'The goal');
  if (state.status === 'none') return [{ type: 'GoalSet', data: definition }];
  requireOpen(state, command.goalId);
  if (sameContent(state.definition, definition)) return [];
  throw conflict(
    'GOAL.ALREADY_SET',
    `There is a goal ${command.goalId} already, with other content; revise it with a reason or choose another id.`,
  );
}

function revise(command: Command<'ReviseGoal'>, state: GoalState): readonly GoalEvent[] {
  const definition = definitionOf(command);
  const problems = new Problems();
  checkDefinition(problems, definition);
  checkReason(problems, 'reason', command.reason);
  problems.refuse('GOAL.INVALID', 'The revision');
  requireOpen(state, command.goalId);
  if (sameContent(state.definition, definition)) return [];
  return [{ type: 'GoalRevised', data: { ...definition, reason: command.reason } }];
}

function close(command: Command<'CloseGoal'>, state: GoalState): readonly GoalEvent[] {
  const { goalId, outcome, reason } = command;
  const problems = new Problems();
  checkOneOf(problems, 'outcome', outcome, OUTCOMES);
  checkReason(problems, 'reason', reason);
  problems.refuse('GOAL.CLOSING_INVALID', 'The closing of the goal');
  requireKnown(state, goalId);
  if (state.status === 'open') return [{ type: 'GoalClosed', data: { goalId, outcome, reason } }];
  if (state.outcome === outcome && state.closingReason === reason) return [];
  throw conflict('GOAL.CLOSED', `The goal ${goalId} is closed already, as ${state.outcome}; that cannot change.`);
}

function decide(command: GoalCommand, state: GoalState): readonly GoalEvent[] {
  switch (command.type) {
    case 'SetGoal':
      return set(command, state);
    case 'ReviseGoal':
      return revise(command, state);
    case 'CloseGoal':
      return close(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: GoalState, event: GoalEvent): GoalState {
  switch (event.type) {
    case 'GoalSet':
      return { status: 'open', definition: event.data };
    case 'GoalRevised': {
      const { reason: _reason, ...definition } = event.data;
      return { status: 'open', definition };
    }
    case 'GoalClosed':
      return { ...state, status: 'closed', outcome: event.data.outcome, closingReason: event.data.reason };
    default:
      return assertNever(event);
  }
}

/** What a unit wants to reach. A revision owes a reason; a closed goal keeps its outcome. */
export const goalDecider: Decider<GoalCommand, GoalState, GoalEvent> = {
  initialState: { status: 'none' },
  decide,
  evolve,
};
