/** Handlers of KPI commands that also concern the unit or the series, see `kpi-seats.ts`. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, kpiDecider, kpiStream, type KpiCommand, type KpiState } from '#lib/domain';
import { withMending } from '../kpis/mending.js';
import { PresentTime } from '../time.js';
import { ActivateKpi, ApproveMethodChange, ProposeMethodChange, RedefineKpi, RetireKpi } from './bus-commands.js';
import type { CommandRequest } from './command-request.js';
import { Decisions } from './decisions.js';
import { decideSeat, freeSeat, takeSeat } from './kpi-seats.js';
import { References } from './references.js';
import { UnitRights } from './unit-rights.js';

@CommandHandler(ActivateKpi)
export class ActivateKpiHandler implements ICommandHandler<ActivateKpi> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, request }: ActivateKpi) {
    const kpi = await this.references.existingKpi(kpiId);
    this.rights.ofUnit(request, kpi.definition.unitId);
    const unmatchedSeries = this.references.unmatchedSeries(kpi.definition.measure);
    const today = this.time.today();
    const command: KpiCommand = { type: 'ActivateKpi', kpiId, today, unmatchedSeries, actor: request.actor };
    const needsSeat = kpi.status === 'draft' && wouldAllow(command, kpi);
    if (needsSeat) await decideSeat(this.decisions, takeSeat(kpi.definition, request), request);
    try {
      return await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    } catch (error) {
      if (needsSeat && error instanceof DomainError) await this.giveSeatBack(kpiId, request);
      throw withMending(error, kpiId);
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
    private readonly rights: UnitRights,
  ) {}

  async execute({ definition, request }: RedefineKpi) {
    await this.rights.ofKpi(request, definition.kpiId);
    this.rights.ofUnit(request, definition.unitId);
    await this.references.ofDefinition(definition);
    const command: KpiCommand = { type: 'RedefineKpi', ...definition, actor: request.actor };
    const { kpiId } = definition;
    const answer = await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    const kpi = await this.references.existingKpi(kpiId);
    if (kpi.status === 'active') await decideSeat(this.decisions, takeSeat(kpi.definition, request), request);
    return answer;
  }
}

@CommandHandler(ProposeMethodChange)
export class ProposeMethodChangeHandler implements ICommandHandler<ProposeMethodChange> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, change, request }: ProposeMethodChange) {
    await this.rights.ofKpi(request, kpiId);
    const { measure } = change.method;
    const unmatchedSeries = measure === undefined ? [] : this.references.unmatchedSeries(measure);
    const fromUs = { unmatchedSeries, today: this.time.today(), actor: request.actor };
    const command: KpiCommand = { type: 'ProposeMethodChange', kpiId, ...change, ...fromUs };
    return this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
  }
}

@CommandHandler(ApproveMethodChange)
export class ApproveMethodChangeHandler implements ICommandHandler<ApproveMethodChange> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, changeId, request }: ApproveMethodChange) {
    await this.rights.ofKpi(request, kpiId);
    const fromUs = { today: this.time.today(), actor: request.actor };
    const command: KpiCommand = { type: 'ApproveMethodChange', kpiId, changeId, ...fromUs };
    const answer = await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    // Weight and horizon stand in the unit, too; a repetition after a stop in between brings them there.
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
    private readonly rights: UnitRights,
    private readonly time: PresentTime,
  ) {}

  async execute({ kpiId, reason, request }: RetireKpi) {
    await this.rights.ofKpi(request, kpiId);
    const command: KpiCommand = { type: 'RetireKpi', kpiId, reason, today: this.time.today(), actor: request.actor };
    const answer = await this.decisions.decide(kpiDecider, kpiStream(kpiId), kpiId, command, request);
    const kpi = await this.references.existingKpi(kpiId);
    await decideSeat(this.decisions, freeSeat(kpi.definition, request), request);
    return answer;
  }
}
