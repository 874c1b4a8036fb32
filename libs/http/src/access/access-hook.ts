import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestRefused } from '../problems/request-refused.js';
import type { Authenticator } from './authenticator.js';
import { PUBLIC_CALLER } from './caller.js';
import { isFromOwnPage, isWriting } from './cross-site.js';
import type { FailureLimiter } from './failure-limiter.js';

/**
 * The guard of every route, including those of plugins, as a Fastify hook and not as a Nest guard: a Nest guard runs after
 * the body has been read, so an unknown caller could make us read and parse 8 MiB; and it does not see plugin routes.
 * A route that declares nothing is refused to everybody.
 */
export function guardRoutes(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  failures: FailureLimiter,
  now_ms: () => number,
): void {
  fastify.decorateRequest('caller', null as never);
  fastify.decorateRequest('source', null as never);
  fastify.addHook('onRequest', (request, _reply, done) => {
    try {
      admit(request, authenticator);
      done();
    } catch (error) {
      done(slowedDown(error, request, failures, now_ms()));
    }
  });
}

function admit(request: FastifyRequest, authenticator: Authenticator): void {
  const { headers, method } = request;
  request.caller = PUBLIC_CALLER;
  // No route, nothing to guard: the not-found answer follows.
  if (request.is404) return;
  const access = request.routeOptions.config.access;
  if (access === undefined)
    throw new RequestRefused('NO_ACCESS_DECLARED', 'This route declares nobody who may call it.');
  const authenticated = authenticator.authenticate(headers);
  const isOpen = access.includes('public');
  if (authenticated === null) {
    if (isOpen) return;
    throw refusedCredential();
  }
  const { caller, source } = authenticated;
  request.caller = caller;
  request.source = source;
  if (caller.via === 'cookie' && isWriting(method) && !isFromOwnPage(headers)) {
    throw new RequestRefused('CROSS_SITE', 'A browser session may only be used by the pages of this server.');
  }
  if (isOpen || access.includes(caller.role)) return;
  if (caller.role === 'public') {
    throw new RequestRefused('NOT_SIGNED_IN', 'Send a token or key as `Authorization: Bearer`.', {
      headers: CHALLENGE,
    });
  }
  throw new RequestRefused('FORBIDDEN', `The role ${caller.role} may not do this; ${access.join(', ')} may.`);
}

const CHALLENGE = { 'www-authenticate': 'Bearer' };

const refusedCredential = (): RequestRefused =>
  new RequestRefused('CREDENTIAL_REFUSED', 'The credential is unknown, expired or revoked.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });

/** A refused credential counts against its address; beyond the limit it is told to wait. */
export function slowedDown(error: unknown, request: FastifyRequest, failures: FailureLimiter, now_ms: number): Error {
  if (!(error instanceof RequestRefused)) return error instanceof Error ? error : new Error('thrown without an error');
  if (error.code !== 'CREDENTIAL_REFUSED') return error;
  const wait_s = failures.note(request.ip, now_ms);
  if (wait_s === 0) return error;
  return new RequestRefused(
    'TOO_MANY_FAILURES',
    `Too many refused credentials came from your address; wait ${wait_s} seconds.`,
    {
      retryAfter_s: wait_s,
    },
  );
}
