import type { IncomingHttpHeaders } from 'node:http';
import type { AuthenticatedSource, DoorRequest } from '#lib/intake';

/** What the door is told of a request: its bytes and headers as they came, and who sent them. */
export function doorRequestOf(source: AuthenticatedSource, headers: IncomingHttpHeaders, body: Buffer): DoorRequest {
  return {
    source,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    body,
    headers,
    idempotencyKey: headers['idempotency-key'] as string | undefined,
  };
}
