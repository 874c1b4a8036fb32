import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { PersonCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnPerson, IssuePersonToken } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { ChangePersonRoleBody, IssuePersonTokenBody, RegisterPersonBody } from './person.bodies.js';

@ApiTags('people')
@Controller('v1/people')
export class PeopleController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @Access('admin')
  @IsCommand(
    'Register a person with a role; with a `unitId` a KPI owner or evaluator decides for that unit only',
    'created',
  )
  register(@Body() body: RegisterPersonBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RegisterPerson', ...body, actor: request.actor }, request);
  }

  @Post(':personId/role')
  @Access('admin')
  @IsCommand("Change a person's role; effective with the next request")
  changeRole(
    @Param('personId') personId: string,
    @Body() body: ChangePersonRoleBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'ChangePersonRole', personId, ...body, actor: request.actor }, request);
  }

  @Post(':personId/tokens')
  @Access('admin')
  @IsCommand('Issue a token; this answer shows it once, as `token` with its `tokenId`', 'created', 'TokenAnswer')
  issueToken(
    @Param('personId') personId: string,
    @Body() body: IssuePersonTokenBody,
    @FromRequest() request: CommandRequest,
  ) {
    return this.bus.execute(new IssuePersonToken(personId, body.expiresAt, request));
  }

  @Post(':personId/tokens/:tokenId/revoke')
  @Access('admin')
  @IsCommand('Revoke a token; effective with the next request')
  revokeToken(
    @Param('personId') personId: string,
    @Param('tokenId') tokenId: string,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'RevokePersonToken', personId, tokenId, actor: request.actor }, request);
  }

  @Post(':personId/deactivate')
  @Access('admin')
  @IsCommand('Deactivate a person and all their tokens')
  deactivate(@Param('personId') personId: string, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'DeactivatePerson', personId, actor: request.actor }, request);
  }

  private decide(command: PersonCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnPerson(command, request));
  }
}
