/**
 * Handlers of KPI commands that also concern the unit, which holds the seats of its active KPIs. There is no transaction
 * over two streams, so the order makes every stop in between harmless: a seat is taken before and freed after, and a
 * repetition takes up where the first attempt stopped. Seat commands are idempotent by the unit's state and not by the
 * caller's key: a key that was used before the seat was freed must not make us believe that it is still taken.
 */
import { randomUUID } from 'node:crypto';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  DomainError,
  kpiDecider,
  kpiStream,
  unitDecider,
  unitStream,
  type KpiCommand,
  type KpiDefinition,
  type KpiState,
  type UnitCommand,
} from '#lib/domain';
import { PresentTime } from '../time.js';
import { ActivateKpi, RedefineKpi, RetireKpi } from './bus-commands.js';
import type { CommandRequest } from './command-request.js';
import { Decisions } from './decisions.js';
import { References } from './references.js';

async function decideSeat(decisions: Decisions, command: UnitCommand, request: CommandRequest): Promise<void> {
  const { actor, correlationId } = request;
  const ownRequest = { actor, correlationId, commandId: randomUUID() };
  await decisions.execute(unitDecider, unitStream(command.unitId), command, ownRequest);
}

const takeSeat = ({ unitId, kpiId, weight, horizon }: KpiDefinition, { actor }: CommandRequest): UnitCommand => ({
  type: 'TakeKpiSeat',
  unitId,
  kpiId,
  weight,
  horizon,
  actor,
});

const freeSeat = ({ unitId, kpiId }: KpiDefinition, { actor }: CommandRequest): UnitCommand => ({
  type: 'FreeKpiSeat',
  unitId,
  kpiId,
  actor,
});

@CommandHandler(ActivateKpi)
export class ActivateKpiHandler implements ICommandHandler<ActivateKpi> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, request }: ActivateKpi) {
    const command: KpiCommand = { type: 'ActivateKpi', kpiId, today: this.time.today(), actor: request.actor };
    const kpi = await this.references.existingKpi(kpiId);
    const needsSeat = kpi.status === 'draft' && wouldAllow(command, kpi);
    if (needsSeat) {
      this.references.measuredSeries(kpi.definition.measure);
      await decideSeat(this.decisions, takeSeat(kpi.definition, request), request);
    }
    try {
      return await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    } catch (error) {
      if (needsSeat && error instanceof DomainError) await this.giveSeatBack(kpiId, request);
      throw error;
    }
  }

  /** Something changed in between. If somebody else activated it, the seat is theirs. */
  private async giveSeatBack(kpiId: string, request: CommandRequest): Promise<void> {
    const kpi = await this.references.existingKpi(kpiId);
    if (kpi.status !== 'active') await decideSeat(this.decisions, freeSeat(kpi.definition, request), request);
  }
}

/** Asks the decider before a seat is taken; its refusal is then told by deciding for good, which also finds repetitions. */
function wouldAllow(command: KpiCommand, state: KpiState): boolean {
  try {
    kpiDecider.decide(command, state);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

@CommandHandler(RedefineKpi)
export class RedefineKpiHandler implements ICommandHandler<RedefineKpi> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
  ) {}

  async execute({ definition, request }: RedefineKpi) {
    await this.references.ofDefinition(definition);
    const command: KpiCommand = { type: 'RedefineKpi', ...definition, actor: request.actor };
    const { kpiId } = definition;
    const answer = await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    const kpi = await this.references.existingKpi(kpiId);
    if (kpi.status === 'active') await decideSeat(this.decisions, takeSeat(kpi.definition, request), request);
    return answer;
  }
}

@CommandHandler(RetireKpi)
export class RetireKpiHandler implements ICommandHandler<RetireKpi> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, reason, request }: RetireKpi) {
    const command: KpiCommand = { type: 'RetireKpi', kpiId, reason, today: this.time.today(), actor: request.actor };
    const answer = await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    const kpi = await this.references.existingKpi(kpiId);
    await decideSeat(this.decisions, freeSeat(kpi.definition, request), request);
    return answer;
  }
}
