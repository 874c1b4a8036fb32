import { describe, expect, it } from '@jest/globals';
import type { EventBatch, EventStore } from '../port.js';
import {
  all,
  collectUntil,
  eventNamed,
  eventsNamed,
  namesOf,
  type MakeStore,
  type StoreTraits,
} from './store-fixture.js';

const eventsIn = (batches: readonly EventBatch[]) => batches.flatMap((batch) => batch.events);

export function describeSubscriptions(make: MakeStore, _traits: StoreTraits): void {
  describe('subscribing', () => {
    it('tells a follower of an empty log that it has caught up', async () => {
      const { store } = await make();
      const abort = new AbortController();
      const [batch] = await collectUntil(store.subscribe({ signal: abort.signal }), () => true, abort);
      expect(batch).toMatchObject({ events: [], caughtUp: true });
      // The checkpoint of an empty log is before everything that will come.
      await store.append('unit-a', 'no-stream', eventsNamed('one'));
      expect(namesOf(await all(store.readAll({ after: batch!.checkpoint })))).toEqual(['one']);
    });

    it('gives what is there in batches of the size asked for, then what comes, and begins after the checkpoint', async () => {
      const { store } = await make();
      await store.append('unit-a', 'no-stream', eventsNamed('0', '1', '2', '3', '4'));
      const abort = new AbortController();
      const subscription = store.subscribe({ signal: abort.signal, batchSize: 2 });
      const following = collectUntil(subscription, (batches) => eventsIn(batches).length === 6, abort);
      await store.append('unit-b', 'no-stream', eventsNamed('5'));
      const batches = await following;
      expect(namesOf(eventsIn(batches))).toEqual(['0', '1', '2', '3', '4', '5']);
      for (const batch of batches) expect(batch.events.length).toBeLessThanOrEqual(2);
      const middle = batches[0]!;
      const again = new AbortController();
      const rest = await collectUntil(
        store.subscribe({ after: middle.checkpoint, signal: again.signal }),
        (seen) => seen.at(-1)!.caughtUp,
        again,
      );
      expect(namesOf(eventsIn(rest))).toEqual(['2', '3', '4', '5']);
    });

    it('says that it has caught up also when the last batch was just full', async () => {
      const { store } = await make();
      await store.append('unit-a', 'no-stream', eventsNamed('0', '1', '2', '3'));
      await store.append('kpi-a', 'no-stream', eventsNamed('unwanted'));
      for (const streamPrefix of ['', 'unit-a', 'unit'])
        for (const batchSize of [1, 2, 4]) {
          const abort = new AbortController();
          const subscription = store.subscribe({ signal: abort.signal, batchSize, streamPrefix });
          const batches = await collectUntil(subscription, (seen) => seen.at(-1)!.caughtUp, abort);
          expect(eventsIn(batches)).toHaveLength(streamPrefix === '' ? 5 : 4);
          expect(batches.at(-1)!.checkpoint).toBe((await store.head())!.position);
        }
    });

    it('never skips or repeats while many append at once, and several subscribers see the same', async () => {
      const { store } = await make();
      const total = 8 * 25;
      const subscribers = [1, 7, 1000].map((batchSize) => {
        const abort = new AbortController();
        const subscription = store.subscribe({ signal: abort.signal, batchSize });
        return collectUntil(subscription, (batches) => eventsIn(batches).length >= total, abort);
      });
      await appendConcurrently(store, 8, 25);
      const inOrder = namesOf(await all(store.readAll()));
      expect(inOrder).toHaveLength(total);
      for (const batches of await Promise.all(subscribers)) {
        expect(namesOf(eventsIn(batches))).toEqual(inOrder);
        const checkpoints = batches.map((batch) => batch.checkpoint);
        expect(checkpoints).toEqual([...checkpoints].sort((a, b) => (a < b ? -1 : 1)));
      }
    });

    it('moves the checkpoint of a filtered subscription over what it does not want', async () => {
      const { store } = await make();
      const abort = new AbortController();
      const subscription = store.subscribe({ types: ['Wanted'], streamPrefix: 'unit-', signal: abort.signal });
      await store.append('unit-a', 'any', [eventNamed('one', { type: 'Wanted' })]);
      await store.append('kpi-a', 'any', [eventNamed('elsewhere', { type: 'Wanted' })]);
      const { position } = await store.append('unit-a', 'any', [eventNamed('unwanted', { type: 'Other' })]);
      const batches = await collectUntil(subscription, (seen) => seen.at(-1)!.checkpoint >= position, abort);
      expect(namesOf(eventsIn(batches))).toEqual(['one']);
      expect(batches.at(-1)).toMatchObject({ checkpoint: position, caughtUp: true });
    });

    it('delivers a kind of event that appears for the first time while it follows', async () => {
      const { store } = await make();
      const abort = new AbortController();
      const types = ['First', 'Second'];
      const subscription = store.subscribe({ types, signal: abort.signal });
      const following = collectUntil(subscription, (batches) => eventsIn(batches).length === 3, abort);
      await store.append('unit-a', 'any', [eventNamed('one', { type: 'First' })]);
      await store.append('unit-a', 'any', [eventNamed('two', { type: 'Second' })]);
      await store.append('kpi-a', 'any', [eventNamed('three', { type: 'First' })]);
      expect(namesOf(eventsIn(await following))).toEqual(['one', 'two', 'three']);
    });

    it('ends at the abort while it waits, and when the store closes', async () => {
      const { store } = await make();
      const abort = new AbortController();
      const aborted = allBatches(store.subscribe({ signal: abort.signal }), () => setTimeout(() => abort.abort(), 5));
      let isFollowing: () => void = () => undefined;
      const following = new Promise<void>((resolve) => (isFollowing = resolve));
      const closed = allBatches(store.subscribe({ signal: new AbortController().signal }), isFollowing);
      expect(await aborted).toHaveLength(1);
      await following;
      await store.close();
      expect(await closed).toHaveLength(1);
      expect(await allBatches(store.subscribe({ signal: AbortSignal.abort() }))).toEqual([]);
    });
  });
}

async function allBatches(batches: AsyncIterable<EventBatch>, onBatch?: () => void): Promise<EventBatch[]> {
  const list: EventBatch[] = [];
  for await (const batch of batches) {
    list.push(batch);
    onBatch?.();
  }
  return list;
}

async function appendConcurrently(store: EventStore, writers: number, rounds: number): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1)
      await store.append(`unit-${writer}`, 'any', eventsNamed(`${writer} ${round}`));
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
}
