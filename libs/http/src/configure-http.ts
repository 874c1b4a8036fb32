import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { guardRoutes } from './access/access-hook.js';
import { Authenticator } from './access/authenticator.js';
import { FailureLimiter } from './access/failure-limiter.js';
import { noteRoutes } from './access/list-routes.js';
import { HTTP_DEPENDENCIES, type DoorDependencies, type HttpDependencies } from './dependencies.js';
import { COMMAND_BODY_SIZE_MAX_bytes, readBodies } from './observations/bodies.js';
import { DoorAdmission } from './observations/door-admission.js';
import { serveDocs } from './openapi/docs.js';
import { servePages } from './pages/pages.js';
import { openShortWay } from './observations/short-way.js';
import { securityHeaders, sendSecurityHeaders } from './pages/security-headers.js';
import { CheckedInputPipe } from './problems/checked-input.pipe.js';
import { ProblemFilter, sendProblem } from './problems/problem.filter.js';
import { ProblemReport } from './problems/problem-report.js';
import { problemAnswerOf } from './problems/problem.js';

/** Time for a whole request to arrive: a caller that dribbles holds a connection no longer. */
const REQUEST_TIMEOUT_ms = 60_000;
/** Longer than the idle time of usual proxies, so that they close first and never send into a closed connection. */
const KEEP_ALIVE_TIMEOUT_ms = 65_000;
/** Identifiers have 64 characters, series keys do not stand in paths. */
const PATH_PARAMETER_LENGTH_MAX = 128;

/** Nest would add parsers of its own; bodies are read in `observations/bodies.ts` and nowhere else. */
class BareFastifyAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {}
}

/** The HTTP server with its limits. It trusts no proxy: who connects is who asks. */
export function createHttpAdapter(): FastifyAdapter {
  return new BareFastifyAdapter({
    logger: false,
    trustProxy: false,
    bodyLimit: COMMAND_BODY_SIZE_MAX_bytes,
    requestTimeout: REQUEST_TIMEOUT_ms,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_ms,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemAnswerOf(error), request.id),
  });
}

/**
 * Prepares an application made with `createHttpAdapter()` and `HttpModule` or `DoorModule`: bodies, access, headers, errors,
 * pages and documentation. Call once, before `app.init()` or `app.listen()`.
 */
export function configureHttp(app: INestApplication): void {
  const dependencies = app.get<DoorDependencies & Pick<HttpDependencies, 'pages'>>(HTTP_DEPENDENCIES, {
    strict: false,
  });
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  noteRoutes(fastify);
  const admission = new DoorAdmission(dependencies.metrics, dependencies.logger, dependencies.doorLimits);
  readBodies(fastify, admission);
  sendSecurityHeaders(fastify, dependencies.secure);
  const authenticator = app.get(Authenticator, { strict: false });
  const failures = app.get(FailureLimiter, { strict: false });
  guardRoutes(fastify, authenticator, failures, () => dependencies.clock.now_ms());
  const report = new ProblemReport(dependencies.logger, dependencies.metrics);
  const headers = securityHeaders('api', dependencies.secure);
  const { door, metrics } = dependencies;
  openShortWay(fastify, { door, authenticator, admission, report, metrics, headers });
  app.useGlobalFilters(new ProblemFilter(report));
  app.useGlobalPipes(new CheckedInputPipe());
  servePages(fastify, dependencies.pages ?? []);
  serveDocs(app);
}
