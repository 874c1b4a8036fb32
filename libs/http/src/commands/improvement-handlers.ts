/** Handlers of commands that take a part of their content from the data. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  actionDecider,
  actionStream,
  invalid,
  notFound,
  reviewDecider,
  reviewStream,
  type ActionCommand,
  type ReviewCommand,
} from '#lib/domain';
import { ImprovementQueries, KpiQueries } from '#lib/projections';
import { judgeEffect } from '../actions/judge-effect.js';
import { FreshViews } from '../views/fresh-views.js';
import { PresentTime } from '../time.js';
import { CheckActionEffect, OpenReview, PlanAction } from './bus-commands.js';
import { Decisions } from './decisions.js';
import { References } from './references.js';

@CommandHandler(OpenReview)
export class OpenReviewHandler implements ICommandHandler<OpenReview> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly views: FreshViews,
    private readonly improvement: ImprovementQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ review, request }: OpenReview) {
    await this.references.unit(review.unitId);
    await this.views.reachHead();
    const agenda = this.improvement.agenda(review.unitId, review.period, { now_ms: this.time.now_ms() });
    const fromData = { agenda: agenda.items, asOf: agenda.asOf.position, today: this.time.today() };
    const command: ReviewCommand = { type: 'OpenReview', ...review, ...fromData, actor: request.actor };
    return this.decisions.decide(reviewDecider, reviewStream(review.reviewId), review.reviewId, command, request);
  }
}

@CommandHandler(PlanAction)
export class PlanActionHandler implements ICommandHandler<PlanAction> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly views: FreshViews,
    private readonly kpis: KpiQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ plan, request }: PlanAction) {
    const { definition } = await this.references.kpi(plan.kpiId);
    await this.references.ofPlan(plan, definition);
    await this.views.reachHead();
    const valueAtPlanning = this.kpis.detail(plan.kpiId, { now_ms: this.time.now_ms() })?.current.value ?? null;
    const added = { unitId: definition.unitId, valueAtPlanning, today: this.time.today(), actor: request.actor };
    const command: ActionCommand = { type: 'PlanAction', ...plan, ...added };
    return this.decisions.decide(actionDecider, actionStream(plan.actionId), plan.actionId, command, request);
  }
}

@CommandHandler(CheckActionEffect)
export class CheckActionEffectHandler implements ICommandHandler<CheckActionEffect> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
    private readonly views: FreshViews,
    private readonly kpis: KpiQueries,
    private readonly time: PresentTime,
  ) {}

  async execute({ actionId, check, request }: CheckActionEffect) {
    const { plan } = await this.decisions.stateOf(actionDecider, actionStream(actionId));
    if (plan === undefined) throw notFound('ACTION.UNKNOWN', `There is no action ${actionId}; plan it first.`);
    const { definition } = await this.references.kpi(plan.kpiId);
    await this.views.reachHead();
    const found = this.kpis.explain(plan.kpiId, check.period, { now_ms: this.time.now_ms() });
    if (found === null) throw invalid('REFERENCE.UNKNOWN', `The views know no KPI ${plan.kpiId}.`);
    const { valueAtPlanning, expectedEffect } = plan;
    const judged = judgeEffect(valueAtPlanning, expectedEffect.value, found.value, definition.direction);
    const fromData = { value: found.value, asOf: found.asOf.position, today: this.time.today() };
    const worked = check.worked ?? judged;
    const command: ActionCommand = {
      type: 'CheckActionEffect',
      actionId,
      ...check,
      worked,
      ...fromData,
      actor: request.actor,
    };
    return this.decisions.decide(actionDecider, actionStream(actionId), actionId, command, request);
  }
}
