import { Injectable } from '@nestjs/common';
import {
  goalDecider,
  goalStream,
  invalid,
  kpiDecider,
  kpiStream,
  personDecider,
  personStream,
  sourceDecider,
  sourceStream,
  notFound,
  reviewDecider,
  reviewStream,
  unitDecider,
  unitStream,
  type ActionPlan,
  type DomainError,
  type Finding,
  type KpiDefinition,
  type KpiState,
  type Measure,
} from '#lib/domain';
import { SourceRegistry } from '#lib/intake';
import { measuredSeries } from '../kpis/measured-series.js';
import { Decisions } from './decisions.js';

/**
 * Checks that what a command names exists, in the stream that knows it. The answer is of this moment: a unit retired in
 * the same instant is not noticed. That is accepted, because no rule of the other stream is broken by it.
 */
@Injectable()
export class References {
  constructor(
    private readonly decisions: Decisions,
    private readonly registry: SourceRegistry,
  ) {}

  async unit(unitId: string | undefined, where = 'unitId'): Promise<void> {
    if (unitId === undefined) return;
    const state = await this.decisions.stateOf(unitDecider, unitStream(unitId));
    if (state.status !== 'active') throw unknown(where, `unit ${unitId}`);
  }

  async goal(goalId: string | undefined, where = 'goalId'): Promise<void> {
    if (goalId === undefined) return;
    const state = await this.decisions.stateOf(goalDecider, goalStream(goalId));
    if (state.status !== 'open') throw unknown(where, `goal ${goalId}`);
  }

  async person(personId: string, where = 'ownerId'): Promise<void> {
    const state = await this.decisions.stateOf(personDecider, personStream(personId));
    if (state.status !== 'active') throw unknown(where, `person ${personId}`);
  }

  async source(sourceId: string, where = 'sourceId'): Promise<void> {
    const state = await this.decisions.stateOf(sourceDecider, sourceStream(sourceId));
    if (state.status !== 'registered') throw unknown(where, `source ${sourceId}`);
  }

  /** A KPI that the body of a command names; it may be a draft or retired. */
  async kpi(kpiId: string, where = 'kpiId'): Promise<DefinedKpi> {
    return (await this.findKpi(kpiId)) ?? refuse(where, `KPI ${kpiId}`);
  }

  /** The KPI that a command is addressed to. */
  async existingKpi(kpiId: string): Promise<DefinedKpi> {
    const kpi = await this.findKpi(kpiId);
    if (kpi === null) throw notFound('KPI.UNKNOWN', `There is no KPI ${kpiId}; define it first.`);
    return kpi;
  }

  /** Unit, goal and owner of a KPI. */
  async ofDefinition({ unitId, goalId, ownerId }: KpiDefinition): Promise<void> {
    await this.unit(unitId);
    await this.goal(goalId);
    await this.person(ownerId);
  }

  /** What a finding is about; answers its KPI, where it names one. */
  async ofFinding({ kpiId, goalId }: Pick<Finding, 'kpiId' | 'goalId'>): Promise<DefinedKpi | undefined> {
    const kpi = kpiId === undefined ? undefined : await this.kpi(kpiId);
    await this.goal(goalId);
    return kpi;
  }

  /** What an action's plan names beside its KPI. */
  async ofPlan(plan: PlannedReferences, definition: KpiDefinition): Promise<void> {
    if (plan.unitId !== undefined && plan.unitId !== definition.unitId) {
      throw invalid('ACTION.OTHER_UNIT', `The KPI belongs to the unit ${definition.unitId}; plan the action there.`, [
        { where: 'unitId', what: `is not the KPI's unit ${definition.unitId}` },
      ]);
    }
    await this.person(plan.ownerId);
    await this.goal(plan.goalId);
    if (plan.reviewId !== undefined) await this.review(plan.reviewId, plan.findingId);
  }

  /** A goal's parent is in use and not below the goal itself. */
  async parentGoal(parentGoalId: string | undefined, goalId: string): Promise<void> {
    await this.goal(parentGoalId, 'parentGoalId');
    let above = parentGoalId;
    for (let depth = 0; above !== undefined && depth < GOAL_DEPTH_MAX; depth += 1) {
      if (above === goalId) break;
      above = (await this.decisions.stateOf(goalDecider, goalStream(above))).definition?.parentGoalId;
    }
    if (above === undefined) return;
    throw invalid('GOAL.CIRCLE', `A goal has at most ${GOAL_DEPTH_MAX} goals above it, and never itself.`, [
      { where: 'parentGoalId', what: 'leads back to the goal, or too far up' },
    ]);
  }

  /** Series keys and prefixes of a measure that no registered series matches. */
  unmatchedSeries(measure: Measure): readonly string[] {
    return measuredSeries(this.registry, measure).unmatched;
  }

  private async review(reviewId: string, findingId: string | undefined): Promise<void> {
    const state = await this.decisions.stateOf(reviewDecider, reviewStream(reviewId));
    if (state.status === 'none') throw unknown('reviewId', `review ${reviewId}`);
    const isKnown = findingId === undefined || state.findings.some((finding) => finding.findingId === findingId);
    if (!isKnown) throw unknown('findingId', `finding ${findingId}`);
  }

  private async findKpi(kpiId: string): Promise<DefinedKpi | null> {
    const state = await this.decisions.stateOf(kpiDecider, kpiStream(kpiId));
    return state.definition === undefined ? null : { ...state, definition: state.definition };
  }
}

/** Goals above a goal, at most. */
const GOAL_DEPTH_MAX = 20;

export type DefinedKpi = KpiState & { readonly definition: KpiDefinition };
type PlannedReferences = Pick<ActionPlan, 'ownerId' | 'goalId' | 'reviewId' | 'findingId'> & {
  readonly unitId?: string;
};

const refuse = (where: string, thing: string): never => {
  throw unknown(where, thing);
};

const unknown = (where: string, thing: string): DomainError =>
  invalid('REFERENCE.UNKNOWN', `There is no ${thing} in use; register it first, or name another.`, [
    { where, what: `names no ${thing.split(' ')[0]!} in use` },
  ]);
