/**
 * Commands on a KPI also concern the unit, which holds the seats of its active KPIs. There is no transaction
 * over two streams, so the order makes every stop in between harmless: a seat is taken before and freed after, and a
 * repetition takes up where the first attempt stopped. Seat commands are idempotent by the unit's state and not by the
 * caller's key: a key that was used before the seat was freed must not make us believe that it is still taken.
 */
import { randomUUID } from 'node:crypto';
import { unitDecider, unitStream, type KpiDefinition, type UnitCommand } from '#lib/domain';
import type { CommandRequest } from './command-request.js';
import type { Decisions } from './decisions.js';

/** Decides on a seat, under an id of its own. */
export async function decideSeat(decisions: Decisions, command: UnitCommand, request: CommandRequest): Promise<void> {
  const { actor, correlationId } = request;
  const ownRequest = { actor, correlationId, commandId: randomUUID() };
  await decisions.execute(unitDecider, unitStream(command.unitId), command, ownRequest);
}

/** Also brings weight and horizon of a seat up to date. */
export const takeSeat = (
  { unitId, kpiId, weight, horizon }: KpiDefinition,
  { actor }: CommandRequest,
): UnitCommand => ({
  type: 'TakeKpiSeat',
  unitId,
  kpiId,
  weight,
  horizon,
  actor,
});

export const freeSeat = ({ unitId, kpiId }: KpiDefinition, { actor }: CommandRequest): UnitCommand => ({
  type: 'FreeKpiSeat',
  unitId,
  kpiId,
  actor,
});
