import { Injectable } from '@nestjs/common';
import {
  actionDecider,
  actionStream,
  goalDecider,
  goalStream,
  kpiDecider,
  kpiStream,
  reviewDecider,
  reviewStream,
} from '#lib/domain';
import { RequestRefused } from '../problems/request-refused.js';
import type { CommandRequest } from './command-request.js';
import { Decisions } from './decisions.js';

/**
 * KPI owners and evaluators who are registered with a unit decide for the things of that unit only; without a unit they
 * decide for the whole organisation, and so do administrators. The units below a unit are other units. Every method passes
 * over a thing that does not exist: its decider says so.
 */
@Injectable()
export class UnitRights {
  constructor(private readonly decisions: Decisions) {}

  /** @throws RequestRefused OTHER_UNIT */
  ofUnit({ onlyUnitId }: CommandRequest, unitId: string | undefined): void {
    if (onlyUnitId === undefined || unitId === undefined || unitId === onlyUnitId) return;
    throw new RequestRefused(
      'OTHER_UNIT',
      `You are registered with the unit ${onlyUnitId}, and this belongs to the unit ${unitId}; ask somebody of ${unitId} or an administrator.`,
    );
  }

  async ofKpi(request: CommandRequest, kpiId: string): Promise<void> {
    if (request.onlyUnitId === undefined) return;
    this.ofUnit(request, (await this.decisions.stateOf(kpiDecider, kpiStream(kpiId))).definition?.unitId);
  }

  async ofGoal(request: CommandRequest, goalId: string): Promise<void> {
    if (request.onlyUnitId === undefined) return;
    this.ofUnit(request, (await this.decisions.stateOf(goalDecider, goalStream(goalId))).definition?.unitId);
  }

  async ofAction(request: CommandRequest, actionId: string): Promise<void> {
    if (request.onlyUnitId === undefined) return;
    this.ofUnit(request, (await this.decisions.stateOf(actionDecider, actionStream(actionId))).plan?.unitId);
  }

  async ofReview(request: CommandRequest, reviewId: string): Promise<void> {
    if (request.onlyUnitId === undefined) return;
    this.ofUnit(request, (await this.decisions.stateOf(reviewDecider, reviewStream(reviewId))).unitId);
  }
}
