import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#lib/event-store';
import {
  jsonRequest,
  NOW_ms,
  observation,
  openDoor,
  PM25,
  registryWithSeries,
  seriesOf,
  storedEvents,
  storedObservations,
} from '../spec-support/intake-fixture.js';
import type { DoorError } from './door-error.js';
import type { DoorAnswer, DoorRequest } from './door-request.js';
import { normalisedKey } from './idempotency.js';
import type { ObservationDoor } from './observation-door.js';

const ITEMS = [observation(3, 1), observation(2, 999), observation(3, 1), {}];
const keyed = (content: unknown, idempotencyKey = 'key-1', more: Partial<DoorRequest> = {}): DoorRequest =>
  jsonRequest(content, { idempotencyKey, ...more });

async function outcomeOf(door: ObservationDoor, request: DoorRequest): Promise<DoorAnswer | string> {
  return door.receive(request).catch((error: DoorError) => `${error.kind} ${error.code}`);
}

describe('a request with an Idempotency-Key', () => {
  it('is stored once; its repetition gets the same answer, marked as such, after a restart too', async () => {
    const { door, store } = openDoor();
    const first = await door.receive(keyed(ITEMS));
    expect(first).toMatchObject({ sent: 4, accepted: 1, duplicate: 1, quarantined: 1, rejected: 1, position: '2' });
    await door.receive(jsonRequest(observation(1, 1)));
    for (const again of [door, openDoor({ store }).door]) {
      expect(await again.receive(keyed(ITEMS))).toEqual({ ...first, replayed: true });
    }
    expect(await storedEvents(store)).toHaveLength(3);
  });

  it('is recognised although registrations have changed what it would become', async () => {
    const store = new MemoryEventStore();
    const first = await openDoor({ store }).door.receive(keyed([observation(1, 5), observation(2, 6, 'new/series')]));
    expect(first).toMatchObject({ accepted: 1, quarantined: 1 });
    const knowing = openDoor({ store, registry: registryWithSeries([seriesOf('new/series')]) });
    const stricter = registryWithSeries([{ ...seriesOf(PM25), physicalRange: { max: 1 } }]);
    for (const { door } of [knowing, openDoor({ store, registry: stricter })]) {
      const again = await door.receive(keyed([observation(1, 5), observation(2, 6, 'new/series')]));
      expect(again).toEqual({ ...first, replayed: true });
    }
    expect(await storedEvents(store)).toHaveLength(2);
  });

  it('is recognised although it cannot be read any more', async () => {
    const store = new MemoryEventStore();
    const mapping = { time: { column: 't', format: 'epoch-ms' }, valueColumn: 'v' } as const;
    const csv = keyed(`t,v\n${NOW_ms},1\n`, 'key-1', { contentType: 'text/csv' });
    const first = await openDoor({ store, registry: registryWithSeries([seriesOf('csv', mapping)]) }).door.receive(csv);
    expect(await openDoor({ store }).door.receive(csv)).toEqual({ ...first, replayed: true });
    expect(await outcomeOf(openDoor().door, csv)).toBe('unprocessable CSV_NOT_MAPPED');
  });

  it('of many events is answered with the position of the last', async () => {
    const { door } = openDoor();
    const many = Array.from({ length: 3500 }, (_, i) => ({ series: PM25, observedAt: NOW_ms + i, value: 1 }));
    const first = await door.receive(keyed(many));
    expect(first.position).toBe('4');
    expect(await door.receive(keyed(many))).toEqual({ ...first, replayed: true });
  });

  it('with another content is refused as 422, whatever that content is', async () => {
    const { door, store } = openDoor();
    await door.receive(keyed(ITEMS));
    const reused = 'unprocessable IDEMPOTENCY_KEY_REUSED';
    expect(await outcomeOf(door, keyed([observation(3, 2)]))).toBe(reused);
    expect(await outcomeOf(door, keyed(JSON.stringify(ITEMS, null, 1)))).toBe(reused);
    expect(await outcomeOf(door, keyed(ITEMS, 'key-1', { contentType: 'application/json; charset=utf-8' }))).toBe(
      reused,
    );
    expect(await outcomeOf(door, keyed([]))).toBe(reused);
    expect(await outcomeOf(door, keyed([{}]))).toBe(reused);
    expect(await outcomeOf(door, keyed('{'))).toBe(reused);
    expect(await storedEvents(store)).toHaveLength(2);
  });

  it('of another source, or with another key, is another request', async () => {
    const registry = registryWithSeries([{ ...seriesOf('other/1'), sourceId: 'other' }]);
    const { door } = openDoor({ registry });
    await door.receive(keyed(ITEMS));
    expect((await door.receive(keyed(ITEMS, 'key-2'))).replayed).toBeUndefined();
    const other = { sourceId: 'other', keyId: 'k' };
    const answer = await door.receive(keyed(observation(1, 1, 'other/1'), 'key-1', { source: other }));
    expect(answer).toMatchObject({ accepted: 1 });
    expect(answer.replayed).toBeUndefined();
  });

  it('that stored nothing has not used its key up', async () => {
    const { door } = openDoor();
    expect(await outcomeOf(door, keyed([{}]))).toBe('bad-request NOTHING_ACCEPTABLE');
    expect(await outcomeOf(door, keyed('{'))).toBe('bad-request MALFORMED_JSON');
    expect(await door.receive(keyed([]))).toMatchObject({ sent: 0, position: null });
    const corrected = await door.receive(keyed(observation(1, 1)));
    expect(corrected.accepted).toBe(1);
    expect(corrected.replayed).toBeUndefined();
  });

  it('is refused as 409 while the same key is being worked on', async () => {
    const { door, store } = openDoor();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(door, keyed(ITEMS))));
    const answered = outcomes.filter((outcome) => typeof outcome !== 'string');
    expect(answered).toHaveLength(1);
    expect(new Set(outcomes.filter((outcome) => typeof outcome === 'string'))).toEqual(
      new Set(['conflict IDEMPOTENCY_KEY_IN_PROGRESS']),
    );
    expect(await door.receive(keyed(ITEMS))).toMatchObject({ replayed: true });
    expect(await storedEvents(store)).toHaveLength(2);
  });

  it('sent to eight processes at once is stored once and answered alike', async () => {
    const store = new MemoryEventStore();
    const doors = Array.from({ length: 8 }, () => openDoor({ store }).door);
    for (let round = 0; round < 20; round += 1) {
      const items = [observation(round, round), observation(round, null)];
      const answers = await Promise.all(doors.map((door) => door.receive(keyed(items, `round-${round}`))));
      expect(answers.filter((answer) => answer.replayed === undefined)).toHaveLength(1);
      expect(new Set(answers.map(({ replayed: _, ...answer }) => JSON.stringify(answer))).size).toBe(1);
    }
    expect(await storedObservations(store)).toHaveLength(20);
    expect(await storedEvents(store)).toHaveLength(40);
  });

  it('sent with different contents to two processes at once: one is stored, the other hears 422', async () => {
    const store = new MemoryEventStore();
    const outcomes = await Promise.all([
      outcomeOf(openDoor({ store }).door, keyed(observation(1, 1))),
      outcomeOf(openDoor({ store }).door, keyed(observation(1, 2))),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'unprocessable IDEMPOTENCY_KEY_REUSED')).toHaveLength(1);
    expect(await storedObservations(store)).toHaveLength(1);
  });

  it('has a key of 1 to 255 printable ASCII characters; quotes around it do not count', async () => {
    expect(normalisedKey('"8e03978e-40d5"')).toBe('8e03978e-40d5');
    expect(normalisedKey('x'.repeat(255))).toHaveLength(255);
    const { door } = openDoor();
    for (const key of ['', '""', '  ', 'x'.repeat(256), 'schlüssel', 'a\u0007']) {
      expect(await outcomeOf(door, keyed(ITEMS, key))).toBe('bad-request IDEMPOTENCY_KEY_INVALID');
    }
  });
});

describe('CloudEvents without an Idempotency-Key', () => {
  const event = (id: string, value: unknown): object => ({
    specversion: '1.0',
    id,
    source: '/s',
    type: 't',
    subject: PM25,
    time: new Date(NOW_ms - Number(id) * 1000).toISOString(),
    data: { value },
  });
  const batch = (...events: object[]): DoorRequest =>
    jsonRequest(events, { contentType: 'application/cloudevents-batch+json' });

  it('are known by source and id: the same again is a replay, another content under the same id is not', async () => {
    const { door, store } = openDoor();
    const first = await door.receive(batch(event('1', 5), event('2', 6)));
    expect(first).toMatchObject({ accepted: 2 });
    expect(await door.receive(batch(event('2', 6), event('1', 5)))).toEqual({ ...first, replayed: true });
    expect(await outcomeOf(door, batch(event('1', 5), event('2', 7)))).toBe('unprocessable IDEMPOTENCY_KEY_REUSED');
    expect((await door.receive(batch(event('3', 7)))).replayed).toBeUndefined();
    expect(await storedObservations(store)).toHaveLength(3);
  });

  it('have nothing in common when none of them can be read: two such deliveries at once are both told why', async () => {
    const { door } = openDoor();
    const unreadable = batch({ specversion: '1.0' });
    const outcomes = await Promise.all([outcomeOf(door, unreadable), outcomeOf(door, unreadable)]);
    expect(outcomes).toEqual(['bad-request NOTHING_ACCEPTABLE', 'bad-request NOTHING_ACCEPTABLE']);
  });

  it('may carry a key of their own, which then counts', async () => {
    const { door } = openDoor();
    const one = { ...batch(event('1', 5)), idempotencyKey: 'a' };
    await door.receive(one);
    expect(await door.receive(one)).toMatchObject({ replayed: true });
    expect((await door.receive({ ...one, idempotencyKey: 'b' })).replayed).toBeUndefined();
  });
});
