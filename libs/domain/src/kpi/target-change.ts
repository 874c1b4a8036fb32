import { plain, sameContent } from '../checks/content.js';
import { Problems } from '../checks/problems.js';
import { type LocalDate } from '../common.js';
import { conflict } from '../errors.js';
import { type KpiCommandOf } from './kpi.commands.js';
import { type KpiEvent, type KpiState, type TargetChangeProposal } from './kpi.events.js';
import {
  type ChangeKind,
  type ChangesOfKpi,
  changeToApprove,
  checkEffectiveFrom,
  checkProposing,
  isProposed,
  isToReject,
  refuseOutdated,
  refuseTakenId,
  refuseTooManyOpen,
  requireProposable,
} from './proposed-change.js';
import { checkTarget, targetDateFlaws, targetFlaws } from './target.js';

const KIND: ChangeKind = {
  code: 'KPI.TARGET_CHANGE',
  noun: 'target change',
  asDraft: 'set its target directly',
};

const changesOf = ({ openChanges, closedChanges }: KpiState): ChangesOfKpi<TargetChangeProposal> => ({
  open: openChanges,
  closed: closedChanges,
});

function checkProposal(command: KpiCommandOf<'ProposeTargetChange'>, state: KpiState): void {
  const { target, effectiveFrom, today } = command;
  const { definition, baseline } = state;
  const problems = new Problems();
  checkProposing(problems, command);
  if (definition) checkTarget(problems, target, effectiveFrom, definition.direction);
  if (problems.isEmpty && definition && baseline) {
    checkEffectiveFrom(problems, effectiveFrom, today, state);
    for (const flaw of targetFlaws(definition, baseline, target)) problems.add('target', flaw);
    for (const flaw of targetDateFlaws(baseline, target, today)) problems.add('target.date', flaw);
  }
  problems.refuse(`${KIND.code}.INVALID`, 'The target change');
}

export function proposeTargetChange(
  command: KpiCommandOf<'ProposeTargetChange'>,
  state: KpiState,
): readonly KpiEvent[] {
  const { kpiId, changeId, target, effectiveFrom, reason, actor } = command;
  requireProposable(KIND, command, state);
  const proposal: TargetChangeProposal = plain({ changeId, target, effectiveFrom, reason, proposedBy: actor.id });
  const changes = changesOf(state);
  if (isProposed(changes, proposal)) return [];
  checkProposal(command, state);
  refuseTakenId(KIND, command, changes);
  if (sameContent(state.targets.at(-1), { target, effectiveFrom })) {
    throw conflict('KPI.TARGET_CHANGE.NO_CHANGE', 'This is the latest target already; nothing would change.');
  }
  refuseTooManyOpen(KIND, changes);
  return [{ type: 'TargetChangeProposed', data: { kpiId, ...proposal } }];
}

function flawsAt(change: TargetChangeProposal, today: LocalDate, state: KpiState): Problems {
  const { definition, baseline } = state;
  const problems = new Problems();
  checkEffectiveFrom(problems, change.effectiveFrom, today, state);
  for (const flaw of targetDateFlaws(baseline, change.target, today)) problems.add('target.date', flaw);
  if (definition && baseline) {
    for (const flaw of targetFlaws(definition, baseline, change.target)) problems.add('target', flaw);
  }
  return problems;
}

export function approveTargetChange(
  command: KpiCommandOf<'ApproveTargetChange'>,
  state: KpiState,
): readonly KpiEvent[] {
  const { kpiId, changeId, today, actor } = command;
  const change = changeToApprove(KIND, command, state, changesOf(state));
  if (change === null) return [];
  refuseOutdated(KIND, changeId, flawsAt(change, today, state).list);
  return [{ type: 'TargetChangeApproved', data: { kpiId, ...change, approvedBy: actor.id } }];
}

export function rejectTargetChange(command: KpiCommandOf<'RejectTargetChange'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, changeId, reason, actor } = command;
  if (!isToReject(KIND, command, state, changesOf(state))) return [];
  return [{ type: 'TargetChangeRejected', data: { kpiId, changeId, reason, rejectedBy: actor.id } }];
}
