import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Health, Metrics } from '#lib/platform';
import { Access } from '../access/access.decorator.js';
import { IsAnswer, IsProblem } from '../openapi/answers.js';
import { RequestRefused } from '../problems/request-refused.js';

const LIVENESS = { $ref: '#/components/schemas/Liveness' };
const READINESS = { $ref: '#/components/schemas/Readiness' };
const METRICS_EXAMPLE = '# TYPE tallystick_appends_total counter\ntallystick_appends_total 1200\n';
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Access('public')
  @IsAnswer('Whether this process is worth keeping; 503 when it has to be started again', 'Liveness')
  @ApiResponse({ status: 503, description: 'It has to be started again.', schema: LIVENESS })
  live(@Res({ passthrough: true }) reply: FastifyReply) {
    const { live, reasons } = this.health.live();
    reply.status(live ? 200 : 503).header('cache-control', 'no-store');
    return { status: live ? 'live' : 'failed', reasons };
  }

  @Get('health/ready')
  @Access('public')
  @IsAnswer('Whether requests may be sent here; 503 with reasons when not', 'Readiness')
  @ApiResponse({ status: 503, description: 'Not yet, or not any more.', schema: READINESS })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, reasons } = this.health.ready();
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'ready' : 'not-ready', reasons };
  }

  /** Public for a scraper on this machine; over the network an auditor or admin. */
  @Get('metrics')
  @Access('public')
  @ApiOperation({ summary: 'Measurements in the Prometheus text format; over the network for auditors and admins' })
  @ApiResponse({
    status: 200,
    description: 'All metrics begin with `tallystick_`, beside those of the process.',
    content: { 'text/plain': { schema: { type: 'string' }, example: METRICS_EXAMPLE } },
  })
  @IsProblem(401, 'Asked over the network without a token.')
  @IsProblem(403, 'Asked over the network by another role.')
  async measurements(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseStrangers(request);
    reply.header('content-type', this.metrics.contentType).header('cache-control', 'no-store');
    return this.metrics.text();
  }
}

function refuseStrangers({ ip, headers, caller }: FastifyRequest): void {
  if (caller.role === 'admin' || caller.role === 'auditor') return;
  // A proxy on this machine connects from loopback too, but it says for whom.
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  if (LOOPBACK.test(ip) && !isForwarded) return;
  if (caller.role === 'public')
    throw new RequestRefused('NOT_SIGNED_IN', 'Only a scraper on this machine needs no token.');
  throw new RequestRefused('FORBIDDEN', 'Measurements are for auditors and admins.');
}
