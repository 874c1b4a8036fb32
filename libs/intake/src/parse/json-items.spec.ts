import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DoorError } from '../door/door-error.js';
import {
  acceptedIn,
  emptyBatch,
  FOREIGN,
  NO2,
  NOW_ms,
  observation,
  PM25,
  registryWithSeries,
  RETIRED,
  seriesOf,
} from '../spec-support/intake-fixture.js';
import type { RequestBatch } from '../check/request-batch.js';
import { MAX_AHEAD_DEFAULT_ms } from '../registry/registered-series.js';
import { EPOCH_NUMBER_MIN_ms } from './instant.js';
import { readJsonBody, readNdjsonBody } from './json-items.js';

const registry = registryWithSeries();
const AT = new Date(NOW_ms).toISOString();

function read(body: string | Buffer): RequestBatch {
  const batch = emptyBatch();
  readJsonBody(Buffer.from(body), batch, registry);
  return batch;
}

function codeOf(body: string): string {
  try {
    read(body);
  } catch (error) {
    return (error as DoorError).code;
  }
  return 'accepted';
}

function reasonsOf(batch: RequestBatch): string[] {
  return batch.problems.map(({ index, verdict, reason }) => `${index} ${verdict} ${reason}`);
}

describe('observations as JSON', () => {
  it('takes one object, an array, white space, epoch milliseconds, flags and the registered unit', () => {
    expect(acceptedIn(read(JSON.stringify(observation(0, 37.5))))).toEqual([
      { series: PM25, at_ms: NOW_ms, value: 37.5, flag: null },
    ]);
    const body = ` [\n {"value":-0.25e1,"series":"${NO2}","observedAt":${NOW_ms},"flag":"E","unit":"ug/m3"} ,
      {"series": "${PM25}", "observedAt": "${AT}", "value": 12, "flag": "A"}\t]\r\n`;
    expect(acceptedIn(read(body))).toEqual([
      { series: NO2, at_ms: NOW_ms, value: -2.5, flag: 'E' },
      { series: PM25, at_ms: NOW_ms, value: 12, flag: null },
    ]);
    expect(read('[]').counts()).toEqual({ sent: 0, accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 });
  });

  it('reads escaped keys and texts as what they mean', () => {
    const body = `{"\\u0073eries":"air\\/pm25/station-1","observedAt":"${AT}","value":1}`;
    expect(read(body).counts().accepted).toBe(1);
  });

  it('counts the same series and time twice once, first wins, also when times do not rise', () => {
    const batch = read(JSON.stringify([3, 1, 2, 1, 3].map((minute, i) => observation(minute, i))));
    expect(acceptedIn(batch).map((row) => row.value)).toEqual([0, 1, 2]);
    expect(reasonsOf(batch)).toEqual(['3 duplicate SAME_SERIES_AND_TIME', '4 duplicate SAME_SERIES_AND_TIME']);
    const others = read(JSON.stringify([observation(1, 1), observation(1, 1, NO2), observation(2, 1, NO2)]));
    expect(others.counts().duplicate).toBe(0);
  });

  it.each([
    ['a series that nobody registered', { series: 'no/such' }, 'unknown-series'],
    ['a retired series', { series: RETIRED }, 'unknown-series'],
    ["another source's series", { series: FOREIGN }, 'series-of-other-source'],
    ['another unit', { unit: 'mg/m3' }, 'unit-mismatch'],
    ['a value above the range', { value: 500.1 }, 'outside-physical-range'],
    ['a value below the range', { value: -1 }, 'outside-physical-range'],
    ['null', { value: null }, 'not-finite'],
    ['a text instead of a number', { value: 'NaN' }, 'not-finite'],
    ['too old', { series: NO2, observedAt: NOW_ms - 7 * 86_400_000 - 1 }, 'outside-time-window'],
    ['too far ahead', { series: NO2, observedAt: NOW_ms + 3_600_001 }, 'outside-time-window'],
  ])('quarantines %s with its bytes', (_what, change, reason) => {
    const text = JSON.stringify({ ...observation(0, 1), ...change }).replace(',', ' , ');
    const batch = read(`[${text}]`);
    expect(batch.quarantined).toEqual([expect.objectContaining({ reason, original: text, encoding: 'utf8' })]);
    expect(batch.quarantined[0]!.detail.length).toBeGreaterThan(10);
    expect(batch.counts()).toEqual({ sent: 1, accepted: 0, duplicate: 0, quarantined: 1, rejected: 0 });
  });

  it('takes values and times on the edge of range and window', () => {
    const edges = [
      observation(0, 0),
      observation(1, 500),
      { ...observation(0, 1, NO2), observedAt: NOW_ms + 3_600_000 },
    ];
    edges.push({ ...observation(0, 1, NO2), observedAt: NOW_ms - 7 * 86_400_000 });
    expect(read(JSON.stringify(edges)).counts().accepted).toBe(4);
  });

  it('quarantines a number that is larger than any double with its digits', () => {
    const text = `{"series":"${PM25}","observedAt":"${AT}","value":1e999}`;
    expect(read(text).quarantined).toEqual([expect.objectContaining({ reason: 'not-finite', original: text })]);
  });

  it.each([
    ['5', 'NOT_AN_OBJECT'],
    ['[[]]', 'NOT_AN_OBJECT'],
    ['{}', 'MISSING_FIELD'],
    [`{"series":"${PM25}","observedAt":"${AT}"}`, 'MISSING_FIELD'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"extra":1}`, 'UNKNOWN_FIELD'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"value":2}`, 'DUPLICATE_KEY'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"\\u0076alue":2}`, 'DUPLICATE_KEY'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"__proto__":{"x":1}}`, 'FORBIDDEN_KEY'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":9007199254740993}`, 'NUMBER_NOT_EXACT'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"unit":"\\ud800"}`, 'TEXT_NOT_ALLOWED'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"unit":"a\\u0000"}`, 'TEXT_NOT_ALLOWED'],
    [`{"series":"a b","observedAt":"${AT}","value":1}`, 'BAD_SERIES_KEY'],
    [`{"series":"${PM25}","observedAt":"yesterday","value":1}`, 'BAD_TIME'],
    [`{"series":"${PM25}","observedAt":1.5,"value":1}`, 'BAD_TIME'],
    [`{"series":"${PM25}","observedAt":999999999999999,"value":1}`, 'BAD_TIME'],
    [`{"series":"${PM25}","observedAt":null,"value":1}`, 'BAD_TIME'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":true}`, 'BAD_VALUE'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"unit":5}`, 'BAD_UNIT'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"flag":"EE"}`, 'BAD_FLAG'],
    [`{"series":"${PM25}","observedAt":"${AT}","value":1,"unit":"${'x'.repeat(9000)}"}`, 'ITEM_TOO_LARGE'],
  ])('rejects %s as %s, and takes its neighbour', (text, reason) => {
    const batch = read(`[${text},${JSON.stringify(observation(9, 7))}]`);
    expect(reasonsOf(batch)).toEqual([`0 rejected ${reason}`]);
    expect(acceptedIn(batch).map((row) => row.value)).toEqual([7]);
  });

  it.each([
    ['in seconds', 1_795_521_600],
    ['in seconds with a fraction', 1_795_521_600.5],
    ['just too small', EPOCH_NUMBER_MIN_ms - 1],
    ['before 1970', -1_000_000_000_000],
  ])('rejects a number of time %s, and says that it looks like seconds', (_what, observedAt) => {
    const batch = read(JSON.stringify({ series: PM25, observedAt, value: 1 }));
    expect(batch.problems).toEqual([expect.objectContaining({ verdict: 'rejected', reason: 'BAD_TIME' })]);
    expect(batch.problems[0]!.detail).toMatch(/seconds.*RFC 3339/);
  });

  it('takes the smallest number of time, and older times as RFC 3339', () => {
    const old = (observedAt: unknown): object => ({ series: PM25, observedAt, value: 1 });
    const batch = read(JSON.stringify([old(EPOCH_NUMBER_MIN_ms), old('1873-01-01T00:00:00Z')]));
    expect(batch.counts().accepted).toBe(2);
  });

  it('quarantines what is more than a day ahead where no window is registered; a registered one wins', () => {
    const hour_ms = 3_600_000;
    const at = (series: string, ahead_ms: number): object => ({ ...observation(-ahead_ms / 60_000, 1, series) });
    const ahead = [MAX_AHEAD_DEFAULT_ms, MAX_AHEAD_DEFAULT_ms + 1, 100 * 365 * MAX_AHEAD_DEFAULT_ms];
    const batch = read(JSON.stringify([...ahead.map((ms) => at(PM25, ms)), at(NO2, 2 * hour_ms)]));
    expect(reasonsOf(batch)).toEqual([1, 2, 3].map((index) => `${index} quarantined outside-time-window`));
    const forecast = registryWithSeries([{ ...seriesOf('forecast'), timeWindow: { maxAhead_ms: 72 * hour_ms } }]);
    const taken = emptyBatch();
    readJsonBody(Buffer.from(JSON.stringify([at('forecast', 48 * hour_ms)])), taken, forecast);
    expect(taken.counts().accepted).toBe(1);
  });

  it.each([
    ['[', 'MALFORMED_JSON'],
    ['[1,]', 'MALFORMED_JSON'],
    ['[1 2]', 'MALFORMED_JSON'],
    ['{"a":1}x', 'MALFORMED_JSON'],
    ['{"a":01}', 'MALFORMED_JSON'],
    ["{'a':1}", 'MALFORMED_JSON'],
    ['{"a":"\n"}', 'MALFORMED_JSON'],
    ['{"a":"\\x"}', 'MALFORMED_JSON'],
    ['{"a":NaN}', 'MALFORMED_JSON'],
    ['{"a":1', 'MALFORMED_JSON'],
    ['"\\', 'MALFORMED_JSON'],
    ['nul', 'MALFORMED_JSON'],
    [' ', 'MALFORMED_JSON'],
    ['['.repeat(20_000), 'NESTED_TOO_DEEP'],
    [`${'[{"a":'.repeat(40)}1${'}]'.repeat(40)}`, 'NESTED_TOO_DEEP'],
  ])('refuses a body like %.20s as %s', (body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  it('lets brackets stand 32 deep and no deeper', () => {
    const nested = (levels: number): string => `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(reasonsOf(read(nested(32)))).toEqual(['0 rejected MISSING_FIELD']);
    expect(codeOf(nested(33))).toBe('NESTED_TOO_DEEP');
  });

  it('takes 10,000 observations and refuses one more', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => ({ series: PM25, observedAt: NOW_ms + i, value: 1 }));
    expect(read(JSON.stringify(items)).counts().accepted).toBe(10_000);
    expect(codeOf(JSON.stringify([...items, observation(1, 1)]))).toBe('TOO_MANY_OBSERVATIONS');
    expect(codeOf(`[${'{},'.repeat(10_000)}{}]`)).toBe('TOO_MANY_OBSERVATIONS');
  });
});

describe('observations as NDJSON', () => {
  it('reads a line each, skips empty ones, and rejects a broken line without its neighbours', () => {
    const lines = [
      JSON.stringify(observation(3, 1)),
      '',
      '  ',
      '{"series":',
      `${JSON.stringify(observation(2, 2))} 5`,
      `  ${JSON.stringify(observation(1, 3))}\t\r`,
      '['.repeat(50),
      JSON.stringify(observation(0, null)),
    ];
    const batch = emptyBatch();
    readNdjsonBody(Buffer.from(lines.join('\n')), batch, registry);
    expect(acceptedIn(batch).map((row) => row.value)).toEqual([1, 3]);
    expect(reasonsOf(batch)).toEqual([
      '1 rejected NOT_JSON',
      '2 rejected NOT_JSON',
      '4 rejected NESTED_TOO_DEEP',
      '5 quarantined not-finite',
    ]);
  });

  it('does not let an item reach over the end of its line', () => {
    const batch = emptyBatch();
    readNdjsonBody(Buffer.from(JSON.stringify(observation(1, 1)).replace(',', ',\n')), batch, registry);
    expect(batch.counts()).toEqual({ sent: 2, accepted: 0, duplicate: 0, quarantined: 0, rejected: 2 });
  });
});

describe('laws of reading JSON', () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.integer({ min: -60_000, max: 60_000 }).map((n) => n / 100),
    fc.constantFrom(null, 'NA', '', true, 1e21, 0, 2 ** 53 + 2),
  );
  const item = fc.record(
    {
      series: fc.constantFrom(PM25, NO2, FOREIGN, RETIRED, 'no/such', 'bad key', 7),
      observedAt: fc.oneof(
        fc.integer({ min: NOW_ms - 5000, max: NOW_ms }),
        fc.integer({ min: NOW_ms - 5000, max: NOW_ms }).map((at_ms) => new Date(at_ms).toISOString()),
        fc.constantFrom('2026-11-24T06:00:00+01:00', 'never', null, 1e300),
      ),
      value,
      unit: fc.constantFrom('ug/m3', 'µg/m³', 5),
      flag: fc.constantFrom('A', 'E', 'e', null),
      more: fc.anything(),
    },
    { requiredKeys: ['series', 'observedAt', 'value'] },
  );

  /** The same items in a form that the plain reader does not know: every quote of a key escaped away. */
  const carefully = (items: readonly unknown[]): string =>
    JSON.stringify(items).replace(/"(series|observedAt|value|unit|flag)":/g, (_, key: string) => {
      return `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}":`;
    });
  const bookOf = (batch: RequestBatch): unknown => [
    batch.counts(),
    acceptedIn(batch),
    batch.problems.map(({ index, verdict, reason }) => [index, verdict, reason]),
  ];

  it('the plain way and the careful way book the same', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 30 }), (items) => {
        expect(bookOf(read(JSON.stringify(items)))).toEqual(bookOf(read(carefully(items))));
      }),
      { numRuns: 500 },
    );
  });

  it('everything sent is counted once, and every accepted value is the one that was sent', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 30 }), (items) => {
        const batch = read(JSON.stringify(items));
        const { sent, accepted, duplicate, quarantined, rejected } = batch.counts();
        expect(sent).toBe(items.length);
        expect(accepted + duplicate + quarantined + rejected).toBe(sent);
        for (const row of acceptedIn(batch)) {
          const match = items.find(
            (one) =>
              one.series === row.series && new Date(one.observedAt!).getTime() === row.at_ms && one.value === row.value,
          );
          expect(match).toBeDefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a number is taken exactly as the platform reads it, or not at all', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const batch = read(`{"series":"${NO2}","observedAt":"${AT}","value":${text}}`);
        const [row] = acceptedIn(batch);
        if (row !== undefined) expect(row.value === Number(text)).toBe(true);
        else expect(['NUMBER_NOT_EXACT', 'not-finite']).toContain(batch.problems[0]?.reason);
      }),
      { numRuns: 2000 },
    );
  });

  it('mutated bodies end in counts that add up or in a refusal with a code, and nothing else', () => {
    const good = Buffer.from(JSON.stringify([observation(1, 1.5), { ...observation(2, 2), unit: 'ug/m3', flag: 'E' }]));
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 0x7f })), { maxLength: 4 });
    fc.assert(
      fc.property(edits, fc.nat(good.length), (changes, length) => {
        const body = Buffer.from(good.subarray(0, length));
        for (const [at, byte] of changes) if (at < body.length) body[at] = byte;
        const batch = emptyBatch();
        let refusal: unknown = null;
        try {
          readJsonBody(body, batch, registry);
          JSON.parse(body.toString());
        } catch (error) {
          refusal = error;
        }
        if (refusal === null) expect(batch.sent).toBeGreaterThanOrEqual(1);
        else expect((refusal as DoorError).code).toBe('MALFORMED_JSON');
      }),
      { numRuns: 2000 },
    );
  });
});
