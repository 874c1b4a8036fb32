import { requireAddressee, type Subject } from '../checks/addressee.js';
import { plain, sameContent } from '../checks/content.js';
import { checkIdentifier, checkLocalizedText, checkNumber, checkOneOf } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { type LocalizedText } from '../common.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict } from '../errors.js';
import { UNIT_KPIS_MAX, UNIT_KPIS_MIN, UNIT_WEIGHT_SUM_percent } from '../limits.js';
import { type UnitEvent } from './unit.events.js';

/** The place of an active KPI in its unit, with its share of the unit's score. */
export interface KpiSeat {
  readonly kpiId: string;
  /** More than 0, at most 100. */
  readonly weight: number;
  readonly horizon: 'short' | 'long';
}

export type UnitCommand =
  | CommandOf<'RegisterUnit', { readonly unitId: string; readonly name: LocalizedText; readonly parentUnitId?: string }>
  | CommandOf<'RenameUnit', { readonly unitId: string; readonly name: LocalizedText }>
  /** Also changes weight and horizon of a seat that the KPI has already. */
  | CommandOf<'TakeKpiSeat', { readonly unitId: string } & KpiSeat>
  | CommandOf<'FreeKpiSeat', { readonly unitId: string; readonly kpiId: string }>
  | CommandOf<'RetireUnit', { readonly unitId: string }>;

export interface UnitState {
  readonly status: 'none' | 'active' | 'retired';
  readonly unitId?: string;
  readonly name?: LocalizedText;
  readonly parentUnitId?: string;
  /** In the order in which they were taken; at most `UNIT_KPIS_MAX`. */
  readonly seats: readonly KpiSeat[];
}

export type UnitWarning = 'FEWER_THAN_THREE_KPIS' | 'WEIGHTS_DO_NOT_ADD_UP' | 'NO_SHORT_HORIZON' | 'NO_LONG_HORIZON';

/** Weights are decimal fractions that people type; their sum may miss 100 by binary rounding only. */
const WEIGHT_SUM_TOLERANCE_percent = 1e-6;

export const unitStream = (unitId: string): string => `unit-${unitId}`;

/** What is unbalanced in the unit's set of KPIs, as stable codes. A unit without any KPI has one warning only. */
export function unitWarnings(state: UnitState): readonly UnitWarning[] {
  if (state.status !== 'active') return [];
  if (state.seats.length === 0) return ['FEWER_THAN_THREE_KPIS'];
  const warnings: UnitWarning[] = [];
  if (state.seats.length < UNIT_KPIS_MIN) warnings.push('FEWER_THAN_THREE_KPIS');
  const sum_percent = state.seats.reduce((sum, seat) => sum + seat.weight, 0);
  if (Math.abs(sum_percent - UNIT_WEIGHT_SUM_percent) > WEIGHT_SUM_TOLERANCE_percent) {
    warnings.push('WEIGHTS_DO_NOT_ADD_UP');
  }
  if (!state.seats.some((seat) => seat.horizon === 'short')) warnings.push('NO_SHORT_HORIZON');
  if (!state.seats.some((seat) => seat.horizon === 'long')) warnings.push('NO_LONG_HORIZON');
  return warnings;
}

type Command<Type extends UnitCommand['type']> = Extract<UnitCommand, { type: Type }>;

const SUBJECT: Subject = { model: 'UNIT', noun: 'unit', remedy: 'register it first' };

function requireKnown(state: UnitState, unitId: string): void {
  requireAddressee(SUBJECT, unitId, state.unitId);
}

function requireActive(state: UnitState, unitId: string): void {
  requireKnown(state, unitId);
  if (state.status === 'retired') {
    throw conflict('UNIT.RETIRED', `The unit ${unitId} is retired; nothing in it can change any more.`);
  }
}

function register(command: Command<'RegisterUnit'>, state: UnitState): readonly UnitEvent[] {
  const { unitId, name, parentUnitId } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'unitId', unitId);
  checkLocalizedText(problems, 'name', name);
  if (parentUnitId !== undefined) checkIdentifier(problems, 'parentUnitId', parentUnitId);
  if (parentUnitId === unitId) problems.add('parentUnitId', 'is the unit itself');
  problems.refuse('UNIT.INVALID', 'The unit');
  const unit = plain({ unitId, name, parentUnitId });
  if (state.status === 'none') return [{ type: 'UnitRegistered', data: unit }];
  requireActive(state, unitId);
  if (sameContent(unit, { unitId: state.unitId, name: state.name, parentUnitId: state.parentUnitId })) return [];
  throw conflict(
    'UNIT.ALREADY_REGISTERED',
    `There is a unit ${unitId} already, with another name or parent; rename it or choose another id.`,
  );
}

function rename(command: Command<'RenameUnit'>, state: UnitState): readonly UnitEvent[] {
  const { unitId, name } = command;
  const problems = new Problems();
  checkLocalizedText(problems, 'name', name);
  problems.refuse('UNIT.INVALID', 'The new name');
  requireActive(state, unitId);
  return sameContent(state.name, name) ? [] : [{ type: 'UnitRenamed', data: plain({ unitId, name }) }];
}

function takeSeat(command: Command<'TakeKpiSeat'>, state: UnitState): readonly UnitEvent[] {
  const { unitId, kpiId, weight, horizon } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'kpiId', kpiId);
  checkNumber(problems, 'weight', weight, { above: 0, max: UNIT_WEIGHT_SUM_percent });
  checkOneOf(problems, 'horizon', horizon, ['short', 'long']);
  problems.refuse('UNIT.SEAT_INVALID', 'The seat');
  requireActive(state, unitId);
  const seat: KpiSeat = { kpiId, weight, horizon };
  const taken = state.seats.find((other) => other.kpiId === kpiId);
  if (taken && sameContent(taken, seat)) return [];
  if (!taken && state.seats.length >= UNIT_KPIS_MAX) {
    throw conflict(
      'UNIT.SIX_KPIS',
      `The unit ${unitId} has ${UNIT_KPIS_MAX} active KPIs, which is the most; retire one before another is activated.`,
    );
  }
  return [{ type: 'KpiSeatTaken', data: { unitId, ...seat } }];
}

function freeSeat(command: Command<'FreeKpiSeat'>, state: UnitState): readonly UnitEvent[] {
  const { unitId, kpiId } = command;
  requireKnown(state, unitId);
  const taken = state.seats.some((seat) => seat.kpiId === kpiId);
  return taken ? [{ type: 'KpiSeatFreed', data: { unitId, kpiId } }] : [];
}

function retire(command: Command<'RetireUnit'>, state: UnitState): readonly UnitEvent[] {
  const { unitId } = command;
  requireKnown(state, unitId);
  if (state.status === 'retired') return [];
  if (state.seats.length > 0) {
    const kpiIds = state.seats.map((seat) => seat.kpiId).join(', ');
    throw conflict('UNIT.HAS_ACTIVE_KPIS', `The unit ${unitId} still has active KPIs; retire ${kpiIds} first.`);
  }
  return [{ type: 'UnitRetired', data: { unitId } }];
}

function decide(command: UnitCommand, state: UnitState): readonly UnitEvent[] {
  switch (command.type) {
    case 'RegisterUnit':
      return register(command, state);
    case 'RenameUnit':
      return rename(command, state);
    case 'TakeKpiSeat':
      return takeSeat(command, state);
    case 'FreeKpiSeat':
      return freeSeat(command, state);
    case 'RetireUnit':
      return retire(command, state);
    default:
      return assertNever(command);
  }
}

function seatTaken(seats: readonly KpiSeat[], seat: KpiSeat): readonly KpiSeat[] {
  const known = seats.some((other) => other.kpiId === seat.kpiId);
  return known ? seats.map((other) => (other.kpiId === seat.kpiId ? seat : other)) : [...seats, seat];
}

function evolve(state: UnitState, event: UnitEvent): UnitState {
  switch (event.type) {
    case 'UnitRegistered':
      return { status: 'active', ...event.data, seats: [] };
    case 'UnitRenamed':
      return { ...state, name: event.data.name };
    case 'KpiSeatTaken': {
      const { kpiId, weight, horizon } = event.data;
      return { ...state, seats: seatTaken(state.seats, { kpiId, weight, horizon }) };
    }
    case 'KpiSeatFreed':
      return { ...state, seats: state.seats.filter((seat) => seat.kpiId !== event.data.kpiId) };
    case 'UnitRetired':
      return { ...state, status: 'retired' };
    default:
      return assertNever(event);
  }
}

/** A unit and the seats of its active KPIs: one place decides "at most five", however many KPIs are activated at once. */
export const unitDecider: Decider<UnitCommand, UnitState, UnitEvent> = {
  initialState: { status: 'none', seats: [] },
  decide,
  evolve,
};
