import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import {
  anyObservation,
  cloudEventBatchBody,
  cloudEventBody,
  costlyBody,
  csvBody,
  jsonBody,
  ndjsonBody,
  rightJsonBody,
  rightNdjsonBody,
} from './hostile-bodies.js';
import { type HostileRequest, showable } from './hostile-request.js';
import { seriesToken } from './hostile-texts.js';

type Header = readonly [string, string];
type Draft = Pick<HostileRequest, 'kind' | 'contentType' | 'body' | 'mustBeTaken'> & { headers: readonly Header[] };

const JSON_TYPE = 'application/json';

const draft = (
  kind: string,
  contentType: string,
  text: fc.Arbitrary<string>,
  mustBeTaken = false,
): fc.Arbitrary<Draft> =>
  text.map((body) => ({ kind, contentType, body: Buffer.from(body), headers: [], mustBeTaken }));

/** Header values can carry any byte but line ends and NUL; these are sent as Latin-1. */
const headerText = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
  fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,60}$/),
  fc.constantFrom('', '%00', '%ff', '%', '%ed%a0%80', '"quoted"', '"a\\"b"', '"', 'a,b', '../..', '=?utf-8?b?eA==?='),
);

const binaryEvent: fc.Arbitrary<Draft> = fc
  .record({
    id: headerText,
    source: headerText,
    type: fc.constantFrom('t', 't', 't', ''),
    version: fc.constantFrom('1.0', '1.0', '1.0', '0.3', '"1.0"', '1%2E0'),
    subject: fc.option(seriesToken.map((token) => token.replace(/[^\x20-\x7e]/g, '?'))),
    time: fc.option(fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00%3A00:00Z', 'never')),
    extension: fc.option(
      fc.tuple(fc.constantFrom('ce-data', 'ce-x', 'ce-id', 'ce-Ünder', 'ce-', 'ce-a_b'), headerText),
    ),
    body: anyObservation,
  })
  .map(({ id, source, type, version, subject, time, extension, body }) => ({
    kind: 'cloud event in headers',
    contentType: JSON_TYPE,
    body: Buffer.from(body),
    mustBeTaken: false,
    headers: [
      ['ce-specversion', version],
      ['ce-id', id],
      ['ce-source', source],
      ['ce-type', type],
      ...(subject === null ? [] : [['ce-subject', subject] as const]),
      ...(time === null ? [] : [['ce-time', time] as const]),
      ...(extension === null || extension[0].includes('Ü') ? [] : [extension]),
    ],
  }));

const randomBytes: fc.Arbitrary<Draft> = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({
  kind: 'random bytes',
  contentType: JSON_TYPE,
  body: Buffer.from(bytes),
  headers: [],
  mustBeTaken: false,
}));

const anyBody: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 3, arbitrary: draft('right JSON', JSON_TYPE, rightJsonBody, true) },
  { weight: 1, arbitrary: draft('right NDJSON', 'application/x-ndjson', rightNdjsonBody, true) },
  { weight: 8, arbitrary: draft('JSON', JSON_TYPE, jsonBody) },
  { weight: 4, arbitrary: draft('NDJSON', 'application/x-ndjson', ndjsonBody) },
  { weight: 4, arbitrary: draft('CSV', 'text/csv', csvBody) },
  { weight: 2, arbitrary: draft('cloud event', 'application/cloudevents+json', cloudEventBody) },
  { weight: 2, arbitrary: draft('cloud events', 'application/cloudevents-batch+json', cloudEventBatchBody) },
  { weight: 2, arbitrary: binaryEvent },
  { weight: 2, arbitrary: draft('costly JSON', JSON_TYPE, costlyBody) },
  { weight: 1, arbitrary: draft('costly NDJSON', 'application/ndjson', costlyBody) },
  { weight: 1, arbitrary: draft('costly CSV', 'text/csv', costlyBody) },
  { weight: 1, arbitrary: randomBytes },
);

type Change = (request: Draft) => Draft;
const damaged = (request: Draft, more: Partial<Draft>): Draft => ({ ...request, ...more, mustBeTaken: false });

/** Bytes that are no UTF-8, or no text: half surrogates, overlong NUL, a lone continuation, a byte order mark, NUL. */
const BYTES = ['eda080', 'edb080', 'c080', '80', 'ff', 'f5808080', 'efbbbf', '00', 'e28080', '0a', '22', '5c'];

const byteChange: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map<Change>(([at, flip]) => (request) => {
    const body = Buffer.from(request.body);
    if (body.length > 0) body[at % body.length]! ^= flip;
    return damaged(request, { body });
  }),
  fc.tuple(fc.nat(), fc.constantFrom(...BYTES)).map<Change>(([at, hex]) => (request) => {
    const cut = at % (request.body.length + 1);
    const body = Buffer.concat([request.body.subarray(0, cut), Buffer.from(hex, 'hex'), request.body.subarray(cut)]);
    return damaged(request, { body });
  }),
  fc.tuple(fc.nat(), fc.nat()).map<Change>(([from, length]) => (request) => {
    const start = from % (request.body.length + 1);
    const end = start + (length % (request.body.length - start + 1));
    return damaged(request, { body: Buffer.concat([request.body.subarray(0, start), request.body.subarray(end)]) });
  }),
  fc
    .nat()
    .map<Change>(
      (at) => (request) => damaged(request, { body: request.body.subarray(0, at % (request.body.length + 1)) }),
    ),
  fc.constant<Change>((request) => damaged(request, { body: Buffer.concat([request.body, request.body]) })),
);

const withHeader = (request: Draft, ...headers: Header[]): readonly Header[] => [...request.headers, ...headers];

const encodingChange: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>((request) => ({
    ...request,
    body: gzipSync(request.body),
    headers: withHeader(request, ['content-encoding', 'gzip']),
  })),
  fc.nat().map<Change>((at) => (request) => {
    const whole = gzipSync(request.body);
    return damaged(request, {
      body: whole.subarray(0, at % whole.length),
      headers: withHeader(request, ['content-encoding', 'gzip']),
    });
  }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map<Change>(([at, flip]) => (request) => {
    const body = gzipSync(request.body);
    body[at % body.length]! ^= flip;
    return damaged(request, { body, headers: withHeader(request, ['content-encoding', 'gzip']) });
  }),
  fc
    .constantFrom('br', 'deflate', 'gzip, gzip', 'GZIP', 'x-gzip', 'identity', '', 'zstd', '\x80', 'gzip;q=1')
    .map<Change>(
      (coding) => (request) => damaged(request, { headers: withHeader(request, ['content-encoding', coding]) }),
    ),
  fc
    .constantFrom<BufferEncoding>('latin1', 'utf16le')
    .map<Change>(
      (encoding) => (request) => damaged(request, { body: Buffer.from(request.body.toString('utf8'), encoding) }),
    ),
);

const CONTENT_TYPES = [
  null,
  '',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json; charset=utf-16',
  'application/json; charset',
  'application/json;;;;',
  'APPLICATION/JSON',
  ' application/json ',
  'application/json, text/csv',
  'application/x-ndjson',
  'text/csv; header=absent',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/cloudevents+json; charset=iso-8859-1',
  'application/cloudevents-batch+json',
  'application/cloudevents+xml',
  '__proto__',
  'constructor',
  'a'.repeat(5_000),
];

const headerChange: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...CONTENT_TYPES).map<Change>((contentType) => (request) => damaged(request, { contentType })),
  headerText.map<Change>(
    (contentType) => (request) => damaged(request, { contentType: `application/json${contentType}` }),
  ),
  // Few keys for many requests: repeats and conflicts happen.
  fc
    .oneof(
      fc.integer({ min: 1, max: 500 }).map((key) => `"key-${key}"`),
      headerText,
      fc.constant('x'.repeat(300)),
    )
    .map<Change>((key) => (request) => damaged(request, { headers: withHeader(request, ['idempotency-key', key]) })),
  fc.tuple(headerText, headerText).map<Change>(
    ([one, two]) =>
      (request) =>
        damaged(request, { headers: withHeader(request, ['Idempotency-Key', one], ['idempotency-key', two]) }),
  ),
  fc
    .tuple(fc.constantFrom('ce-id', 'ce-source', 'ce-specversion', 'ce-type', 'ce-time'), headerText)
    .map<Change>((header) => (request) => damaged(request, { headers: withHeader(request, header) })),
  fc
    .tuple(
      fc.constantFrom(
        'accept',
        'cookie',
        'x-forwarded-for',
        'forwarded',
        'range',
        'if-match',
        'origin',
        'x-http-method-override',
      ),
      headerText,
    )
    .map<Change>((header) => (request) => ({ ...request, headers: withHeader(request, header) })),
);

const changes: fc.Arbitrary<Change[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Change[]>([]) },
  { weight: 2, arbitrary: fc.array(byteChange, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: encodingChange.map((change) => [change]) },
  { weight: 2, arbitrary: headerChange.map((change) => [change]) },
  {
    weight: 1,
    arbitrary: fc.tuple(byteChange, headerChange, encodingChange).map((all) => all),
  },
);

/** Every way to knock at the door that this case knows, right ones included. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .tuple(anyBody, changes, fc.integer({ min: 0, max: 9 }))
  .map(([request, all, tenth]) => {
    const changed = all.reduce((current, change) => change(current), request);
    return showable({ ...changed, isChunked: tenth === 0 });
  });
