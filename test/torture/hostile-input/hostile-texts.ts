import * as fc from 'fast-check';
import { OPEN_SERIES, SERIES } from './world.js';

/** Numbers as senders write them, and as attackers do. */
const FAMOUS_NUMBERS = [
  '1e999',
  '-1e999',
  '1e-400',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '9007199254740993000',
  '123456789012345678901234567890',
  '0.1',
  '0.30000000000000004',
  '0.1000000000000000055511151231257827',
  '1.7976931348623157e308',
  '1.7976931348623159e308',
  '5e-324',
  '4.9e-324',
  '2.4703282292062327e-324',
  '2.2250738585072011e-308',
  '1E5',
  '1e+5',
  '-0',
  '-0.0',
  '0e999999999',
  '1e-999999999',
  '1e999999999999999999999',
  '00',
  '01',
  '1.',
  '.5',
  '+1',
  '0x10',
  '1e',
  '1e+',
  '- 1',
  '1_000',
  'NaN',
  'Infinity',
  '-Infinity',
  '１２',
];

const digits = fc.stringMatching(/^\d{1,40}$/);
const writtenNumber = fc
  .tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.option(fc.integer({ min: -400, max: 400 })))
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole.replace(/^0+(?=\d)/, '')}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

export const finiteNumber: fc.Arbitrary<string> = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.maxSafeInteger())
  .map((value) => String(value));

export const numberText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: finiteNumber },
  { weight: 3, arbitrary: fc.constantFrom(...FAMOUS_NUMBERS) },
  { weight: 3, arbitrary: writtenNumber },
);

/** JSON texts (with their quotes) that hide something. */
const TRICKY_TEXTS = [
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\u0000"',
  '"\\x41"',
  '"\\u00g0"',
  '"unclosed',
  '"tab\there"',
  '"\\"',
  '"\u2028"',
  '"ﬀ"',
  '""',
];

export const textToken: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TRICKY_TEXTS),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 200 }).map((text) => JSON.stringify(text)),
);

/** `series` written with escapes is still `series`. */
const ESCAPED_KEYS = ['"\\u0073eries"', '"val\\u0075e"', '"observed\\u0041t"'];
export const keyToken: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('"series"', '"observedAt"', '"value"', '"unit"', '"flag"', '"metric"', ...ESCAPED_KEYS),
  fc.constantFrom('"__proto__"', '"constructor"', '"prototype"', '"\\u005f_proto__"', '"toString"', '"hasOwnProperty"'),
  fc.integer({ min: 100, max: 9_000 }).map((length) => `"${'k'.repeat(length)}"`),
  textToken,
);

const nested = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom('[', '{"a":'))
  .map(([depth, open]) => `${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`);

export const anyToken: fc.Arbitrary<string> = fc.oneof(
  numberText,
  textToken,
  nested,
  fc.constantFrom('null', 'true', 'false', '{}', '[]', '', 'nul', 'undefined', '{"__proto__":{"x":1}}'),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

/** Within a century of now: what a series takes that says nothing about its times. */
export const recentText: fc.Arbitrary<string> = fc
  .date({ min: new Date('1940-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** What the door takes, in the forms that RFC 3339 allows. */
export const instantText: fc.Arbitrary<string> = fc.oneof(
  fc
    .date({ min: new Date('1990-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc
    .tuple(
      fc.date({ min: new Date('0004-01-07T00:00:00Z'), max: new Date('9996-12-25'), noInvalidDate: true }),
      fc.constantFrom('Z', 'z', '+00:00', '-00:00', '+05:45', '-11:30', '+14:00'),
      fc.constantFrom('', '.5', '.123', '.123000', '.000'),
    )
    .map(([date, zone, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${zone}`),
);

const TRICKY_TIMES = [
  '2026-02-30T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-12-31T23:59:60Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00.1234Z',
  '2026-01-01T00:00:00',
  '2026-01-01',
  '2026-01-01 00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '10000-01-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999-00:01',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00Z ',
  '２０２６-01-01T00:00:00Z',
];

export const timeToken: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: instantText.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.integer({ min: -1e13, max: 1e13 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(...TRICKY_TIMES).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom('1e12', '1.5', '1764000000000.0', '-62135596800001', '9e15', '1e400') },
);

const SERIES_KEYS = SERIES.map(({ seriesKey }) => seriesKey);
export const seriesToken: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(JSON.stringify(OPEN_SERIES)) },
  { weight: 4, arbitrary: fc.constantFrom(...SERIES_KEYS).map((key) => JSON.stringify(key)) },
  { weight: 1, arbitrary: fc.constantFrom('"hostile/none"', '"hostile\\/open"', '"HOSTILE/open"', '"../x"', '"x*"') },
  { weight: 1, arbitrary: textToken },
);
