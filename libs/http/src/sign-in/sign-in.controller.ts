import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { slowedDown } from '../access/access-hook.js';
import { Access, FromCaller, READERS } from '../access/access.decorator.js';
import type { Caller } from '../access/caller.js';
import { isFromOtherSite } from '../access/cross-site.js';
import { FailureLimiter } from '../access/failure-limiter.js';
import { PeopleDirectory } from '../access/people-directory.js';
import { SessionCookie } from '../access/session-cookie.js';
import { Sessions } from '../access/sessions.js';
import { BecomeFirstAdmin } from '../commands/bus-commands.js';
import { IsAnswer, IsCommand, IsProblem } from '../openapi/answers.js';
import { RequestRefused } from '../problems/request-refused.js';
import { PresentTime } from '../time.js';
import { BootstrapBody, OpenSessionBody } from './sign-in.bodies.js';

@ApiTags('sign-in')
@Controller('v1')
export class SignInController {
  constructor(
    private readonly bus: CommandBus,
    private readonly people: PeopleDirectory,
    private readonly sessions: Sessions,
    private readonly cookie: SessionCookie,
    private readonly failures: FailureLimiter,
    private readonly time: PresentTime,
  ) {}

  @Post('bootstrap')
  @Access('public')
  @IsCommand('Exchange the one-time token for the first administrator and a token', 'created', 'TokenAnswer')
  @IsProblem(401, 'This is not the token that the server printed.')
  @IsProblem(403, "Another site's page asked.")
  @IsProblem(429, 'Too many refused tokens came from your address; wait for `Retry-After` seconds.')
  async bootstrap(@Body() body: BootstrapBody, @Req() request: FastifyRequest) {
    refuseOtherSite(request);
    try {
      return await this.bus.execute(new BecomeFirstAdmin(body.personId, body.token, request.id));
    } catch (error) {
      throw slowedDown(error, request, this.failures, this.time.now_ms());
    }
  }

  @Post('session')
  @Access('public')
  @HttpCode(200)
  @IsAnswer("Sign a browser in with a person's token; sets a cookie that scripts cannot read", 'SignedIn')
  @IsProblem(400, 'The body is not as expected.')
  @IsProblem(401, 'The token is unknown, expired or revoked.')
  @IsProblem(403, "Another site's page asked.")
  @IsProblem(429, 'Too many refused tokens came from your address; wait for `Retry-After` seconds.')
  openSession(
    @Body() body: OpenSessionBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseOtherSite(request);
    const signIn = this.people.signIn(body.token, this.time.now_ms());
    if (signIn === null) {
      const refused = new RequestRefused('CREDENTIAL_REFUSED', 'The token is unknown, expired or revoked.');
      throw slowedDown(refused, request, this.failures, this.time.now_ms());
    }
    reply.header('set-cookie', this.cookie.set(this.sessions.open(signIn.tokenSha256, this.time.now_ms())));
    return { kind: 'person', id: signIn.person.personId, role: signIn.person.role };
  }

  @Delete('session')
  @Access('public')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign the browser out' })
  @ApiResponse({ status: 204, description: 'Signed out; the cookie is cleared.' })
  @IsProblem(403, "Another site's page asked.")
  closeSession(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    refuseOtherSite(request);
    const secret = this.cookie.read(request.headers.cookie);
    if (secret !== null) this.sessions.close(secret);
    reply.header('set-cookie', this.cookie.clear());
  }

  @Get('me')
  @Access('source', ...READERS)
  @IsAnswer('Who you are to this server', 'Me')
  me(@FromCaller() { kind, id, role, unitId }: Caller) {
    // Pages show every time in the organisation's zone, wherever their reader is.
    return { kind, id, role, unitId, timeZone: this.time.timeZone };
  }
}

/** Signing a visitor in as somebody else from a foreign page is an attack too, so these routes look without a cookie. */
function refuseOtherSite(request: FastifyRequest): void {
  if (!isFromOtherSite(request.headers)) return;
  throw new RequestRefused('CROSS_SITE', 'Only the pages of this server may sign a browser in or out.');
}
