import { describe, expect, it } from '@jest/globals';
import type { EventData, RecordedEvent } from '@eventstore/db-client';
import fc from 'fast-check';
import { eventIdFrom, type NewEvent } from '#lib/event-store';
import { appendOf, isSystemEvent, toEventData, toStoredEvent, type Stamp } from './event-mapping.js';
import { POSITION_MAX, positionOf, serverPositionOf } from './positions.js';

const created = new Date('2026-11-25T01:02:03.456Z');

/** What the client makes of an event on the way to the server and back. */
function overTheWire(event: EventData): RecordedEvent {
  const isJson = event.contentType === 'application/json';
  const place = { streamId: 'unit-a', revision: 7n, created, position: { commit: 42n, prepare: 42n } };
  const metadata = JSON.parse(JSON.stringify(event.metadata)) as Record<string, unknown>;
  const bytes = isJson ? Buffer.from(JSON.stringify(event.data)) : (event.data as Uint8Array);
  const data = isJson ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : bytes;
  return { ...place, id: event.id, type: event.type, isJson, metadata, data } as RecordedEvent;
}

function roundTrip(event: NewEvent, stamp: Stamp = { append: 'a' }) {
  return toStoredEvent({ event: overTheWire(toEventData(event, stamp)) });
}

const eventWith = (data: string, schemaVersion = 1): NewEvent => ({
  id: eventIdFrom(data, 0),
  type: 'Noted',
  schemaVersion,
  data,
  metadata: { actor: { kind: 'system', id: 'test', role: 'system' }, correlationId: 'c', causationId: '原因 "why"' },
});

describe('the envelope', () => {
  it('comes back as it went, whatever JSON it holds', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false } as object), fc.integer({ min: 1, max: 99 }), (data, version) => {
        const event = eventWith(data, version);
        expect(roundTrip(event)).toEqual({
          ...event,
          stream: 'unit-a',
          revision: 7n,
          position: 42n,
          recordedAt_ms: created.getTime(),
        });
      }),
    );
  });

  it('keeps every letter of texts that parsing and printing would change', () => {
    for (const data of [
      '{"n":9007199254740993}',
      '{"n":1e999}',
      '{"n":-0,"m":1.0}',
      '{ "b":1, "2":0, "1":0 }',
      '{"a":1,"a":2}',
      '"\\ud800"',
      '"\\u00e9"',
      '{"__proto__":{"x":1}}',
      'null',
      '12345678901234567890',
      '""',
      '"plain"',
      '[]',
      '\u0000 no JSON at all',
      '',
    ])
      expect(roundTrip(eventWith(data)).data).toBe(data);
  });

  it('goes as JSON exactly when that is exact, with the names that the server looks for', () => {
    const exact = toEventData(eventWith('{"a":[1,2.5,"é"]}'), { append: 'x' });
    expect(exact).toMatchObject({ contentType: 'application/json', data: { a: [1, 2.5, 'é'] } });
    expect(exact.metadata).toMatchObject({ $correlationId: 'c', $causationId: '原因 "why"', append: 'x' });
    expect(toEventData(eventWith('{"a":1.0}'), { append: 'x' }).contentType).toBe('application/octet-stream');
  });

  it('is recorded at the server’s time, never before what the writer had seen, or when a moved log says', () => {
    const event = eventWith('{}');
    const server_ms = created.getTime();
    expect(roundTrip(event, { append: 'a', notBefore_ms: server_ms - 1 }).recordedAt_ms).toBe(server_ms);
    expect(roundTrip(event, { append: 'a', notBefore_ms: server_ms + 5 }).recordedAt_ms).toBe(server_ms + 5);
    expect(roundTrip(event, { append: 'a', recordedAt_ms: 17 }).recordedAt_ms).toBe(17);
  });
});

describe('events of others', () => {
  const foreign = (fields: Partial<Record<keyof RecordedEvent, unknown>>): RecordedEvent =>
    ({ ...overTheWire(toEventData(eventWith('{}'), { append: 'a' })), ...fields }) as RecordedEvent;

  it('never break reading: any data and any metadata become an event with JSON text', () => {
    const metadata = fc.oneof(fc.constant(undefined), fc.uint8Array(), fc.jsonValue());
    const content = fc.oneof(
      fc.uint8Array().map((data) => ({ isJson: false, data })),
      fc.jsonValue().map((data) => ({ isJson: true, data })),
    );
    fc.assert(
      fc.property(metadata, content, (userMetadata, { isJson, data }) => {
        const read = { event: foreign({ metadata: userMetadata, isJson, data }) };
        const stored = toStoredEvent(read);
        expect(() => JSON.parse(stored.data) as unknown).not.toThrow();
        expect(stored).toMatchObject({ schemaVersion: 1, metadata: { actor: { id: 'eventstoredb' } } });
        expect(appendOf(read)).toBeNull();
      }),
    );
  });

  it('of the server itself are known by their names', () => {
    expect(isSystemEvent({ type: '$metadata', streamId: '$$unit-a' })).toBe(true);
    expect(isSystemEvent({ type: '$>', streamId: 'links' })).toBe(true);
    expect(isSystemEvent({ type: 'Noted', streamId: '$settings' })).toBe(true);
    expect(isSystemEvent({ type: 'Noted', streamId: 'unit-$' })).toBe(false);
  });
});

describe('positions', () => {
  const offset = fc.bigInt({ min: 0n, max: POSITION_MAX });

  it('keep the order of the server’s pairs and come back from decimal text', () => {
    fc.assert(
      fc.property(offset, offset, (a, b) => {
        const [one, two] = [a, b].map((commit) => positionOf({ id: 'x', position: serverPositionOf(commit) }));
        expect(one! < two!).toBe(a < b);
        expect(serverPositionOf(BigInt(String(one)))).toEqual({ commit: a, prepare: a });
      }),
    );
  });

  it('are refused where the server gives none', () => {
    expect(() => positionOf({ id: 'x', position: undefined })).toThrow('22.10');
    const none = 2n ** 64n - 1n;
    expect(() => positionOf({ id: 'x', position: { commit: none, prepare: none } })).toThrow('22.10');
    expect(positionOf({ id: 'x', position: undefined }, 5n)).toBe(5n);
  });
});
