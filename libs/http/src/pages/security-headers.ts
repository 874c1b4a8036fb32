import type { FastifyInstance } from 'fastify';

/** For answers of the API, which no browser has to show. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** For our pages: everything from here, nothing inline, nothing framed. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** Swagger UI writes its styles inline and shows images as data; its scripts come from here all the same. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';

/** Which policy a route's answers carry; routes that say nothing are the API. */
export type ContentPolicy = 'api' | 'page' | 'docs';

const POLICIES: Readonly<Record<ContentPolicy, string>> = { api: API_POLICY, page: PAGE_POLICY, docs: DOCS_POLICY };

/**
 * Puts the same few headers on every answer, refusals included.
 * @param secure whether the service is reached over TLS: then browsers are told to stay there
 */
export function sendSecurityHeaders(fastify: FastifyInstance, secure: boolean): void {
  const headersOf = (policy: ContentPolicy) => securityHeaders(policy, secure);
  const headers = { api: headersOf('api'), page: headersOf('page'), docs: headersOf('docs') };
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers[request.routeOptions.config?.contentPolicy ?? 'api']);
    done();
  });
}

/** The headers that answers under this policy carry. */
export function securityHeaders(policy: ContentPolicy, secure: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    ...(secure && { 'strict-transport-security': STRICT_TRANSPORT }),
    'content-security-policy': POLICIES[policy],
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    contentPolicy?: ContentPolicy;
  }
}
