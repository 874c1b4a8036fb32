import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Health, Metrics } from '#lib/platform';
import { Access } from '../access/access.decorator.js';
import { RequestRefused } from '../problems/request-refused.js';

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
  @ApiOperation({ summary: 'Whether this process is worth keeping; 503 when it has to be started again' })
  live(@Res({ passthrough: true }) reply: FastifyReply) {
    const { live, reasons } = this.health.live();
    reply.status(live ? 200 : 503).header('cache-control', 'no-store');
    return { status: live ? 'live' : 'failed', reasons };
  }

  @Get('health/ready')
  @Access('public')
  @ApiOperation({ summary: 'Whether requests may be sent here; 503 with reasons when not' })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, reasons } = this.health.ready();
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'ready' : 'not-ready', reasons };
  }

  /** Public for a scraper on this machine; over the network an auditor or admin. */
  @Get('metrics')
  @Access('public')
  @ApiOperation({ summary: 'Measurements in the Prometheus text format; over the network for auditors and admins' })
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
