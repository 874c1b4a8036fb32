import { isObject, plain, sameContent } from '../checks/content.js';
import { checkDate, checkKnownFields } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type LocalDate } from '../common.js';
import { conflict, DomainError } from '../errors.js';
import { checkDefinition } from './definition.js';
import { type KpiCommandOf } from './kpi.commands.js';
import {
  type KpiDefinition,
  type KpiEvent,
  type KpiMethod,
  type KpiMethodChange,
  type KpiState,
  type MethodChangeProposal,
} from './kpi.events.js';
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
import { enduringSmartFindings } from './smart.js';

/** What belongs to the method of a KPI. */
export const METHOD_FIELDS = [
  'measure',
  'weight',
  'horizon',
  'period',
  'trajectory',
] as const satisfies readonly (keyof KpiMethod)[];

const KIND: ChangeKind = { code: 'KPI.METHOD_CHANGE', noun: 'method change', asDraft: 'redefine it' };

const changesOf = ({ openMethodChanges, closedMethodChanges }: KpiState): ChangesOfKpi<MethodChangeProposal> => ({
  open: openMethodChanges,
  closed: closedMethodChanges,
});

/** The fields of the method in which two definitions differ. */
export function changedMethodFields(before: KpiMethod, after: KpiMethod): readonly (keyof KpiMethod)[] {
  return METHOD_FIELDS.filter((field) => !sameContent(before[field], after[field]));
}

/** Adds what is wrong with a method for this KPI: its form, and whether the KPI stays SMART with it. */
function checkMethod(
  problems: Problems,
  method: unknown,
  state: KpiState & { readonly definition: KpiDefinition },
  unmatchedSeries: readonly string[] = [],
): void {
  if (!isObject(method)) return problems.add('method', 'is missing: name the fields that are to change');
  checkKnownFields(problems, 'method', method, METHOD_FIELDS);
  if (METHOD_FIELDS.every((field) => method[field] === undefined)) {
    return problems.add('method', `names nothing to change: give at least one of ${METHOD_FIELDS.join(', ')}`);
  }
  const definition: KpiDefinition = { ...state.definition, ...plain(method as KpiMethodChange) };
  const found = new Problems();
  checkDefinition(found, definition);
  for (const { where, what } of found.list) problems.add(`method.${where}`, what);
  if (!problems.isEmpty) return;
  for (const { where, what } of enduringSmartFindings({ ...state, definition }, unmatchedSeries))
    problems.add(where, what);
}

/** A change that repeats a field would undo what others decide on that field while it waits. */
function refuseUnchanged(method: KpiMethodChange, definition: KpiDefinition): void {
  const same = METHOD_FIELDS.filter(
    (field) => method[field] !== undefined && sameContent(method[field], definition[field]),
  );
  if (same.length === 0) return;
  throw new DomainError(
    'conflict',
    'KPI.METHOD_CHANGE.NO_CHANGE',
    `A method change names only what changes; leave out ${same.join(', ')}.`,
    same.map((field) => ({ where: `method.${field}`, what: 'is so already' })),
  );
}

export function proposeMethodChange(
  command: KpiCommandOf<'ProposeMethodChange'>,
  state: KpiState & { readonly definition: KpiDefinition },
): readonly KpiEvent[] {
  const { kpiId, changeId, method, effectiveFrom, reason, today, actor } = command;
  requireProposable(KIND, command, state);
  const proposal: MethodChangeProposal = plain({ changeId, method, effectiveFrom, reason, proposedBy: actor.id });
  const changes = changesOf(state);
  if (isProposed(changes, proposal)) return [];
  const problems = new Problems();
  checkProposing(problems, command);
  checkDate(problems, 'effectiveFrom', effectiveFrom);
  checkMethod(problems, method, state, command.unmatchedSeries);
  if (problems.isEmpty) checkEffectiveFrom(problems, effectiveFrom, today, state);
  problems.refuse(`${KIND.code}.INVALID`, 'The method change');
  refuseTakenId(KIND, command, changes);
  refuseUnchanged(method, state.definition);
  refuseTooManyOpen(KIND, changes);
  return [{ type: 'MethodChangeProposed', data: { kpiId, ...proposal } }];
}

function flawsAt(
  { method, effectiveFrom }: MethodChangeProposal,
  today: LocalDate,
  state: KpiState & { readonly definition: KpiDefinition },
): Problems {
  const problems = new Problems();
  checkEffectiveFrom(problems, effectiveFrom, today, state);
  checkMethod(problems, method, state);
  if (problems.isEmpty && changedMethodFields(state.definition, { ...state.definition, ...method }).length === 0) {
    problems.add('method', 'is in force already');
  }
  return problems;
}

/**
 * Approves a method change. The definition has the new method from the approval on and for all periods (`KpiState` holds
 * one definition; figures of earlier periods are then computed by the new method, and only answers as of an earlier
 * position keep the old one). So that no method is in use before the day that was decided, the approval has to wait for
 * that day (rejected: to apply it ahead of its date, which the audit trail would then contradict; and a method for each
 * period, which every figure, chart and comparison would have to carry).
 */
export function approveMethodChange(
  command: KpiCommandOf<'ApproveMethodChange'>,
  state: KpiState & { readonly definition: KpiDefinition },
): readonly KpiEvent[] {
  const { kpiId, changeId, today, actor } = command;
  const change = changeToApprove(KIND, command, state, changesOf(state));
  if (change === null) return [];
  refuseOutdated(KIND, changeId, flawsAt(change, today, state).list);
  if (today < change.effectiveFrom) {
    throw conflict(
      'KPI.METHOD_CHANGE.TOO_EARLY',
      `The method change ${changeId} is to count from ${change.effectiveFrom} and counts from its approval on; approve it on that day or later.`,
    );
  }
  return [{ type: 'MethodChangeApproved', data: { kpiId, ...change, approvedBy: actor.id } }];
}

export function rejectMethodChange(command: KpiCommandOf<'RejectMethodChange'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, changeId, reason, actor } = command;
  if (!isToReject(KIND, command, state, changesOf(state))) return [];
  return [{ type: 'MethodChangeRejected', data: { kpiId, changeId, reason, rejectedBy: actor.id } }];
}
