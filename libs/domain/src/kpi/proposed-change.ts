import { sameContent } from '../checks/content.js';
import { daysBetween } from '../checks/dates.js';
import { checkDate, checkIdentifier, checkReason } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type Actor, type LocalDate } from '../common.js';
import { conflict, DomainError, type DomainProblem, forbidden, notFound } from '../errors.js';
import { CHANGE_RETROACTIVE_MAX_days, KPI_OPEN_CHANGES_MAX } from '../limits.js';
import { type ChangeOutcome, type ChangeProposal, type KpiState } from './kpi.events.js';

/**
 * What target changes and method changes have in common: one person proposes with a reason and a date, another approves,
 * once, and only what still fits.
 */
export interface ChangeKind {
  /** Prefix of the codes. */
  readonly code: string;
  /** In a sentence. */
  readonly noun: string;
  /** What a draft does instead. */
  readonly asDraft: string;
}

/** The open and the decided changes of one kind. */
export interface ChangesOfKpi<Proposal extends ChangeProposal> {
  readonly open: readonly Proposal[];
  readonly closed: readonly (Proposal & ChangeOutcome)[];
}

interface Proposing {
  readonly kpiId: string;
  readonly changeId: string;
  readonly reason: string;
  readonly today: LocalDate;
  readonly actor: Actor;
}

interface Approving {
  readonly kpiId: string;
  readonly changeId: string;
  readonly today: LocalDate;
  readonly actor: Actor;
}

interface Rejecting {
  readonly kpiId: string;
  readonly changeId: string;
  readonly reason: string;
  readonly actor: Actor;
}

/** Changes are decided by people; a machine may neither propose nor decide one. */
function requirePerson({ code, noun }: ChangeKind, actor: Actor): void {
  if (actor.kind === 'person') return;
  throw forbidden(`${code}.NOT_A_PERSON`, `Only a person proposes or decides a ${noun}.`);
}

/** Refuses who may not propose, and a KPI of which nothing is to be proposed. */
export function requireProposable(kind: ChangeKind, { kpiId, actor }: Proposing, state: KpiState): void {
  requirePerson(kind, actor);
  requireActive(kind, state, kpiId);
}

function requireActive({ noun, asDraft }: ChangeKind, state: KpiState, kpiId: string): void {
  if (state.status === 'active') return;
  if (state.status === 'retired') {
    throw conflict('KPI.RETIRED', `The KPI ${kpiId} is retired; no ${noun} of it is possible any more.`);
  }
  throw conflict('KPI.NOT_ACTIVE', `The KPI ${kpiId} is a draft; ${asDraft}, no approval is needed yet.`);
}

/** Adds what is wrong with the parts that every proposal has, its dates apart. */
export function checkProposing(problems: Problems, { changeId, reason, today, actor }: Proposing): void {
  checkIdentifier(problems, 'actor.id', actor.id);
  checkIdentifier(problems, 'changeId', changeId);
  checkReason(problems, 'reason', reason);
  checkDate(problems, 'today', today);
}

/**
 * Adds what is wrong with the day from which a change is to count. It may reach back, but not behind the KPI's activation,
 * and not by more than `CHANGE_RETROACTIVE_MAX_days` (rejected: no retroactive change at all; a target set by mistake must
 * be mendable, and the views mark every change that turns a missed target into a met one).
 */
export function checkEffectiveFrom(
  problems: Problems,
  effectiveFrom: LocalDate,
  today: LocalDate,
  state: KpiState,
): void {
  if (state.activatedOn !== undefined && effectiveFrom < state.activatedOn) {
    problems.add('effectiveFrom', `is before ${state.activatedOn}, the day on which the KPI was activated`);
  }
  if (daysBetween(effectiveFrom, today) > CHANGE_RETROACTIVE_MAX_days) {
    problems.add('effectiveFrom', `is more than ${CHANGE_RETROACTIVE_MAX_days} days before today (${today})`);
  }
}

/** Whether exactly this proposal waits already. */
export function isProposed<Proposal extends ChangeProposal>(
  { open }: ChangesOfKpi<Proposal>,
  proposal: Proposal,
): boolean {
  return open.some((change) => change.changeId === proposal.changeId && sameContent(change, proposal));
}

export function refuseTakenId(
  kind: ChangeKind,
  { kpiId, changeId }: Proposing,
  changes: ChangesOfKpi<ChangeProposal>,
): void {
  const all: readonly ChangeProposal[] = [...changes.open, ...changes.closed];
  if (!all.some((change) => change.changeId === changeId)) return;
  throw conflict(
    `${kind.code}.ID_TAKEN`,
    `The KPI ${kpiId} has a ${kind.noun} ${changeId} already; propose this one under another id.`,
  );
}

export function refuseTooManyOpen({ code, noun }: ChangeKind, { open }: ChangesOfKpi<ChangeProposal>): void {
  if (open.length < KPI_OPEN_CHANGES_MAX) return;
  const message = `${KPI_OPEN_CHANGES_MAX} ${noun}s wait for a decision; decide one of them first.`;
  throw conflict(`${code}.TOO_MANY_OPEN`, message);
}

/**
 * The change that is to be approved; null when exactly this approval by this person was recorded already. The caller still
 * has to see whether the change fits, see `refuseOutdated`.
 */
export function changeToApprove<Proposal extends ChangeProposal>(
  kind: ChangeKind,
  command: Approving,
  state: KpiState,
  changes: ChangesOfKpi<Proposal>,
): Proposal | null {
  const { kpiId, changeId, today, actor } = command;
  requirePerson(kind, actor);
  const problems = new Problems();
  checkIdentifier(problems, 'actor.id', actor.id);
  checkIdentifier(problems, 'changeId', changeId);
  checkDate(problems, 'today', today);
  problems.refuse(`${kind.code}.INVALID`, 'The approval');
  if (isDecided(kind, command, changes, { outcome: 'approved' })) return null;
  const change = requireOpen(kind, state, changes, kpiId, changeId);
  // The role does not matter: one person with two roles is still one pair of eyes.
  if (change.proposedBy === actor.id) {
    throw forbidden(
      `${kind.code}.OWN_PROPOSAL`,
      `${actor.id} proposed the ${kind.noun} ${changeId} and cannot approve it; ask another person to decide.`,
    );
  }
  return change;
}

/** Whether there is something to reject; false when exactly this rejection by this person was recorded already. */
export function isToReject(
  kind: ChangeKind,
  command: Rejecting,
  state: KpiState,
  changes: ChangesOfKpi<ChangeProposal>,
): boolean {
  const { kpiId, changeId, reason, actor } = command;
  requirePerson(kind, actor);
  const problems = new Problems();
  checkIdentifier(problems, 'changeId', changeId);
  checkReason(problems, 'reason', reason);
  problems.refuse(`${kind.code}.INVALID`, 'The rejection');
  if (isDecided(kind, command, changes, { outcome: 'rejected', rejectionReason: reason })) return false;
  requireOpen(kind, state, changes, kpiId, changeId);
  return true;
}

/** Whether exactly this decision by this person was recorded; throws when the change was decided otherwise. */
function isDecided(
  { code, noun }: ChangeKind,
  { changeId, actor }: Approving | Rejecting,
  { closed }: ChangesOfKpi<ChangeProposal>,
  wanted: ChangeOutcome,
): boolean {
  const found = closed.find((change) => change.changeId === changeId);
  if (!found) return false;
  const { outcome, rejectionReason, decidedBy } = found;
  if (decidedBy === actor.id && sameContent({ outcome, rejectionReason }, wanted)) return true;
  const how = outcome === 'lapsed' ? 'lapsed when the KPI was retired' : `was ${outcome} by ${decidedBy}`;
  throw conflict(`${code}.DECIDED`, `The ${noun} ${changeId} ${how}; propose another change instead.`);
}

function requireOpen<Proposal extends ChangeProposal>(
  kind: ChangeKind,
  state: KpiState,
  { open }: ChangesOfKpi<Proposal>,
  kpiId: string,
  changeId: string,
): Proposal {
  requireActive(kind, state, kpiId);
  const found = open.find((change) => change.changeId === changeId);
  if (found) return found;
  throw notFound(`${kind.code}.UNKNOWN`, `The KPI ${kpiId} has no ${kind.noun} ${changeId}; propose it first.`);
}

/** What was sound when it was proposed may have grown old while it waited: refuses it when something was found. */
export function refuseOutdated({ code, noun }: ChangeKind, changeId: string, found: readonly DomainProblem[]): void {
  if (found.length === 0) return;
  throw new DomainError(
    'conflict',
    `${code}.OUTDATED`,
    `The ${noun} ${changeId} does not fit any more; reject it and propose a new one.`,
    found,
  );
}
