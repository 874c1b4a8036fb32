import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, READERS } from '../access/access.decorator.js';
import { Authenticator } from '../access/authenticator.js';
import { LiveUpdates } from './live-updates.js';

@ApiTags('operations')
@Controller('v1/live')
export class LiveController {
  constructor(
    private readonly updates: LiveUpdates,
    private readonly authenticator: Authenticator,
  ) {}

  @Get()
  @Access(...READERS)
  @ApiOperation({ summary: 'Server-Sent Events: `progress` {position, kpiIds} whenever the views have moved' })
  @ApiProduces('text/event-stream')
  listen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.updates.refuseIfFull();
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies must not collect what is meant to arrive now.
      'x-accel-buffering': 'no',
    });
    const { id } = request.caller;
    this.updates.add(reply.raw, () => this.authenticator.authenticate(request.headers)?.caller.id === id);
  }
}
