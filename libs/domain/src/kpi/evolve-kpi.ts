import { assertNever } from '../decider.js';
import { type ChangeOutcome, type ChangeProposal, type KpiEvent, type KpiState } from './kpi.events.js';

/** The state before the first event. */
export const NO_KPI: KpiState = {
  status: 'none',
  targets: [],
  openChanges: [],
  closedChanges: [],
  openMethodChanges: [],
  closedMethodChanges: [],
};

interface Changes<Proposal> {
  readonly open: readonly Proposal[];
  readonly closed: readonly (Proposal & ChangeOutcome)[];
}

/** Moves those open changes that are chosen to the closed ones. */
function close<Proposal extends ChangeProposal>(
  { open, closed }: Changes<Proposal>,
  isChosen: (change: Proposal) => boolean,
  outcome: ChangeOutcome,
): Changes<Proposal> {
  return {
    open: open.filter((change) => !isChosen(change)),
    closed: [...closed, ...open.filter(isChosen).map((change) => ({ ...change, ...outcome }))],
  };
}

function closeTargetChanges(state: KpiState, outcome: ChangeOutcome, changeId?: string): KpiState {
  const changes = { open: state.openChanges, closed: state.closedChanges };
  const { open, closed } = close(changes, (one) => changeId === undefined || one.changeId === changeId, outcome);
  return { ...state, openChanges: open, closedChanges: closed };
}

function closeMethodChanges(state: KpiState, outcome: ChangeOutcome, changeId?: string): KpiState {
  const changes = { open: state.openMethodChanges, closed: state.closedMethodChanges };
  const { open, closed } = close(changes, (one) => changeId === undefined || one.changeId === changeId, outcome);
  return { ...state, openMethodChanges: open, closedMethodChanges: closed };
}

type ChangeEvent = Extract<KpiEvent, { type: `${'Target' | 'Method'}Change${string}` }>;

function evolveChanges(state: KpiState, event: ChangeEvent): KpiState {
  switch (event.type) {
    case 'TargetChangeProposed': {
      const { kpiId: _kpiId, ...proposal } = event.data;
      return { ...state, openChanges: [...state.openChanges, proposal] };
    }
    case 'TargetChangeApproved': {
      const { changeId, target, effectiveFrom, approvedBy } = event.data;
      const closed = closeTargetChanges(state, { outcome: 'approved', decidedBy: approvedBy }, changeId);
      return { ...closed, targets: [...closed.targets, { target, effectiveFrom }] };
    }
    case 'TargetChangeRejected': {
      const { changeId, reason, rejectedBy } = event.data;
      const outcome = { outcome: 'rejected', decidedBy: rejectedBy, rejectionReason: reason } as const;
      return closeTargetChanges(state, outcome, changeId);
    }
    case 'MethodChangeProposed': {
      const { kpiId: _kpiId, ...proposal } = event.data;
      return { ...state, openMethodChanges: [...state.openMethodChanges, proposal] };
    }
    case 'MethodChangeApproved': {
      const { changeId, method, approvedBy } = event.data;
      const closed = closeMethodChanges(state, { outcome: 'approved', decidedBy: approvedBy }, changeId);
      return { ...closed, ...(state.definition && { definition: { ...state.definition, ...method } }) };
    }
    case 'MethodChangeRejected': {
      const { changeId, reason, rejectedBy } = event.data;
      const outcome = { outcome: 'rejected', decidedBy: rejectedBy, rejectionReason: reason } as const;
      return closeMethodChanges(state, outcome, changeId);
    }
    default:
      return assertNever(event);
  }
}

/** The state of a KPI after one more event. */
export function evolveKpi(state: KpiState, event: KpiEvent): KpiState {
  switch (event.type) {
    case 'KpiDefined':
      return { ...NO_KPI, status: 'draft', definition: event.data };
    case 'KpiRedefined': {
      const { reason: _reason, ...definition } = event.data;
      return { ...state, definition };
    }
    case 'KpiBaselineSet':
      return { ...state, baseline: event.data.baseline };
    case 'KpiTargetSet': {
      // A draft has one target; setting it again replaces it.
      const { target, effectiveFrom } = event.data;
      return { ...state, targets: [{ target, effectiveFrom }] };
    }
    case 'KpiActivated':
      return { ...state, status: 'active', activatedOn: event.data.activatedOn };
    case 'KpiRetired': {
      const { retiredOn, reason } = event.data;
      const lapsed = closeMethodChanges(closeTargetChanges(state, { outcome: 'lapsed' }), { outcome: 'lapsed' });
      return { ...lapsed, status: 'retired', retiredOn, retirementReason: reason };
    }
    default:
      return evolveChanges(state, event);
  }
}
