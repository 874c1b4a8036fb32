import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { RequestBatch } from '../check/request-batch.js';
import type { DoorError } from '../door/door-error.js';
import { acceptedIn, emptyBatch, NOW_ms, PM25, registryWithSeries, seriesOf } from '../spec-support/intake-fixture.js';
import { type CloudEventsIdentity, readBinaryCloudEvent, readCloudEvents } from './cloud-events.js';

const registry = registryWithSeries([seriesOf('air.pm25'), { ...seriesOf('Euro-€'), seriesKey: 'euro' }]);
const TIME = new Date(NOW_ms).toISOString();
const EVENT = {
  specversion: '1.0',
  id: '1',
  source: '//sensors/st-014',
  type: 'measured',
  subject: PM25,
  time: TIME,
  data: { value: 37.5 },
};

type Read = { batch: RequestBatch; identity: CloudEventsIdentity | null };

function structured(event: unknown): Read {
  const batch = emptyBatch();
  const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  return {
    batch,
    identity: readCloudEvents(body, Array.isArray(event) ? 'cloud-event-batch' : 'cloud-event', batch, registry),
  };
}

function binary(headers: Record<string, string | string[]>, data: unknown): Read {
  const batch = emptyBatch();
  return { batch, identity: readBinaryCloudEvent(Buffer.from(JSON.stringify(data)), headers, batch, registry) };
}

const HEADERS = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '//sensors/st-014',
  'ce-type': 'measured',
  'ce-subject': PM25,
  'ce-time': TIME,
  'content-type': 'application/json',
};

const errorCode = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as DoorError).code;
  }
  return 'accepted';
};

describe('CloudEvents', () => {
  it('shows no more than the beginning of what a sender chose, because a hundred such words go into one answer', () => {
    const long = { ...EVENT, id: 'i'.repeat(1_000), source: 's'.repeat(1_000) };
    const batches = [
      structured([long, long]).batch,
      structured({ ...EVENT, data: { value: 1, ['k'.repeat(5_000)]: 1 } }).batch,
      structured({ ...EVENT, ['x'.repeat(5_000)]: {} }).batch,
    ];
    for (const { problems } of batches) {
      expect(problems).toHaveLength(1);
      expect(problems[0]!.detail.length).toBeLessThan(200);
    }
  });

  it('name series and time in their data, or by subject and time', () => {
    expect(acceptedIn(structured(EVENT).batch)).toEqual([{ series: PM25, at_ms: NOW_ms, value: 37.5, flag: null }]);
    const own = { series: PM25, observedAt: NOW_ms - 1000, value: 3, unit: 'ug/m3', flag: 'E' };
    expect(acceptedIn(structured({ ...EVENT, subject: 'else', data: own }).batch)).toEqual([
      { series: PM25, at_ms: NOW_ms - 1000, value: 3, flag: 'E' },
    ]);
    const metric = { metric: PM25, value: 4 };
    expect(acceptedIn(structured({ ...EVENT, subject: undefined, data: metric }).batch)[0]!.value).toBe(4);
  });

  it.each([
    ['id missing', { id: undefined }],
    ['id empty', { id: '' }],
    ['source missing', { source: undefined }],
    ['type missing', { type: undefined }],
    ['specversion missing', { specversion: undefined }],
    ['time missing', { time: undefined }],
    ['specversion 0.3', { specversion: '0.3' }],
    ['time unparsable', { time: 'yesterday' }],
    ['time without zone', { time: '2026-01-01T00:00:00' }],
    ['binary data', { data: undefined, data_base64: 'AA==' }],
    ['data of another type', { datacontenttype: 'text/xml' }],
    ['an attribute name with capitals', { traceId: 'x' }],
    ['an attribute that is an object', { ext: {} }],
  ])('are rejected when %s, before anything is invented for them', (_what, change) => {
    const { batch } = structured([
      { ...EVENT, ...change },
      { ...EVENT, id: '2' },
    ]);
    expect(batch.problems).toEqual([expect.objectContaining({ index: 0, reason: 'BAD_CLOUD_EVENT' })]);
    expect(batch.counts().accepted).toBe(1);
  });

  it.each([
    ['no data', undefined, 'NOT_AN_OBJECT'],
    ['text data', 'hello', 'NOT_AN_OBJECT'],
    ['no value', {}, 'MISSING_FIELD'],
    ['unknown fields', { value: 1, colour: 'red' }, 'UNKNOWN_FIELD'],
  ])('with %s are no observations', (_what, data, reason) => {
    expect(structured({ ...EVENT, data }).batch.problems).toEqual([expect.objectContaining({ reason })]);
  });

  it('keep extension attributes out of the way and hidden traps out of the log', () => {
    expect(structured({ ...EVENT, partitionkey: 'st-014', sequence: 5 }).batch.counts().accepted).toBe(1);
    const twice = JSON.stringify(EVENT).replace('"id"', '"id":"0","id"');
    expect(structured(twice).batch.problems[0]!.reason).toBe('DUPLICATE_KEY');
    const huge = structured({ ...EVENT, ext: 'x'.repeat(1000), data: { value: 1, unit: 'x'.repeat(9000) } });
    expect(huge.batch.problems[0]!.reason).toBe('ITEM_TOO_LARGE');
  });

  it('with the same source and id twice in a request are counted once', () => {
    const { batch } = structured([
      EVENT,
      { ...EVENT, time: new Date(NOW_ms - 5).toISOString() },
      { ...EVENT, source: 'x' },
    ]);
    expect(batch.problems.map((problem) => problem.reason)).toEqual(['SAME_CLOUD_EVENT', 'SAME_SERIES_AND_TIME']);
  });

  it('go to quarantine as they came', () => {
    const text = JSON.stringify({ ...EVENT, data: { value: 501 } }).replace('":', '": ');
    expect(structured(text).batch.quarantined).toEqual([
      expect.objectContaining({ reason: 'outside-physical-range', original: text, series: PM25 }),
    ]);
  });

  it('are one object or an array, as the media type says', () => {
    const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
    expect(errorCode(() => readCloudEvents(body([EVENT]), 'cloud-event', emptyBatch(), registry))).toBe(
      'BAD_CLOUD_EVENT',
    );
    expect(errorCode(() => readCloudEvents(body(EVENT), 'cloud-event-batch', emptyBatch(), registry))).toBe(
      'BAD_CLOUD_EVENT',
    );
    expect(errorCode(() => structured('{"id":'))).toBe('MALFORMED_JSON');
  });
});

describe('CloudEvents in binary mode', () => {
  it('are the same events as in structured mode', () => {
    const one = structured(EVENT);
    const other = binary({ ...HEADERS, 'ce-source': '"//sensors/st%2D014"' }, EVENT.data);
    expect(acceptedIn(other.batch)).toEqual(acceptedIn(one.batch));
    expect(other.identity).toEqual(one.identity);
  });

  it('have their attributes percent-decoded once', () => {
    const { batch } = binary({ ...HEADERS, 'ce-subject': 'Euro%20%E2%82%AC' }, { value: 1 });
    expect(batch.problems[0]).toMatchObject({ reason: 'BAD_SERIES_KEY' });
    const plain = binary({ ...HEADERS, 'ce-subject': 'air%2Epm25' }, { value: 1 });
    expect(acceptedIn(plain.batch)[0]!.series).toBe('air.pm25');
    const twice = binary({ ...HEADERS, 'ce-subject': 'air%252Epm25' }, { value: 1 });
    expect(twice.batch.counts().accepted).toBe(0);
  });

  it('are refused with broken encoding, repeated or misnamed headers, and rejected without an attribute', () => {
    expect(errorCode(() => binary({ ...HEADERS, 'ce-subject': '%E2%82' }, {}))).toBe('BAD_CLOUD_EVENT');
    expect(errorCode(() => binary({ ...HEADERS, 'ce-id': ['1', '2'] }, {}))).toBe('BAD_CLOUD_EVENT');
    expect(errorCode(() => binary({ ...HEADERS, 'ce-data': '1' }, {}))).toBe('BAD_CLOUD_EVENT');
    const { 'ce-id': _id, ...withoutId } = HEADERS;
    expect(binary(withoutId, { value: 1 }).batch.problems[0]!.reason).toBe('BAD_CLOUD_EVENT');
  });
});

describe('the identity of CloudEvents', () => {
  it('is the set of source and id, whatever the order; other content has another fingerprint', () => {
    const second = { ...EVENT, id: '2', time: new Date(NOW_ms - 1000).toISOString() };
    const one = structured([EVENT, second]).identity;
    expect(structured([second, EVENT]).identity).toEqual(one);
    expect(structured([EVENT]).identity!.key).not.toBe(one!.key);
    const changed = structured([EVENT, { ...second, data: { value: 1 } }]).identity;
    expect(changed!.key).toBe(one!.key);
    expect(changed!.fingerprint).not.toBe(one!.fingerprint);
  });
});

const SAMPLES = new URL('../../../../../shared/samples/', import.meta.url);
const hasSamples = existsSync(new URL('cloudevents-batch.json', SAMPLES));
if (!hasSamples) process.stderr.write('SKIPPED: ../shared/samples is not here, sample CloudEvents are not read\n');

(hasSamples ? describe : describe.skip)('recorded CloudEvents', () => {
  const sample = (name: string): string => readFileSync(new URL(name, SAMPLES), 'utf8');

  it('are read, one and many', () => {
    expect(structured(sample('cloudevents-structured.json')).batch.counts().accepted).toBe(1);
    expect(structured(JSON.parse(sample('cloudevents-batch.json'))).batch.counts().accepted).toBe(2);
  });

  it('that lack an id or have no time are refused', () => {
    const { cases } = JSON.parse(sample('cloudevents-edge-cases.json')) as {
      cases: { name: string; body?: unknown; headers?: Record<string, string>; expect?: string }[];
    };
    const broken = cases.filter((one) => one.expect === '400');
    expect(broken.length).toBeGreaterThanOrEqual(2);
    for (const { body } of broken) expect(structured(body).batch.counts().rejected).toBe(1);
  });
});
