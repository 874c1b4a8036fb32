import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { UnitCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnUnit } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { RegisterUnitBody, RenameUnitBody } from './unit.bodies.js';

@ApiTags('units and goals')
@Controller('v1/units')
export class UnitsController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @Access('admin')
  @IsCommand('Register a unit', 'created')
  register(@Body() body: RegisterUnitBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RegisterUnit', ...body, actor: request.actor }, request);
  }

  @Post(':unitId/rename')
  @Access('admin')
  @IsCommand('Rename a unit')
  rename(@Param('unitId') unitId: string, @Body() body: RenameUnitBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RenameUnit', unitId, ...body, actor: request.actor }, request);
  }

  @Post(':unitId/retire')
  @Access('admin')
  @IsCommand('Retire a unit that has no active KPI')
  retire(@Param('unitId') unitId: string, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RetireUnit', unitId, actor: request.actor }, request);
  }

  private decide(command: UnitCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnUnit(command, request));
  }
}
