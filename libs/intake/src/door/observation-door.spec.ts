import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryEventStore, StoreUnavailable } from '#lib/event-store';
import {
  jsonRequest,
  NO2,
  NOW_ms,
  observation,
  openDoor,
  PM25,
  registryWithSeries,
  seriesOf,
  SOURCE_ID,
  storedEvents,
  storedObservations,
  storedQuarantine,
} from '../spec-support/intake-fixture.js';
import { DoorError } from './door-error.js';
import type { DoorRequest, OnAnswer } from './door-request.js';
import type { ObservationDoor } from './observation-door.js';

async function refusalOf(door: ObservationDoor, request: DoorRequest): Promise<DoorError> {
  try {
    await door.receive(request);
  } catch (error) {
    if (error instanceof DoorError) return error;
    throw error;
  }
  throw new Error('the request was not refused');
}

describe('the door for observations', () => {
  it('stores a request as one atomic append and says where', async () => {
    const { door, store } = openDoor();
    const items = [observation(2, 1.25), observation(1, 999), observation(1, 5, 'no/such'), observation(2, 7), 'junk'];
    const answer = await door.receive(jsonRequest(items));
    expect(answer).toMatchObject({ sent: 5, accepted: 1, duplicate: 1, quarantined: 2, rejected: 1, position: '2' });
    expect(answer.problems.map(({ index, verdict }) => `${index} ${verdict}`)).toEqual([
      '1 quarantined',
      '2 quarantined',
      '3 duplicate',
      '4 rejected',
    ]);
    expect(answer.replayed).toBeUndefined();
    const events = await storedEvents(store);
    expect(events.map((event) => [event.stream, event.type, event.schemaVersion])).toEqual([
      [`observations-${SOURCE_ID}`, 'ObservationsRecorded', 1],
      [`observations-${SOURCE_ID}`, 'ObservationsQuarantined', 1],
    ]);
    expect(events[0]!.metadata.actor).toEqual({ kind: 'source', id: SOURCE_ID, role: 'source' });
    expect(await storedObservations(store)).toEqual([
      { series: PM25, at_ms: NOW_ms - 120_000, value: 1.25, flag: null },
    ]);
    expect((await storedQuarantine(store)).map((item) => item.original)).toEqual([
      JSON.stringify(items[1]),
      JSON.stringify(items[2]),
    ]);
  });

  it('reads every format', async () => {
    const mapping = { time: { column: 't', format: 'epoch-ms' }, valueColumn: 'v' } as const;
    const { door, store } = openDoor({ registry: registryWithSeries([seriesOf('csv', mapping)]) });
    const time = new Date(NOW_ms).toISOString();
    const event = { specversion: '1.0', id: '1', source: 's', type: 't', time, subject: PM25, data: observation(1, 2) };
    const requests = [
      jsonRequest([observation(9, 1)]),
      jsonRequest(JSON.stringify(observation(8, 1)), { contentType: 'application/x-ndjson' }),
      jsonRequest(`t,v\n${NOW_ms},1\n`, { contentType: 'text/csv' }),
      jsonRequest(event, { contentType: 'application/cloudevents+json' }),
      jsonRequest([{ ...event, id: '2' }], { contentType: 'application/cloudevents-batch+json' }),
      jsonRequest(observation(7, 1), {
        headers: { 'ce-specversion': '1.0', 'ce-id': '3', 'ce-source': 's', 'ce-type': 't', 'ce-time': time },
      }),
      jsonRequest('', { body: gzipSync(JSON.stringify(observation(6, 1))), contentEncoding: 'gzip' }),
    ];
    for (const request of requests) expect((await door.receive(request)).accepted).toBe(1);
    expect(await storedObservations(store)).toHaveLength(requests.length);
  });

  it('answers an empty list with nothing, and refuses what holds no observation at all', async () => {
    const { door, store } = openDoor();
    expect(await door.receive(jsonRequest([]))).toMatchObject({ sent: 0, position: null, problems: [] });
    const refusal = await refusalOf(door, jsonRequest([1, {}]));
    expect(refusal).toMatchObject({ kind: 'bad-request', code: 'NOTHING_ACCEPTABLE' });
    expect(refusal.problems.map((problem) => problem.where)).toEqual(['item 0', 'item 1']);
    expect(await storedEvents(store)).toEqual([]);
  });

  it('shows at most 100 problems and counts them all', async () => {
    const { door } = openDoor();
    const answer = await door.receive(jsonRequest(Array.from({ length: 300 }, (_, i) => observation(i, null))));
    expect(answer.quarantined).toBe(300);
    expect(answer.problems).toHaveLength(100);
  });

  it('splits a full request into several events of one append', async () => {
    const { door, store } = openDoor();
    const items = Array.from({ length: 10_000 }, (_, i) => ({ series: PM25, observedAt: NOW_ms + i, value: i / 100 }));
    const answer = await door.receive(jsonRequest(items));
    expect(answer).toMatchObject({ accepted: 10_000, position: '10' });
    const stored = await storedObservations(store);
    expect(stored.map((row) => row.value)).toEqual(items.map((item) => item.value));
  });

  it('tells its metrics about every answer, refused requests of nothing but rejections included', async () => {
    const heard: Parameters<OnAnswer>[0][] = [];
    const { door } = openDoor({ onAnswer: (outcome) => heard.push(outcome) });
    await door.receive(jsonRequest(observation(1, 1)));
    await refusalOf(door, jsonRequest([{}]));
    expect(heard.map(({ sourceId, counts }) => [sourceId, counts.accepted, counts.rejected])).toEqual([
      [SOURCE_ID, 1, 0],
      [SOURCE_ID, 0, 1],
    ]);
    for (const { duration_seconds } of heard) expect(duration_seconds).toBeLessThan(10);
  });

  it('law: what is stored is what was sent, and the counts add up', async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom(null, {}),
    );
    const items = fc.uniqueArray(fc.tuple(fc.nat(1000), value), {
      minLength: 1,
      maxLength: 20,
      selector: ([at]) => at,
    });
    await fc.assert(
      fc.asyncProperty(items, async (rows) => {
        const { door, store } = openDoor();
        const sent = rows.map(([second, x]) => observation(second / 60, x, NO2));
        const counts = await door.receive(jsonRequest(sent)).catch((error: DoorError) => error.code);
        const numbers = rows.map(([, x]) => x).filter((x) => typeof x === 'number');
        const stored = await storedObservations(store);
        expect(stored.map((row) => row.value)).toEqual(numbers.map((x) => (x === 0 ? 0 : x)));
        if (typeof counts === 'string') expect(rows.every(([, x]) => typeof x === 'object' && x !== null)).toBe(true);
        else expect(counts.accepted + counts.duplicate + counts.quarantined + counts.rejected).toBe(counts.sent);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the door under load', () => {
  /** A store whose appends wait until they are let through. */
  class SlowStore extends MemoryEventStore {
    appends = 0;
    private waiting: (() => void)[] = [];

    override async append(...parameters: Parameters<MemoryEventStore['append']>) {
      this.appends += 1;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      return super.append(...parameters);
    }

    letThrough(): void {
      for (const resolve of this.waiting.splice(0)) resolve();
    }
  }

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('puts what arrives during an append together into the next one, each caller with his own counts', async () => {
    const store = new SlowStore();
    const { door } = openDoor({ store });
    const answers = Array.from({ length: 50 }, (_, i) =>
      door.receive(jsonRequest(i % 10 === 9 ? [observation(i, i), observation(i, null)] : observation(i, i))),
    );
    await settled();
    expect(store.appends).toBe(1);
    store.letThrough();
    await settled();
    expect(store.appends).toBe(2);
    store.letThrough();
    const all = await Promise.all(answers);
    all.forEach((answer, i) => {
      expect([answer.sent, answer.accepted, answer.quarantined]).toEqual(i % 10 === 9 ? [2, 1, 1] : [1, 1, 0]);
    });
    expect((await storedObservations(store)).map((row) => row.value)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const events = await storedEvents(store);
    expect(events.filter((event) => event.type === 'ObservationsRecorded')).toHaveLength(2);
    for (const answer of all) expect(BigInt(answer.position!)).toBeLessThanOrEqual(events.at(-1)!.position);
  });

  it('does not answer before the commit', async () => {
    const store = new SlowStore();
    const { door } = openDoor({ store });
    let isAnswered = false;
    const answer = door.receive(jsonRequest(observation(1, 1))).then(() => (isAnswered = true));
    await settled();
    expect(isAnswered).toBe(false);
    store.letThrough();
    await answer;
    expect(await storedObservations(store)).toHaveLength(1);
  });

  it('keeps sources apart', async () => {
    const store = new SlowStore();
    const registry = registryWithSeries([{ ...seriesOf('other/1'), sourceId: 'other' }]);
    const { door } = openDoor({ store, registry });
    const other = { sourceId: 'other', keyId: 'k' };
    const answers = [
      door.receive(jsonRequest(observation(1, 1))),
      door.receive(jsonRequest(observation(1, 2, 'other/1'), { source: other })),
    ];
    await settled();
    expect(store.appends).toBe(2);
    store.letThrough();
    await Promise.all(answers);
    expect((await storedEvents(store)).map((event) => event.stream).sort()).toEqual([
      `observations-${SOURCE_ID}`,
      'observations-other',
    ]);
  });

  it('refuses with 503 what would wait beyond the limit of requests or bytes, and recovers', async () => {
    for (const limits of [
      { waitingRequests_max: 3, waiting_bytes: 1e9 },
      { waitingRequests_max: 1000, waiting_bytes: 300 },
    ]) {
      const store = new SlowStore();
      const { door } = openDoor({ store, limits });
      const outcomes = Array.from({ length: 10 }, (_, i) =>
        door.receive(jsonRequest(observation(i, i))).then(
          () => 'accepted',
          (error: DoorError) => `${error.kind} ${error.code} ${error.retryAfter_ms}`,
        ),
      );
      for (let i = 0; i < 5; i += 1) {
        await settled();
        store.letThrough();
      }
      const counted = await Promise.all(outcomes);
      const accepted = counted.filter((outcome) => outcome === 'accepted').length;
      expect(accepted).toBeGreaterThanOrEqual(2);
      expect(accepted).toBeLessThan(10);
      expect(new Set(counted)).toEqual(new Set(['accepted', 'unavailable INTAKE_FULL 1000']));
      expect(await storedObservations(store)).toHaveLength(accepted);
      const later = door.receive(jsonRequest(observation(50, 1)));
      await settled();
      store.letThrough();
      expect((await later).accepted).toBe(1);
    }
  });

  it.each(['unkeyed', 'keyed', 'cloud events'])('weighs a compressed request by what it became: %s', async (kind) => {
    const limits = { waitingRequests_max: 1000, waiting_bytes: 15_000 };
    const isEvents = kind === 'cloud events';
    const compressed = (id: string): DoorRequest => {
      const observations = Array.from({ length: 120 }, (_, i) => observation(i, 1));
      const event = { specversion: '1.0', source: id, type: 't', time: new Date(NOW_ms).toISOString() };
      const events = observations.map((data, i) => ({ ...event, id: String(i), data }));
      const body = gzipSync(JSON.stringify(isEvents ? events : observations));
      expect(body.length).toBeLessThan(2000);
      return jsonRequest('', {
        body,
        contentEncoding: 'gzip',
        ...(isEvents && { contentType: 'application/cloudevents-batch+json' }),
        ...(kind === 'keyed' && { idempotencyKey: id }),
      });
    };
    const store = new SlowStore();
    const { door } = openDoor({ store, limits });
    const first = door.receive(compressed('1'));
    while (store.appends === 0) await settled();
    expect(await refusalOf(door, compressed('2'))).toMatchObject({ code: 'INTAKE_FULL' });
    store.letThrough();
    expect((await first).accepted).toBe(120);
  });

  it('forgets the weight of what was answered, whichever way it went', async () => {
    const { door } = openDoor({ limits: { waitingRequests_max: 2, waiting_bytes: 200_000 } });
    const large = Array.from({ length: 500 }, (_, i) => observation(i, 1));
    for (let i = 0; i < 10; i += 1) {
      expect((await door.receive(jsonRequest(observation(i, 1)))).accepted).toBe(1);
      expect((await door.receive(jsonRequest(large))).accepted).toBe(500);
      expect((await door.receive(jsonRequest(large, { idempotencyKey: `key-${i}` }))).accepted).toBe(500);
    }
  });

  it('tells every caller of a failed append, and goes on with the next', async () => {
    let isBroken = true;
    class BrokenStore extends MemoryEventStore {
      override async append(...parameters: Parameters<MemoryEventStore['append']>) {
        if (isBroken) throw new StoreUnavailable('the disk is full', 2500);
        return super.append(...parameters);
      }
    }
    const { door, store } = openDoor({ store: new BrokenStore() });
    const requests = Array.from({ length: 5 }, (_, i) => refusalOf(door, jsonRequest(observation(i, i))));
    const large = Array.from({ length: 500 }, (_, i) => observation(i, 1));
    requests.push(refusalOf(door, jsonRequest(large)));
    requests.push(refusalOf(door, jsonRequest(observation(1, 1), { idempotencyKey: 'k' })));
    for (const refusal of await Promise.all(requests)) {
      expect(refusal).toMatchObject({ kind: 'unavailable', code: 'STORE_UNAVAILABLE', retryAfter_ms: 2500 });
    }
    isBroken = false;
    expect((await door.receive(jsonRequest(observation(1, 1), { idempotencyKey: 'k' }))).replayed).toBeUndefined();
    expect(await storedObservations(store)).toHaveLength(1);
  });
});
