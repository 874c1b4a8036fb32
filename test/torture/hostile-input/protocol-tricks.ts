import * as fc from 'fast-check';
import { OPEN_SERIES } from './world.js';

const BODY = `{"series":"${OPEN_SERIES}","observedAt":1764000000000,"value":1}`;

/** Bytes that are nearly a request. `{key}` stands for the credential. */
const HEAD_LINES = [
  'Host: 127.0.0.1',
  'Authorization: Bearer {key}',
  'Content-Type: application/json',
  `Content-Length: ${BODY.length}`,
];

const REQUEST_LINES = [
  'POST /v1/observations HTTP/1.1',
  'POST /v1/observations HTTP/1.0',
  'POST /v1/observations HTTP/2.0',
  'POST /v1/observations',
  'post /v1/observations HTTP/1.1',
  'PUT /v1/observations HTTP/1.1',
  'POST //v1/observations HTTP/1.1',
  'POST /v1/observations/../../etc/passwd HTTP/1.1',
  'POST /v1/observations?%00%ff&__proto__[x]=1 HTTP/1.1',
  'POST /v1/%6fbservations HTTP/1.1',
  'POST /v1/observations%2f.. HTTP/1.1',
  'POST /%ff%fe HTTP/1.1',
  'POST http://127.0.0.1/v1/observations HTTP/1.1',
  'POST * HTTP/1.1',
  'CONNECT 127.0.0.1:80 HTTP/1.1',
  'PRI * HTTP/2.0',
  `POST /v1/observations?${'q'.repeat(20_000)} HTTP/1.1`,
  'BREW /v1/observations HTTP/1.1',
  '\0\0\0',
];

const EXTRA_LINES = [
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 1e3',
  'Content-Length: 99999999999999999999',
  'Content-Length: 9000000',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding : chunked',
  ' folded: line',
  'Authorization: Bearer other',
  'Authorization: Bearer ',
  'Cookie: __Host-session=\xff',
  'Expect: 100-continue',
  'Expect: something-else',
  'Upgrade: websocket',
  'Connection: upgrade, close',
  'Host: elsewhere',
  'X-\0: 1',
  'X-Line: a\nb',
  'Content-Type: text/csv',
  'Content-Encoding: gzip',
  `X-Long: ${'x'.repeat(20_000)}`,
  Array.from({ length: 1_500 }, (_, i) => `X-${i}: 1`).join('\r\n'),
  'Idempotency-Key: \x01',
  'Max-Forwards: 0',
  'Trailer: Authorization',
];

const CHUNKED = [
  `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
  `${BODY.length.toString(16)};ext=${'e'.repeat(2_000)}\r\n${BODY}\r\n0\r\n\r\n`,
  `zz\r\n${BODY}\r\n0\r\n\r\n`,
  `-1\r\n${BODY}\r\n0\r\n\r\n`,
  `ffffffffffffffff\r\n${BODY}`,
  `1\r\n${BODY}\r\n0\r\n\r\n`,
  `${BODY.length.toString(16)}\r\n${BODY}\r\n`,
  `0\r\nAuthorization: Bearer x\r\n\r\n`,
  '',
];

/** Whole, broken and contradictory requests; after them the sender closes his side. */
export const protocolTrick: fc.Arbitrary<string> = fc
  .record({
    line: fc.oneof({ weight: 2, arbitrary: fc.constant(REQUEST_LINES[0]!) }, fc.constantFrom(...REQUEST_LINES)),
    lines: fc.subarray(HEAD_LINES, { minLength: 1 }),
    extra: fc.subarray(EXTRA_LINES, { maxLength: 2 }),
    body: fc.oneof(fc.constant(BODY), fc.constantFrom(...CHUNKED), fc.string({ maxLength: 50 })),
    lineEnd: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
    cut: fc.option(fc.nat(), { freq: 5 }),
  })
  .map(({ line, lines, extra, body, lineEnd, cut }) => {
    const bytes = `${[line, ...lines, ...extra].join(lineEnd)}${lineEnd}${lineEnd}${body}`;
    return cut === null ? bytes : bytes.slice(0, cut % bytes.length);
  });
