import { plain, sameContent } from '../checks/content.js';
import { daysBetween } from '../checks/dates.js';
import { checkDate, checkIdentifier, checkReason } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type Actor, type LocalDate } from '../common.js';
import { conflict, DomainError, forbidden, notFound } from '../errors.js';
import { KPI_OPEN_CHANGES_MAX, TARGET_CHANGE_RETROACTIVE_MAX_days } from '../limits.js';
import { type KpiCommandOf } from './kpi.commands.js';
import { type KpiEvent, type KpiState, type TargetChangeProposal } from './kpi.events.js';
import { checkTarget, targetDateFlaws, targetFlaws } from './target.js';

/** Target changes are decided by people; a machine may neither propose nor decide one. */
function requirePerson(actor: Actor): void {
  if (actor.kind === 'person') return;
  throw forbidden('KPI.TARGET_CHANGE.NOT_A_PERSON', 'Only a person proposes or decides a target change.');
}

function requireActive(state: KpiState, kpiId: string): void {
  if (state.status === 'active') return;
  if (state.status === 'retired') throw conflict('KPI.RETIRED', `The KPI ${kpiId} is retired; its target is history.`);
  throw conflict('KPI.NOT_ACTIVE', `The KPI ${kpiId} is a draft; set its target directly, no approval is needed yet.`);
}

/**
 * Adds what is wrong with the dates. A change may reach back, but not behind the KPI's activation, and not by more than
 * `TARGET_CHANGE_RETROACTIVE_MAX_days` (rejected: no retroactive change at all; a target set by mistake must be mendable,
 * and the views mark every change that turns a missed target into a met one).
 */
function checkEffectiveFrom(problems: Problems, effectiveFrom: LocalDate, today: LocalDate, state: KpiState): void {
  if (state.activatedOn !== undefined && effectiveFrom < state.activatedOn) {
    problems.add('effectiveFrom', `is before ${state.activatedOn}, the day on which the KPI was activated`);
  }
  if (daysBetween(effectiveFrom, today) > TARGET_CHANGE_RETROACTIVE_MAX_days) {
    problems.add('effectiveFrom', `is more than ${TARGET_CHANGE_RETROACTIVE_MAX_days} days before today (${today})`);
  }
}

function checkProposal(command: KpiCommandOf<'ProposeTargetChange'>, state: KpiState): void {
  const { changeId, target, effectiveFrom, reason, today, actor } = command;
  const { definition, baseline } = state;
  const problems = new Problems();
  checkIdentifier(problems, 'actor.id', actor.id);
  checkIdentifier(problems, 'changeId', changeId);
  checkReason(problems, 'reason', reason);
  checkDate(problems, 'today', today);
  if (definition) checkTarget(problems, target, effectiveFrom, definition.direction);
  if (problems.isEmpty && definition && baseline) {
    checkEffectiveFrom(problems, effectiveFrom, today, state);
    for (const flaw of targetFlaws(definition, baseline, target)) problems.add('target', flaw);
    for (const flaw of targetDateFlaws(baseline, target, today)) problems.add('target.date', flaw);
  }
  problems.refuse('KPI.TARGET_CHANGE.INVALID', 'The target change');
}

export function proposeTargetChange(
  command: KpiCommandOf<'ProposeTargetChange'>,
  state: KpiState,
): readonly KpiEvent[] {
  const { kpiId, changeId, target, effectiveFrom, reason, actor } = command;
  requirePerson(actor);
  requireActive(state, kpiId);
  const proposal: TargetChangeProposal = plain({ changeId, target, effectiveFrom, reason, proposedBy: actor.id });
  const open = state.openChanges.find((change) => change.changeId === changeId);
  if (open && sameContent(open, proposal)) return [];
  checkProposal(command, state);
  if (open || state.closedChanges.some((change) => change.changeId === changeId)) {
    throw conflict(
      'KPI.TARGET_CHANGE.ID_TAKEN',
      `The KPI ${kpiId} has a target change ${changeId} already; propose this one under another id.`,
    );
  }
  if (sameContent(state.targets.at(-1), { target, effectiveFrom })) {
    throw conflict('KPI.TARGET_CHANGE.NO_CHANGE', 'This is the latest target already; nothing would change.');
  }
  if (state.openChanges.length >= KPI_OPEN_CHANGES_MAX) {
    throw conflict(
      'KPI.TARGET_CHANGE.TOO_MANY_OPEN',
      `${KPI_OPEN_CHANGES_MAX} target changes wait for a decision; decide one of them first.`,
    );
  }
  return [{ type: 'TargetChangeProposed', data: { kpiId, ...proposal } }];
}

/** Whether exactly this decision by this person was recorded; throws when the change was decided otherwise. */
function alreadyDecided(command: KpiCommandOf<'ApproveTargetChange' | 'RejectTargetChange'>, state: KpiState): boolean {
  const closed = state.closedChanges.find((change) => change.changeId === command.changeId);
  if (!closed) return false;
  const wanted =
    command.type === 'ApproveTargetChange'
      ? { outcome: 'approved' }
      : { outcome: 'rejected', rejectionReason: command.reason };
  const { outcome, rejectionReason, decidedBy } = closed;
  if (decidedBy === command.actor.id && sameContent({ outcome, rejectionReason }, wanted)) return true;
  const how = outcome === 'lapsed' ? 'lapsed when the KPI was retired' : `was ${outcome} by ${decidedBy}`;
  throw conflict(
    'KPI.TARGET_CHANGE.DECIDED',
    `The target change ${command.changeId} ${how}; propose another change instead.`,
  );
}

function requireOpenChange(state: KpiState, kpiId: string, changeId: string): TargetChangeProposal {
  requireActive(state, kpiId);
  const open = state.openChanges.find((change) => change.changeId === changeId);
  if (open) return open;
  throw notFound('KPI.TARGET_CHANGE.UNKNOWN', `The KPI ${kpiId} has no target change ${changeId}; propose it first.`);
}

/** What was sound when it was proposed may have grown old while it waited. */
function refuseOutdated(change: TargetChangeProposal, today: LocalDate, state: KpiState): void {
  const { definition, baseline } = state;
  const problems = new Problems();
  checkEffectiveFrom(problems, change.effectiveFrom, today, state);
  for (const flaw of targetDateFlaws(baseline, change.target, today)) problems.add('target.date', flaw);
  if (definition && baseline) {
    for (const flaw of targetFlaws(definition, baseline, change.target)) problems.add('target', flaw);
  }
  if (problems.isEmpty) return;
  throw new DomainError(
    'conflict',
    'KPI.TARGET_CHANGE.OUTDATED',
    `The target change ${change.changeId} does not fit any more; reject it and propose a new one.`,
    problems.list,
  );
}

export function approveTargetChange(
  command: KpiCommandOf<'ApproveTargetChange'>,
  state: KpiState,
): readonly KpiEvent[] {
  const { kpiId, changeId, today, actor } = command;
  requirePerson(actor);
  const problems = new Problems();
  checkIdentifier(problems, 'actor.id', actor.id);
  checkIdentifier(problems, 'changeId', changeId);
  checkDate(problems, 'today', today);
  problems.refuse('KPI.TARGET_CHANGE.INVALID', 'The approval');
  if (alreadyDecided(command, state)) return [];
  const change = requireOpenChange(state, kpiId, changeId);
  // The role does not matter: one person with two roles is still one pair of eyes.
  if (change.proposedBy === actor.id) {
    throw forbidden(
      'KPI.TARGET_CHANGE.OWN_PROPOSAL',
      `${actor.id} proposed the target change ${changeId} and cannot approve it; ask another person to decide.`,
    );
  }
  refuseOutdated(change, today, state);
  return [{ type: 'TargetChangeApproved', data: { kpiId, ...change, approvedBy: actor.id } }];
}

export function rejectTargetChange(command: KpiCommandOf<'RejectTargetChange'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, changeId, reason, actor } = command;
  requirePerson(actor);
  const problems = new Problems();
  checkIdentifier(problems, 'changeId', changeId);
  checkReason(problems, 'reason', reason);
  problems.refuse('KPI.TARGET_CHANGE.INVALID', 'The rejection');
  if (alreadyDecided(command, state)) return [];
  requireOpenChange(state, kpiId, changeId);
  return [{ type: 'TargetChangeRejected', data: { kpiId, changeId, reason, rejectedBy: actor.id } }];
}
