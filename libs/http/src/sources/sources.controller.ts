import { Body, Controller, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { SourceCommand } from '#lib/domain';
import { Access } from '../access/access.decorator.js';
import { DecideOnSource, IssueSourceKey } from '../commands/bus-commands.js';
import { FromRequest, type CommandRequest } from '../commands/command-request.js';
import { IsCommand } from '../openapi/answers.js';
import { IssueKeyBody, RegisterSourceBody } from './source.bodies.js';

@ApiTags('sources and series')
@Controller('v1/sources')
export class SourcesController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @Access('admin', 'data-steward')
  @IsCommand('Register a source', 'created')
  register(@Body() body: RegisterSourceBody, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RegisterSource', ...body, actor: request.actor }, request);
  }

  @Post(':sourceId/keys')
  @Access('admin', 'data-steward')
  @IsCommand('Issue an API key; this answer shows it once, as `key` with its `keyId`', 'created', 'KeyAnswer')
  issueKey(@Param('sourceId') sourceId: string, @Body() body: IssueKeyBody, @FromRequest() request: CommandRequest) {
    return this.bus.execute(new IssueSourceKey(sourceId, body.expiresAt, request));
  }

  @Post(':sourceId/keys/:keyId/revoke')
  @Access('admin', 'data-steward')
  @IsCommand('Revoke an API key')
  revokeKey(
    @Param('sourceId') sourceId: string,
    @Param('keyId') keyId: string,
    @FromRequest() request: CommandRequest,
  ) {
    return this.decide({ type: 'RevokeSourceKey', sourceId, keyId, actor: request.actor }, request);
  }

  @Post(':sourceId/retire')
  @Access('admin', 'data-steward')
  @IsCommand('Retire a source and all its keys')
  retire(@Param('sourceId') sourceId: string, @FromRequest() request: CommandRequest) {
    return this.decide({ type: 'RetireSource', sourceId, actor: request.actor }, request);
  }

  private decide(command: SourceCommand, request: CommandRequest) {
    return this.bus.execute(new DecideOnSource(command, request));
  }
}
