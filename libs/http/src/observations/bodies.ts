import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { BODY_SIZE_MAX_bytes, NESTING_MAX } from '#lib/intake';
import { RequestRefused } from '../problems/request-refused.js';
import type { DoorAdmission } from './door-admission.js';

/** Where observations come in: the one address whose bodies are left as bytes. */
export const DOOR_URL = '/v1/observations';
/** Largest body of a command: a thousand series with their names and CSV mappings. */
export const COMMAND_BODY_SIZE_MAX_bytes = 2 * 1024 * 1024;
/** Media types read as JSON, with or without parameters. */
const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads all bodies. The door gets bytes as they came, whatever they claim to be, and only as many as `admission` lets in;
 * every other route gets checked JSON. Call before routes are registered.
 */
export function readBodies(fastify: FastifyInstance, admission: Pick<DoorAdmission, 'onRequest'>): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRoute', (route) => {
    if (route.url === DOOR_URL && route.method === 'POST') {
      route.bodyLimit = BODY_SIZE_MAX_bytes;
      route.config = { ...route.config, keepsBytes: true };
      route.onRequest = admission.onRequest;
    }
  });
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.keepsBytes === true) return done(null, body);
    try {
      done(null, jsonOf(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function jsonOf(request: FastifyRequest, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new RequestRefused('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
  }
  if (request.headers['content-encoding'] !== undefined) {
    throw new RequestRefused('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content encoding.');
  }
  refuseDeepNesting(body);
  try {
    return secureJson.parse(utf8.decode(body), { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw new RequestRefused('MALFORMED_BODY', 'The body is not valid JSON in UTF-8.');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Before anything recursive touches it: brackets are counted outside of strings, in one pass over the bytes. */
function refuseDeepNesting(body: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    // `{` and `[`, then `}` and `]`.
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth > NESTING_MAX) {
      throw new RequestRefused('MALFORMED_BODY', `The body nests deeper than ${NESTING_MAX} levels.`);
    }
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body reaches the handler as a Buffer, as it came. */
    keepsBytes?: boolean;
  }
}
