import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { ActionCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { CheckActionEffect, DecideOnAction, PlanAction } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { ReasonBody } from '../kpis/kpi.bodies.js';
import { IsCommand } from '../openapi/answers.js';
import { PresentTime } from '../time.js';
import { CheckActionEffectBody, CompleteActionBody, PlanActionBody, ReportProgressBody } from './action.bodies.js';

@ApiTags('improvement')
@Controller('v1/actions')
export class ActionsController {
  constructor(
    private readonly bus: CommandBus,
    private readonly time: PresentTime,
  ) {}

  @Post()
  @Access('kpi-owner', 'evaluator', 'admin')
  @IsCommand("Plan an improvement action from the KPI's present value", 'created')
  plan(@Body() body: PlanActionBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new PlanAction(body, request));
  }

  @Post(':actionId/progress')
  @Access('kpi-owner', 'evaluator', 'admin')
  @IsCommand('Report progress')
  report(
    @Param('actionId') actionId: string,
    @Body() body: ReportProgressBody,
    @FromRequest() request: CommandRequest,
  ) {
    const today = this.time.today();
    return this.decide({ type: 'ReportActionProgress', actionId, ...body, today, actor: request.actor }, request);
  }

  @Post(':actionId/complete')
  @Access('kpi-owner', 'evaluator', 'admin')
  @IsCommand('Complete an action')
  complete(
    @Param('actionId') actionId: string,
    @Body() body: CompleteActionBody,
    @FromRequest() request: CommandRequest,
  ) {
    const today = this.time.today();
    return this.decide({ type: 'CompleteAction', actionId, ...body, today, actor: request.actor }, request);
  }

  @Post(':actionId/check')
  @Access('kpi-owner', 'evaluator', 'admin')
  @IsCommand('Check whether an action worked, against the value of a period')
  check(
    @Param('actionId') actionId: string,
    @Body() body: CheckActionEffectBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.bus.execute(new CheckActionEffect(actionId, body, request));
  }

  @Post(':actionId/cancel')
  @Access('kpi-owner', 'evaluator', 'admin')
  @IsCommand('Cancel an action, with a reason')
  cancel(@Param('actionId') actionId: string, @Body() body: ReasonBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'CancelAction', actionId, ...body, actor: request.actor }, request);
  }

  private decide(command: ActionCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnAction(command, request));
  }
}
