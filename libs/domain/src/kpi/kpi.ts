import { requireAddressee, type Subject } from '../checks/addressee.js';
import { plain, sameContent } from '../checks/content.js';
import { checkDate, checkReason, checkText } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict, DomainError, invalid } from '../errors.js';
import { TEXT_LENGTH_MAX } from '../limits.js';
import { checkDefinition, definitionOf } from './definition.js';
import { evolveKpi, NO_KPI } from './evolve-kpi.js';
import { type KpiCommand, type KpiCommandOf } from './kpi.commands.js';
import { type KpiDefinition, type KpiEvent, type KpiState } from './kpi.events.js';
import { approveMethodChange, changedMethodFields, proposeMethodChange, rejectMethodChange } from './method-change.js';
import { enduringSmartFindings, smartFindings } from './smart.js';
import { checkBaseline, checkTarget } from './target.js';
import { approveTargetChange, proposeTargetChange, rejectTargetChange } from './target-change.js';

export const kpiStream = (kpiId: string): string => `kpi-${kpiId}`;

/** The state of a KPI that was defined at some time. */
type DefinedKpi = KpiState & { readonly definition: KpiDefinition };

const SUBJECT: Subject = { model: 'KPI', noun: 'KPI', remedy: 'define it first' };

function requireKnown(state: KpiState, kpiId: string): asserts state is DefinedKpi {
  requireAddressee(SUBJECT, kpiId, state.definition?.kpiId);
}

function requireLiving(state: KpiState, kpiId: string): asserts state is DefinedKpi {
  requireKnown(state, kpiId);
  if (state.status === 'retired') {
    throw conflict('KPI.RETIRED', `The KPI ${kpiId} is retired; define another one with another id.`);
  }
}

function define(command: KpiCommandOf<'DefineKpi'>, state: KpiState): readonly KpiEvent[] {
  const definition = definitionOf(command);
  const problems = new Problems();
  checkDefinition(problems, definition);
  problems.refuse('KPI.INVALID', 'The KPI');
  if (state.status === 'none') return [{ type: 'KpiDefined', data: definition }];
  requireLiving(state, command.kpiId);
  if (sameContent(state.definition, definition)) return [];
  throw conflict(
    'KPI.ALREADY_DEFINED',
    `There is a KPI ${command.kpiId} already, with another definition; redefine it or choose another id.`,
  );
}

function redefine(command: KpiCommandOf<'RedefineKpi'>, state: KpiState): readonly KpiEvent[] {
  const definition = definitionOf(command);
  const { kpiId, reason } = command;
  const problems = new Problems();
  checkDefinition(problems, definition);
  if (state.status === 'active') checkReason(problems, 'reason', reason);
  else if (reason !== undefined) checkText(problems, 'reason', reason, { min: 0, max: TEXT_LENGTH_MAX });
  problems.refuse('KPI.INVALID', 'The new definition');
  requireLiving(state, kpiId);
  if (sameContent(state.definition, definition)) return [];
  if (state.status === 'active') refuseBreakingRedefinition(state.definition, definition, state);
  return [{ type: 'KpiRedefined', data: { ...definition, reason: reason ?? '' } }];
}

/**
 * Baseline and targets of an active KPI were agreed for its unit, direction and unit of measure; its method changes only
 * when a second person agrees; and it must stay SMART.
 */
function refuseBreakingRedefinition(before: KpiDefinition, after: KpiDefinition, state: KpiState): void {
  for (const field of ['unitId', 'direction', 'unitOfMeasure'] as const) {
    if (before[field] === after[field]) continue;
    throw conflict(
      'KPI.FIXED_WHEN_ACTIVE',
      `The ${field} of the active KPI ${before.kpiId} cannot change; retire it and define another one.`,
    );
  }
  const method = changedMethodFields(before, after);
  if (method.length > 0) {
    throw new DomainError(
      'conflict',
      'KPI.METHOD_NEEDS_APPROVAL',
      `The ${method.join(', ')} of the active KPI ${before.kpiId} cannot be redefined; propose a method change.`,
      method.map((field) => ({ where: field, what: 'changes only through a proposal that another person approves' })),
    );
  }
  const findings = enduringSmartFindings({ ...state, definition: after });
  if (findings.length === 0) return;
  throw invalid('KPI.NOT_SMART', `The KPI ${before.kpiId} is active and has to stay SMART; complete it.`, findings);
}

function requireDraft(state: KpiState, kpiId: string, what: string, instead: string): void {
  if (state.status === 'draft') return;
  throw conflict('KPI.NOT_DRAFT', `The KPI ${kpiId} is active, so its ${what} cannot be set directly; ${instead}.`);
}

function setBaseline(command: KpiCommandOf<'SetKpiBaseline'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, baseline, today } = command;
  const problems = new Problems();
  checkBaseline(problems, baseline, today);
  problems.refuse('KPI.BASELINE_INVALID', 'The baseline');
  requireLiving(state, kpiId);
  if (sameContent(state.baseline, baseline)) return [];
  requireDraft(state, kpiId, 'baseline', 'retire it and define another one');
  return [{ type: 'KpiBaselineSet', data: plain({ kpiId, baseline }) }];
}

function setTarget(command: KpiCommandOf<'SetKpiTarget'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, target, effectiveFrom } = command;
  requireLiving(state, kpiId);
  const problems = new Problems();
  checkTarget(problems, target, effectiveFrom, state.definition.direction);
  problems.refuse('KPI.TARGET_INVALID', 'The target');
  if (sameContent(state.targets, [{ target, effectiveFrom }])) return [];
  requireDraft(state, kpiId, 'target', 'propose a target change');
  return [{ type: 'KpiTargetSet', data: plain({ kpiId, target, effectiveFrom }) }];
}

function activate(command: KpiCommandOf<'ActivateKpi'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, today } = command;
  const problems = new Problems();
  checkDate(problems, 'today', today);
  problems.refuse('KPI.ACTIVATION_INVALID', 'The activation');
  requireLiving(state, kpiId);
  if (state.status === 'active') return [];
  const findings = smartFindings(state, today, command.unmatchedSeries);
  if (findings.length > 0) {
    throw invalid('KPI.NOT_SMART', `The KPI ${kpiId} is not SMART yet; complete it and activate it then.`, findings);
  }
  return [{ type: 'KpiActivated', data: { kpiId, activatedOn: today } }];
}

function retire(command: KpiCommandOf<'RetireKpi'>, state: KpiState): readonly KpiEvent[] {
  const { kpiId, reason, today } = command;
  const problems = new Problems();
  checkReason(problems, 'reason', reason);
  checkDate(problems, 'today', today);
  problems.refuse('KPI.RETIREMENT_INVALID', 'The retirement');
  requireKnown(state, kpiId);
  if (state.status === 'retired' && state.retirementReason === reason) return [];
  requireLiving(state, kpiId);
  return [{ type: 'KpiRetired', data: { kpiId, reason, retiredOn: today } }];
}

function decide(command: KpiCommand, state: KpiState): readonly KpiEvent[] {
  switch (command.type) {
    case 'DefineKpi':
      return define(command, state);
    case 'RedefineKpi':
      return redefine(command, state);
    case 'SetKpiBaseline':
      return setBaseline(command, state);
    case 'SetKpiTarget':
      return setTarget(command, state);
    case 'ActivateKpi':
      return activate(command, state);
    case 'ProposeTargetChange':
      requireLiving(state, command.kpiId);
      return proposeTargetChange(command, state);
    case 'ApproveTargetChange':
      // Of a retired KPI, too, a repeated decision is "already so".
      requireKnown(state, command.kpiId);
      return approveTargetChange(command, state);
    case 'RejectTargetChange':
      requireKnown(state, command.kpiId);
      return rejectTargetChange(command, state);
    case 'ProposeMethodChange':
      requireLiving(state, command.kpiId);
      return proposeMethodChange(command, state);
    case 'ApproveMethodChange':
      requireKnown(state, command.kpiId);
      return approveMethodChange(command, state);
    case 'RejectMethodChange':
      requireKnown(state, command.kpiId);
      return rejectMethodChange(command, state);
    case 'RetireKpi':
      return retire(command, state);
    default:
      return assertNever(command);
  }
}

/**
 * A KPI from draft to retirement. It cannot be activated before it is SMART; from then on its target and its method
 * change only through proposals that another person approves.
 */
export const kpiDecider: Decider<KpiCommand, KpiState, KpiEvent> = {
  initialState: NO_KPI,
  decide,
  evolve: evolveKpi,
};
