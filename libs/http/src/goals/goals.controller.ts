import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { GoalCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnGoal } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { CloseGoalBody, ReviseGoalBody, SetGoalBody } from './goal.bodies.js';

@ApiTags('units and goals')
@Controller('v1/goals')
export class GoalsController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @Access('admin', 'kpi-owner')
  @IsCommand('Set a goal', 'created')
  set(@Body() body: SetGoalBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'SetGoal', ...body, actor: request.actor }, request);
  }

  @Post(':goalId/revise')
  @Access('admin', 'kpi-owner')
  @IsCommand('Revise a goal, with a reason')
  revise(@Param('goalId') goalId: string, @Body() body: ReviseGoalBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'ReviseGoal', goalId, ...body, actor: request.actor }, request);
  }

  @Post(':goalId/close')
  @Access('admin', 'kpi-owner')
  @IsCommand('Close a goal as reached, missed or dropped')
  close(@Param('goalId') goalId: string, @Body() body: CloseGoalBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'CloseGoal', goalId, ...body, actor: request.actor }, request);
  }

  private decide(command: GoalCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnGoal(command, request));
  }
}
