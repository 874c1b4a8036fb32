/**
 * What every event store must do, as tests. Each group names the way in which known stores have failed: a second creator
 * accepted, the loser of a race half stored, an id repeated with other content, `from` + `limit` off by one, a commit that
 * readers overtook, revisions rounded to doubles.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventIdConflict, WrongExpectedRevision } from '../errors.js';
import { EVENT_DATA_SIZE_MAX_bytes, EVENTS_PER_APPEND_MAX, type EventStore, type NewEvent } from '../port.js';
import { describeReading } from './reading-contract.js';
import {
  all,
  eventNamed,
  eventsNamed,
  namesOf,
  type MakeStore,
  type StoreFixture,
  type StoreTraits,
} from './store-fixture.js';
import { describeSubscriptions } from './subscription-contract.js';

const BEYOND_DOUBLES = 2n ** 53n;

/** Runs the contract against an adapter. `makeStore` gives an empty store each time. */
export function describeEventStore(name: string, makeStore: MakeStore, traits: StoreTraits = {}): void {
  describe(`event store contract: ${name}`, () => {
    const fixtures: StoreFixture[] = [];
    const make: MakeStore = async (seed) => {
      const fixture = await makeStore(seed);
      fixtures.push(fixture);
      return fixture;
    };
    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.dispose();
    });
    describeAppending(make, traits);
    describeIdentity(make);
    describeRaces(make, traits);
    describeReading(make, traits);
    describeSubscriptions(make, traits);
    describeAvailability(make, traits);
  });
}

/** A test of what only a seeded store can show; it is not there, rather than skipped, for a store that cannot be seeded. */
const seededIt = ({ canBeSeeded }: StoreTraits): ((name: string, test: () => Promise<void>) => void) =>
  canBeSeeded ? (name, test) => it(name, test) : () => undefined;

function describeAppending(make: MakeStore, traits: StoreTraits): void {
  it('numbers revisions from 0, gives back what was put in and says when it was recorded', async () => {
    const { store } = await make();
    const before_ms = Date.now();
    const result = await store.append('unit-a', 'no-stream', eventsNamed('one', 'two'));
    const stored = await all(store.readStream('unit-a'));
    expect(result).toMatchObject({ outcome: 'appended', firstRevision: 0n, lastRevision: 1n });
    expect(stored).toEqual(
      eventsNamed('one', 'two').map((event, index) => ({
        ...event,
        stream: 'unit-a',
        revision: BigInt(index),
        position: stored[index]!.position,
        recordedAt_ms: stored[index]!.recordedAt_ms,
      })),
    );
    // A server may stamp each event of an append by itself.
    expect(stored[1]!.recordedAt_ms).toBe(result.recordedAt_ms);
    expect(stored[1]!.position).toBe(result.position);
    expect(result.recordedAt_ms).toBeGreaterThanOrEqual(before_ms);
    expect(result.recordedAt_ms).toBeLessThanOrEqual(Date.now());
    if (traits.hasDensePositions) expect(stored.map((event) => event.position)).toEqual([1n, 2n]);
  });

  it('enforces each expectation', async () => {
    const { store } = await make();
    await expect(store.append('unit-a', 'stream-exists', eventsNamed('x'))).rejects.toThrow(WrongExpectedRevision);
    await expect(store.append('unit-a', 0n, eventsNamed('x'))).rejects.toMatchObject({ actual: null });
    await store.append('unit-a', 'any', eventsNamed('one'));
    await store.append('unit-a', 'stream-exists', eventsNamed('two'));
    await store.append('unit-a', 1n, eventsNamed('three'));
    await expect(store.append('unit-a', 'no-stream', eventsNamed('x'))).rejects.toMatchObject({
      code: 'WRONG_EXPECTED_REVISION',
      stream: 'unit-a',
      expected: 'no-stream',
      actual: 2n,
    });
    for (const wrong of [0n, 1n, 3n])
      await expect(store.append('unit-a', wrong, eventsNamed('x'))).rejects.toThrow(WrongExpectedRevision);
    expect(namesOf(await all(store.readStream('unit-a')))).toEqual(['one', 'two', 'three']);
  });

  it('refuses what it cannot take, and writes nothing of it', async () => {
    const { store } = await make();
    const [event] = eventsNamed('one') as [NewEvent];
    const refused = async (events: readonly NewEvent[], code: string, stream = 'unit-a'): Promise<void> =>
      await expect(store.append(stream, 'any', events)).rejects.toMatchObject({ code });
    await refused([], 'EMPTY_APPEND');
    await refused([event, event], 'INVALID_EVENT');
    await refused([event, { ...event, id: 'not-a-uuid' }], 'INVALID_EVENT');
    await refused([{ ...event, id: event.id.toUpperCase() }], 'INVALID_EVENT');
    await refused([{ ...event, type: '' }], 'INVALID_EVENT');
    await refused([{ ...event, schemaVersion: 0 }], 'INVALID_EVENT');
    await refused([event], 'INVALID_EVENT', '');
    await refused([event], 'INVALID_EVENT', 'unit-\ud800');
    const tooLarge = JSON.stringify('é'.repeat(EVENT_DATA_SIZE_MAX_bytes / 2));
    await refused([event, { ...eventNamed('large'), data: tooLarge }], 'EVENT_TOO_LARGE');
    const tooMany = Array.from({ length: EVENTS_PER_APPEND_MAX + 1 }, (_, index) => eventNamed(`many ${index}`));
    await refused(tooMany, 'INVALID_EVENT');
    expect(await store.head()).toBeNull();
    expect(await all(store.readAll())).toEqual([]);
  });

  it('takes the largest event and the largest batch, and text of every script', async () => {
    const { store } = await make();
    const largest = { ...eventNamed('largest'), data: JSON.stringify('x'.repeat(EVENT_DATA_SIZE_MAX_bytes - 2)) };
    await store.append('unit-large', 'no-stream', [largest]);
    const many = Array.from({ length: EVENTS_PER_APPEND_MAX }, (_, index) => eventNamed(`many ${index}`));
    await store.append('unit-many', 'no-stream', many);
    const text = { name: '北京 pm₂.₅ 😀 \u0000 é', quote: '"\\' };
    await store.append('单位-é', 'no-stream', [eventNamed('text', { data: text, type: 'Ereignis·事件' })]);
    expect((await all(store.readStream('unit-large')))[0]!.data).toBe(largest.data);
    expect(await all(store.readStream('unit-many'))).toHaveLength(EVENTS_PER_APPEND_MAX);
    const [read] = await all(store.readStream('单位-é'));
    expect(JSON.parse(read!.data)).toEqual(text);
    expect(read!.type).toBe('Ereignis·事件');
  });

  seededIt(traits)('keeps revisions and positions beyond 2^53 exact', async () => {
    const { store } = await make({ firstPosition: BEYOND_DOUBLES - 1n, firstRevision: BEYOND_DOUBLES - 1n });
    await store.append('unit-a', 'no-stream', eventsNamed('one', 'two', 'three'));
    const result = await store.append('unit-a', BEYOND_DOUBLES + 1n, eventsNamed('four'));
    await expect(store.append('unit-a', BEYOND_DOUBLES + 1n, eventsNamed('x'))).rejects.toMatchObject({
      actual: BEYOND_DOUBLES + 2n,
    });
    expect(result).toMatchObject({ lastRevision: BEYOND_DOUBLES + 2n, position: BEYOND_DOUBLES + 2n });
    const exact = [BEYOND_DOUBLES - 1n, BEYOND_DOUBLES, BEYOND_DOUBLES + 1n, BEYOND_DOUBLES + 2n];
    const stored = await all(store.readAll());
    expect(stored.map((event) => event.position)).toEqual(exact);
    expect(stored.map((event) => event.revision)).toEqual(exact);
    expect(namesOf(await all(store.readStream('unit-a', { from: BEYOND_DOUBLES + 1n })))).toEqual(['three', 'four']);
    expect(namesOf(await all(store.readAll({ after: BEYOND_DOUBLES })))).toEqual(['three', 'four']);
    const replay = await store.append('unit-a', 'no-stream', eventsNamed('two'));
    expect(replay).toMatchObject({ outcome: 'replayed', firstRevision: BEYOND_DOUBLES, position: BEYOND_DOUBLES });
  });
}

function describeIdentity(make: MakeStore): void {
  const conflictAt = async (
    store: EventStore,
    stream: string,
    events: readonly NewEvent[],
  ): Promise<EventIdConflict> => {
    const error: unknown = await store.append(stream, 'any', events).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EventIdConflict);
    return error as EventIdConflict;
  };

  it('acknowledges the same events again as a replay, whatever revision is expected, and writes nothing', async () => {
    const { store } = await make();
    const first = await store.append('unit-a', 'no-stream', eventsNamed('one', 'two'));
    await store.append('unit-a', 1n, eventsNamed('three'));
    for (const expected of ['no-stream', 'any', 'stream-exists', 0n, 2n, 99n] as const)
      expect(await store.append('unit-a', expected, eventsNamed('one', 'two'))).toEqual({
        ...first,
        outcome: 'replayed',
      });
    const part = await store.append('unit-a', 'any', eventsNamed('two', 'three'));
    expect(part).toMatchObject({ outcome: 'replayed', firstRevision: 1n, lastRevision: 2n });
    expect(await all(store.readAll())).toHaveLength(3);
  });

  it('does not count metadata as content', async () => {
    const { store } = await make();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    const [event] = eventsNamed('one') as [NewEvent];
    const retried = { ...event, metadata: { ...event.metadata, correlationId: 'of the second try' } };
    expect((await store.append('unit-a', 'no-stream', [retried])).outcome).toBe('replayed');
    expect((await all(store.readAll()))[0]!.metadata).toEqual(event.metadata);
  });

  it('refuses a known id with other content, in another stream, in another order, or only partly there', async () => {
    const { store } = await make();
    await store.append('unit-a', 'no-stream', eventsNamed('one', 'two'));
    await store.append('unit-b', 'no-stream', eventsNamed('elsewhere'));
    const [one] = eventsNamed('one') as [NewEvent];
    const conflict = await conflictAt(store, 'unit-a', [{ ...one, data: '{"other":true}' }]);
    expect(conflict).toMatchObject({ code: 'EVENT_ID_CONFLICT', eventId: one.id, stream: 'unit-a', revision: 0n });
    await conflictAt(store, 'unit-a', [{ ...one, type: 'Renamed' }]);
    await conflictAt(store, 'unit-a', [{ ...one, schemaVersion: 2 }]);
    expect(await conflictAt(store, 'unit-b', [one])).toMatchObject({ stream: 'unit-a', revision: 0n });
    await conflictAt(store, 'unit-c', [one]);
    await conflictAt(store, 'unit-a', eventsNamed('two', 'one'));
    await conflictAt(store, 'unit-a', eventsNamed('one', 'new'));
    await conflictAt(store, 'unit-a', eventsNamed('new', 'one'));
    await conflictAt(store, 'unit-a', eventsNamed('one', 'elsewhere'));
    expect(namesOf(await all(store.readAll()))).toEqual(['one', 'two', 'elsewhere']);
  });

  it('judges identity before the expected revision', async () => {
    const { store } = await make();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    const [one] = eventsNamed('one') as [NewEvent];
    const wrongTwice = store.append('unit-a', 7n, [{ ...one, data: '{}' }]);
    await expect(wrongTwice).rejects.toThrow(EventIdConflict);
  });
}

function describeRaces(make: MakeStore, traits: StoreTraits): void {
  it('lets exactly one of two creators of a stream win, whole', async () => {
    const { store } = await make();
    for (let round = 0; round < 10; round += 1) {
      const stream = `unit-${round}`;
      const rivals = ['a', 'b'].map((who) => [`${who}1 ${round}`, `${who}2 ${round}`]);
      const results = await Promise.allSettled(
        rivals.map((names) => store.append(stream, 'no-stream', eventsNamed(...names))),
      );
      const winner = results.findIndex((result) => result.status === 'fulfilled');
      const loser = results[1 - winner] as PromiseRejectedResult;
      expect(loser.reason).toBeInstanceOf(WrongExpectedRevision);
      expect(namesOf(await all(store.readStream(stream)))).toEqual(rivals[winner]);
    }
  });

  it('gives each revision to one of many rivals and stores nothing of the losers', async () => {
    const { store } = await make();
    await store.append('unit-a', 'no-stream', eventsNamed('start'));
    const won: string[][] = [];
    for (let round = 0; round < 5; round += 1) {
      const expected = BigInt(won.length * 2);
      const rivals = Array.from({ length: 8 }, (_, who) => [`r${round}w${who}x`, `r${round}w${who}y`]);
      const results = await Promise.allSettled(
        rivals.map((names) => store.append('unit-a', expected, eventsNamed(...names))),
      );
      const winners = rivals.filter((_, index) => results[index]!.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      won.push(winners[0]!);
    }
    const stored = await all(store.readAll());
    expect(namesOf(stored)).toEqual(['start', ...won.flat()]);
    if (traits.hasDensePositions)
      expect(stored.map((event) => event.position)).toEqual(stored.map((_, index) => BigInt(index + 1)));
  });

  it('stores an event once when the same append is sent many times at once', async () => {
    const { store } = await make();
    const twins = Array.from({ length: 8 }, () => store.append('unit-a', 'no-stream', eventsNamed('one', 'two')));
    const results = await Promise.all(twins);
    expect(results.filter((result) => result.outcome === 'appended')).toHaveLength(1);
    expect(new Set(results.map((result) => result.position)).size).toBe(1);
    expect(namesOf(await all(store.readAll()))).toEqual(['one', 'two']);
  });

  it('does not let a conflict in a group disturb the appends that wait with it', async () => {
    const { store } = await make();
    await store.append('unit-taken', 'no-stream', eventsNamed('taken'));
    const appends = Array.from({ length: 30 }, (_, index) => {
      if (index % 3 === 0) return store.append('unit-taken', 'no-stream', eventsNamed(`refused ${index}`));
      if (index % 3 === 1) return store.append('unit-other', 'any', [{ ...eventNamed('taken'), data: '{}' }]);
      return store.append(`unit-${index}`, 'no-stream', eventsNamed(`good ${index}`, `better ${index}`));
    });
    const results = await Promise.allSettled(appends);
    results.forEach((result, index) => expect(result.status).toBe(index % 3 === 2 ? 'fulfilled' : 'rejected'));
    const stored = await all(store.readAll());
    expect(stored).toHaveLength(1 + 10 * 2);
    if (traits.hasDensePositions) expect(stored.at(-1)!.position).toBe(21n);
    for (let index = 2; index < 30; index += 3)
      expect(namesOf(await all(store.readStream(`unit-${index}`)))).toEqual([`good ${index}`, `better ${index}`]);
  });

  it('never lets the recorded time go back along positions', async () => {
    const { store } = await make();
    for (let index = 0; index < 5; index += 1)
      await Promise.all([1, 2, 3].map((who) => store.append(`unit-${who}`, 'any', eventsNamed(`${index} ${who}`))));
    const times = (await all(store.readAll())).map((event) => event.recordedAt_ms);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect((await store.head())?.recordedAt_ms).toBe(times.at(-1));
  });
}

function describeAvailability(make: MakeStore, traits: StoreTraits): void {
  it('finishes what it accepted before it closes, then refuses', async () => {
    const { store, reopen } = await make();
    const accepted = Array.from({ length: 20 }, (_, index) => store.append('unit-a', 'any', eventsNamed(`${index}`)));
    const closed = store.close();
    await expect(store.append('unit-a', 'any', eventsNamed('late'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await Promise.all([...accepted, closed, store.close()]);
    await expect(store.append('unit-a', 'any', eventsNamed('later'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    if (reopen === undefined) return;
    const again = await reopen();
    expect(await all(again.readAll())).toHaveLength(20);
  });

  it('reads after reopening what was acknowledged, and goes on numbering', async () => {
    const { store, reopen } = await make();
    if (reopen === undefined) return;
    await store.append('unit-a', 'no-stream', eventsNamed('one', 'two'));
    const before = await all(store.readAll());
    const again = await reopen();
    expect(await all(again.readAll())).toEqual(before);
    expect((await again.append('unit-a', 'no-stream', eventsNamed('one', 'two'))).outcome).toBe('replayed');
    expect(await again.append('unit-a', 1n, eventsNamed('three'))).toMatchObject({ lastRevision: 2n });
  });

  seededIt(traits)(
    'refuses appends beyond its queue, with advice when to come again, and keeps the others',
    async () => {
      const { store } = await make({ waitingAppends_max: 4 });
      const appends = Array.from({ length: 10 }, (_, index) => store.append('unit-a', 'any', eventsNamed(`${index}`)));
      const results = await Promise.allSettled(appends);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(6);
      for (const { reason } of refused as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        expect((reason as { retryAfter_ms: number }).retryAfter_ms).toBeGreaterThan(0);
      }
      expect(namesOf(await all(store.readAll()))).toEqual(['0', '1', '2', '3']);
      await store.append('unit-a', 'any', eventsNamed('after the rush'));
    },
  );
}
