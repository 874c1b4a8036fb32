import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';

/** A request as it leaves, with everything a sender can choose. */
export interface HostileRequest {
  /** What was generated, for counting. */
  readonly kind: string;
  readonly contentType: string | null;
  /** Beside Content-Type, as written; a name may appear twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly isChunked: boolean;
  /** Plainly right: everything in it must be accepted, or be a duplicate. */
  readonly mustBeTaken: boolean;
}

/** The value of a header that is sent once. */
export function headerOf(request: HostileRequest, name: string): string | undefined {
  const values = request.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value.trim());
  return values.length === 0 ? undefined : values.join(', ');
}

/** The text that the body stands for, without a byte order mark; null when it stands for none. */
export function textOf(request: HostileRequest): string | null {
  const coding = (headerOf(request, 'content-encoding') ?? '').toLowerCase();
  try {
    const plain = coding.endsWith('gzip') ? gunzipSync(request.body, { maxOutputLength: 2 ** 24 }) : request.body;
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    return null;
  }
}

const BODY_SHOWN_MAX_bytes = 1_500;

/** Everything needed to send it again by hand. */
export function describeRequest(request: HostileRequest): string {
  const { kind, contentType, headers, body, isChunked } = request;
  const shown = body.subarray(0, BODY_SHOWN_MAX_bytes);
  const text = JSON.stringify({ kind, contentType, headers, isChunked, size_bytes: body.length });
  return `${text} body (base64): ${shown.toString('base64')}${shown.length < body.length ? '…' : ''}`;
}

/** fast-check shows this instead of ten thousand numbers. */
export function showable(request: HostileRequest): HostileRequest {
  return Object.assign(request, { [fc.toStringMethod]: () => describeRequest(request) });
}
