import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, READERS } from '../access/access.decorator.js';
import { Authenticator } from '../access/authenticator.js';
import { IsProblem } from '../openapi/answers.js';
import { LiveUpdates } from './live-updates.js';

const EXAMPLE = 'event: progress\ndata: {"position":"1200","kpiIds":["pm25-mean"]}\n\n';

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
  @ApiResponse({
    status: 200,
    description:
      'An endless stream. `position` is where the views stand, `kpiIds` are the KPIs whose figures may have changed; ' +
      'with `all: true` look at everything again. Comment lines come every 15 seconds. The first event comes at once.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @IsProblem(503, 'Too many pages listen; look again at intervals instead.')
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
