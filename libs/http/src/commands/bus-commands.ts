/**
 * What travels over the command bus: a command of a decision model and the request it came with. One class a model, not
 * one a verb: the verb is the domain command's `type`. Verbs that touch several streams or the data have their own class.
 */
import { Command } from '@nestjs/cqrs';
import type {
  ActionCommand,
  ActionPlan,
  EffectCheck,
  GoalCommand,
  KpiCommand,
  KpiDefinition,
  MethodChangeProposal,
  PersonCommand,
  ReviewCommand,
  SeriesCommand,
  SeriesDefinition,
  SourceCommand,
  UnitCommand,
} from '#lib/domain';
import type { CommandAnswer, CommandRequest } from './command-request.js';

export class DecideOnUnit extends Command<CommandAnswer> {
  constructor(
    readonly command: UnitCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnGoal extends Command<CommandAnswer> {
  constructor(
    readonly command: GoalCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnKpi extends Command<CommandAnswer> {
  constructor(
    readonly command: KpiCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnReview extends Command<CommandAnswer> {
  constructor(
    readonly command: ReviewCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnAction extends Command<CommandAnswer> {
  constructor(
    readonly command: ActionCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnSource extends Command<CommandAnswer> {
  constructor(
    readonly command: SourceCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnSeries extends Command<CommandAnswer> {
  constructor(
    readonly command: SeriesCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export class DecideOnPerson extends Command<CommandAnswer> {
  constructor(
    readonly command: PersonCommand,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** What registering many series answers. */
export interface BatchAnswer {
  readonly registered: number;
  readonly position: string | null;
}

/** Registers all of them or, when one is refused, none. */
export class RegisterSeriesBatch extends Command<BatchAnswer> {
  constructor(
    readonly series: readonly SeriesDefinition[],
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** A secret leaves the system in exactly one answer. */
export interface KeyAnswer extends CommandAnswer {
  readonly keyId: string;
  readonly key: string;
}

export class IssueSourceKey extends Command<KeyAnswer> {
  constructor(
    readonly sourceId: string,
    readonly expiresAt: string | undefined,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

export interface TokenAnswer extends CommandAnswer {
  readonly tokenId: string;
  readonly token: string;
}

export class IssuePersonToken extends Command<TokenAnswer> {
  constructor(
    readonly personId: string,
    readonly expiresAt: string | undefined,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Makes the first administrator, with a token, in one append. */
export class BecomeFirstAdmin extends Command<TokenAnswer> {
  constructor(
    readonly personId: string,
    readonly bootstrapToken: string,
    readonly correlationId: string,
  ) {
    super();
  }
}

/** Takes a seat in the unit and makes the KPI active. */
export class ActivateKpi extends Command<CommandAnswer> {
  constructor(
    readonly kpiId: string,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Redefines the KPI and, when it is active, its seat. */
export class RedefineKpi extends Command<CommandAnswer> {
  constructor(
    readonly definition: KpiDefinition & { readonly reason: string },
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Proposes another method, whose series are looked for. */
export class ProposeMethodChange extends Command<CommandAnswer> {
  constructor(
    readonly kpiId: string,
    readonly change: Pick<MethodChangeProposal, 'changeId' | 'method' | 'effectiveFrom' | 'reason'>,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Approves a proposed method and brings the KPI's seat up to date. */
export class ApproveMethodChange extends Command<CommandAnswer> {
  constructor(
    readonly kpiId: string,
    readonly changeId: string,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Retires the KPI and frees its seat. */
export class RetireKpi extends Command<CommandAnswer> {
  constructor(
    readonly kpiId: string,
    readonly reason: string,
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Opens a review whose agenda is taken from the data. */
export class OpenReview extends Command<CommandAnswer> {
  constructor(
    readonly review: { readonly reviewId: string; readonly unitId: string; readonly period: string },
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Plans an action from the KPI's present value. */
export class PlanAction extends Command<CommandAnswer> {
  constructor(
    readonly plan: Omit<ActionPlan, 'plannedOn' | 'valueAtPlanning' | 'unitId'> & { readonly unitId?: string },
    readonly request: CommandRequest,
  ) {
    super();
  }
}

/** Checks an action against the value of a period. */
export class CheckActionEffect extends Command<CommandAnswer> {
  constructor(
    readonly actionId: string,
    readonly check: Pick<EffectCheck, 'period' | 'note'> & { readonly worked?: EffectCheck['worked'] },
    readonly request: CommandRequest,
  ) {
    super();
  }
}
