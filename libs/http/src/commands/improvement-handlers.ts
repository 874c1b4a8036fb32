/** Handlers of commands that take a part of their content from the data. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  actionDecider,
  actionStream,
  conflict,
  invalid,
  notFound,
  reviewDecider,
  reviewStream,
  type ActionCommand,
  type ReviewCommand,
} from '#lib/domain';
import { ImprovementQueries, KpiQueries, PAGE_LIMIT_MAX } from '#lib/projections';
import { judgeEffect } from '../actions/judge-effect.js';
import { FreshViews } from '../views/fresh-views.js';
import { PresentTime } from '../time.js';
import { CheckActionEffect, OpenReview, PlanAction } from './bus-commands.js';
import type { CommandRequest } from './command-request.js';
import { Decisions } from './decisions.js';
import { References } from './references.js';
import { Turns } from './turns.js';
import { UnitRights } from './unit-rights.js';

@CommandHandler(OpenReview)
export class OpenReviewHandler implements ICommandHandler<OpenReview> {
  private readonly turns = new Turns();

  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly views: FreshViews,
    private readonly improvement: ImprovementQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ review, request }: OpenReview) {
    this.rights.ofUnit(request, review.unitId);
    await this.references.unit(review.unitId);
    return this.turns.take(`${review.unitId} ${review.period}`, () => this.open(review, request));
  }

  private async open(review: OpenReview['review'], request: CommandRequest) {
    await this.views.reachHead();
    this.refuseSecond(review);
    const agenda = this.improvement.agenda(review.unitId, review.period, { now_ms: this.time.now_ms() });
    const fromData = { agenda: agenda.items, asOf: agenda.asOf.position, today: this.time.today() };
    const command: ReviewCommand = { type: 'OpenReview', ...review, ...fromData, actor: request.actor };
    return this.decisions.decide(reviewDecider, reviewStream(review.reviewId), review.reviewId, command, request);
  }

  /**
   * A unit has one open review of a period. The view that stands at the head of the log says so, and requests to this
   * process take turns; two processes over one log could still open two in the same instant, which harms nobody: both are
   * seen in the list, and one is closed.
   */
  private refuseSecond({ reviewId, unitId, period }: OpenReview['review']): void {
    const scope = { now_ms: this.time.now_ms(), limit: PAGE_LIMIT_MAX };
    let cursor: string | undefined;
    do {
      const page = this.improvement.reviews({ unitId }, { ...scope, ...(cursor !== undefined && { cursor }) });
      const open = page.items.find((one) => one.state === 'open' && one.period === period && one.reviewId !== reviewId);
      if (open !== undefined) {
        throw conflict(
          'REVIEW.ALREADY_OPEN',
          `The review ${open.reviewId} of ${unitId} for ${period} is open; go on in it, or close it first.`,
        );
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}

@CommandHandler(PlanAction)
export class PlanActionHandler implements ICommandHandler<PlanAction> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly views: FreshViews,
    private readonly kpis: KpiQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ plan, request }: PlanAction) {
    const { definition } = await this.references.kpi(plan.kpiId);
    this.rights.ofUnit(request, definition.unitId);
    await this.references.ofPlan(plan, definition);
    await this.views.reachHead();
    const valueAtPlanning = this.kpis.detail(plan.kpiId, { now_ms: this.time.now_ms() })?.current.value ?? null;
    const { unitId, direction } = definition;
    // Who plans for a KPI plans for its goal, unless another is named: the history of a goal would lack the action.
    const goalId = plan.goalId ?? definition.goalId;
    const fromData = { unitId, direction, valueAtPlanning, today: this.time.today() };
    const command: ActionCommand = { type: 'PlanAction', ...plan, goalId, ...fromData, actor: request.actor };
    return this.decisions.decide(actionDecider, actionStream(plan.actionId), plan.actionId, command, request);
  }
}

@CommandHandler(CheckActionEffect)
export class CheckActionEffectHandler implements ICommandHandler<CheckActionEffect> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly rights: UnitRights,
    private readonly views: FreshViews,
    private readonly kpis: KpiQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ actionId, check, request }: CheckActionEffect) {
    const { plan } = await this.decisions.stateOf(actionDecider, actionStream(actionId));
    if (plan === undefined) throw notFound('ACTION.UNKNOWN', `There is no action ${actionId}; plan it first.`);
    this.rights.ofUnit(request, plan.unitId);
    const { definition } = await this.references.kpi(plan.kpiId);
    await this.views.reachHead();
    const found = this.kpis.explain(plan.kpiId, check.period, { now_ms: this.time.now_ms() });
    if (found === null) throw invalid('REFERENCE.UNKNOWN', `The views know no KPI ${plan.kpiId}.`);
    const { valueAtPlanning, expectedEffect } = plan;
    const judged = judgeEffect(valueAtPlanning, expectedEffect.value, found.value, definition.direction);
    const { value, period, asOf } = found;
    const fromData = { value, judged, periodEndsOn: period.endsOn, asOf: asOf.position, today: this.time.today() };
    const judgement = { ...check, worked: check.worked ?? judged };
    const command: ActionCommand = {
      type: 'CheckActionEffect',
      actionId,
      ...judgement,
      ...fromData,
      actor: request.actor,
    };
    return this.decisions.decide(actionDecider, actionStream(actionId), actionId, command, request);
  }
}
