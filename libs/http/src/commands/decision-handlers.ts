/** Handlers of commands that one stream decides: check what they name, then decide. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  actionDecider,
  actionStream,
  goalDecider,
  goalStream,
  kpiDecider,
  kpiStream,
  personDecider,
  personStream,
  reviewDecider,
  reviewStream,
  seriesDecider,
  seriesStream,
  sourceDecider,
  sourceStream,
  unitDecider,
  unitStream,
  type ReviewCommand,
} from '#lib/domain';
import {
  DecideOnAction,
  DecideOnGoal,
  DecideOnKpi,
  DecideOnPerson,
  DecideOnReview,
  DecideOnSeries,
  DecideOnSource,
  DecideOnUnit,
} from './bus-commands.js';
import { Decisions } from './decisions.js';
import { References } from './references.js';
import { UnitRights } from './unit-rights.js';

@CommandHandler(DecideOnUnit)
export class DecideOnUnitHandler implements ICommandHandler<DecideOnUnit> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
  ) {}

  async execute({ command, request }: DecideOnUnit) {
    if (command.type === 'RegisterUnit') await this.references.unit(command.parentUnitId, 'parentUnitId');
    return this.decisions.decide(unitDecider, unitStream(command.unitId), command.unitId, command, request);
  }
}

@CommandHandler(DecideOnGoal)
export class DecideOnGoalHandler implements ICommandHandler<DecideOnGoal> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
  ) {}

  async execute({ command, request }: DecideOnGoal) {
    await this.rights.ofGoal(request, command.goalId);
    if (command.type !== 'CloseGoal') {
      this.rights.ofUnit(request, command.unitId);
      await this.references.unit(command.unitId);
      await this.references.parentGoal(command.parentGoalId, command.goalId);
    }
    return this.decisions.decide(goalDecider, goalStream(command.goalId), command.goalId, command, request);
  }
}

@CommandHandler(DecideOnKpi)
export class DecideOnKpiHandler implements ICommandHandler<DecideOnKpi> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
  ) {}

  async execute({ command, request }: DecideOnKpi) {
    await this.rights.ofKpi(request, command.kpiId);
    if (command.type === 'DefineKpi') this.rights.ofUnit(request, command.unitId);
    if (command.type === 'DefineKpi') await this.references.ofDefinition(command);
    return this.decisions.decide(kpiDecider, kpiStream(command.kpiId), command.kpiId, command, request);
  }
}

@CommandHandler(DecideOnReview)
export class DecideOnReviewHandler implements ICommandHandler<DecideOnReview> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
  ) {}

  async execute({ command, request }: DecideOnReview) {
    await this.rights.ofReview(request, command.reviewId);
    const { reviewId } = command;
    const decided = command.type === 'RecordFinding' ? await this.withGoal(command) : command;
    return this.decisions.decide(reviewDecider, reviewStream(reviewId), reviewId, decided, request);
  }

  /** A finding on a KPI is one on its goal, unless it names another. */
  private async withGoal(finding: Extract<ReviewCommand, { type: 'RecordFinding' }>): Promise<ReviewCommand> {
    const kpi = await this.references.ofFinding(finding);
    return { ...finding, goalId: finding.goalId ?? kpi?.definition.goalId };
  }
}

@CommandHandler(DecideOnAction)
export class DecideOnActionHandler implements ICommandHandler<DecideOnAction> {
  constructor(
    private readonly decisions: Decisions,
    private readonly rights: UnitRights,
  ) {}

  async execute({ command, request }: DecideOnAction) {
    await this.rights.ofAction(request, command.actionId);
    return this.decisions.decide(actionDecider, actionStream(command.actionId), command.actionId, command, request);
  }
}

@CommandHandler(DecideOnSource)
export class DecideOnSourceHandler implements ICommandHandler<DecideOnSource> {
  constructor(private readonly decisions: Decisions) {}

  async execute({ command, request }: DecideOnSource) {
    const stream = sourceStream(command.sourceId);
    return this.decisions.known(await this.decisions.decide(sourceDecider, stream, command.sourceId, command, request));
  }
}

@CommandHandler(DecideOnSeries)
export class DecideOnSeriesHandler implements ICommandHandler<DecideOnSeries> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
  ) {}

  async execute({ command, request }: DecideOnSeries) {
    if (command.type !== 'RetireSeries') await this.references.source(command.sourceId);
    const stream = seriesStream(command.seriesKey);
    return this.decisions.known(
      await this.decisions.decide(seriesDecider, stream, command.seriesKey, command, request),
    );
  }
}

@CommandHandler(DecideOnPerson)
export class DecideOnPersonHandler implements ICommandHandler<DecideOnPerson> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
  ) {}

  async execute({ command, request }: DecideOnPerson) {
    if ('role' in command) await this.references.unit(command.unitId);
    const stream = personStream(command.personId);
    return this.decisions.known(await this.decisions.decide(personDecider, stream, command.personId, command, request));
  }
}
