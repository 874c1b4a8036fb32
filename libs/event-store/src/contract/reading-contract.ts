import { describe, expect, it } from '@jest/globals';
import type { EventStore, ReadAllOptions, ReadStreamOptions } from '../port.js';
import { all, eventNamed, eventsNamed, namesOf, type MakeStore, type StoreTraits } from './store-fixture.js';

/** More than a page of any adapter, so that readings go over the seams. */
const SEVERAL_PAGES_EVENTS = 1234;

export function describeReading(make: MakeStore, traits: StoreTraits): void {
  describe('reading', () => {
    it('finds nothing in a stream that is not there and in an empty log', async () => {
      const { store } = await make();
      expect(await all(store.readStream('unit-none'))).toEqual([]);
      expect(await all(store.readStream('unit-none', { direction: 'backwards', from: 5n }))).toEqual([]);
      expect(await all(store.readAll({ direction: 'backwards' }))).toEqual([]);
      expect(await all(store.readAll({ types: ['Noted'], streamPrefix: 'unit-' }))).toEqual([]);
      expect(await store.head()).toBeNull();
    });

    it('reads a stream from a revision (inclusive), in both directions, and never more than the limit', async () => {
      const { store } = await make();
      await store.append('unit-a', 'no-stream', eventsNamed('0', '1', '2'));
      await store.append('unit-b', 'no-stream', eventsNamed('other'));
      await store.append('unit-a', 2n, eventsNamed('3', '4'));
      const read = async (options: ReadStreamOptions) =>
        namesOf(await all(store.readStream('unit-a', options))).join('');
      expect(await read({})).toBe('01234');
      expect(await read({ from: 2n })).toBe('234');
      expect(await read({ from: 2n, limit: 2 })).toBe('23');
      expect(await read({ from: 4n, limit: 2 })).toBe('4');
      expect(await read({ from: 5n })).toBe('');
      expect(await read({ limit: 0 })).toBe('');
      expect(await read({ limit: 5 })).toBe('01234');
      expect(await read({ direction: 'backwards' })).toBe('43210');
      expect(await read({ direction: 'backwards', from: 2n })).toBe('210');
      expect(await read({ direction: 'backwards', from: 2n, limit: 2 })).toBe('21');
      expect(await read({ direction: 'backwards', from: 99n, limit: 1 })).toBe('4');
    });

    it('reads all after a position (exclusive), in both directions, and never more than the limit', async () => {
      const { store } = await make();
      for (const name of ['a', 'b', 'c', 'd', 'e']) await store.append(`unit-${name}`, 'no-stream', eventsNamed(name));
      const positions = (await all(store.readAll())).map((event) => event.position);
      const read = async (options: ReadAllOptions) => namesOf(await all(store.readAll(options))).join('');
      expect(await read({})).toBe('abcde');
      expect(await read({ after: positions[1] })).toBe('cde');
      expect(await read({ after: positions[1], limit: 2 })).toBe('cd');
      expect(await read({ after: positions[4] })).toBe('');
      expect(await read({ after: positions[4]! + 1000n })).toBe('');
      expect(await read({ limit: 0 })).toBe('');
      expect(await read({ direction: 'backwards' })).toBe('edcba');
      expect(await read({ direction: 'backwards', after: positions[2] })).toBe('ba');
      expect(await read({ direction: 'backwards', after: positions[4]! + 1000n, limit: 2 })).toBe('ed');
      expect(await read({ direction: 'backwards', after: positions[0] })).toBe('');
      expect((await store.head())?.position).toBe(positions[4]);
    });

    it('filters by type and by the beginning of the stream name, and by both', async () => {
      const { store } = await make();
      await fillForFilters(store);
      const read = async (options: ReadAllOptions) => namesOf(await all(store.readAll(options))).join(' ');
      expect(await read({ types: ['Set'] })).toBe('1 4 6');
      expect(await read({ types: ['Set', 'Retired'] })).toBe('1 3 4 6');
      expect(await read({ types: ['Unheard'] })).toBe('');
      expect(await read({ types: [] })).toBe('');
      expect(await read({ streamPrefix: 'unit-a' })).toBe('1 2');
      expect(await read({ streamPrefix: 'unit-' })).toBe('1 2 3');
      expect(await read({ streamPrefix: 'unit' })).toBe('1 2 3 4 5');
      expect(await read({ streamPrefix: 'u' })).toBe('1 2 3 4 5');
      expect(await read({ streamPrefix: 'kpi-unit-' })).toBe('6');
      expect(await read({ streamPrefix: '' })).toBe('1 2 3 4 5 6');
      expect(await read({ streamPrefix: 'unit', types: ['Set'] })).toBe('1 4');
      expect(await read({ streamPrefix: 'unit-a', types: ['Named'], limit: 1 })).toBe('2');
      expect(await read({ types: ['Set'], direction: 'backwards' })).toBe('6 4 1');
      expect(await read({ types: ['Set', 'Named'], direction: 'backwards', limit: 3 })).toBe('6 5 4');
      const [, , third] = await all(store.readAll());
      expect(await read({ types: ['Set'], after: third!.position, limit: 1 })).toBe('4');
    });

    it('reads more than a page without a gap or a repetition, also with a limit that is no multiple of the page', async () => {
      const { store } = await make();
      const names = Array.from({ length: SEVERAL_PAGES_EVENTS }, (_, index) => `${index}`);
      for (let start = 0; start < names.length; start += 200)
        await store.append(
          'unit-a',
          'any',
          names.slice(start, start + 200).map((name) => eventNamed(name, { type: `T${+name % 3}` })),
        );
      expect(namesOf(await all(store.readAll()))).toEqual(names);
      expect(namesOf(await all(store.readAll({ direction: 'backwards' })))).toEqual([...names].reverse());
      expect(namesOf(await all(store.readStream('unit-a', { limit: 1111 })))).toEqual(names.slice(0, 1111));
      expect(namesOf(await all(store.readStream('unit-a', { direction: 'backwards' })))).toEqual([...names].reverse());
      const filtered = names.filter((name) => +name % 3 > 0);
      expect(namesOf(await all(store.readAll({ types: ['T1', 'T2'], streamPrefix: 'unit-a' })))).toEqual(filtered);
      expect(namesOf(await all(store.readAll({ types: ['T1', 'T2'], limit: 777 })))).toEqual(filtered.slice(0, 777));
    });

    it('never passes over an event that commits late: small appends race with large ones, a reader polls', async () => {
      const { store } = await make();
      let isWriting = true;
      const seen: string[] = [];
      let after: bigint | undefined;
      const readOn = async (): Promise<void> => {
        for await (const event of store.readAll({ after })) {
          seen.push(...namesOf([event]));
          after = event.position;
        }
      };
      const reader = (async () => {
        while (isWriting) {
          await readOn();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await readOn();
      })();
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        for (let round = 0; round < 8; round += 1) {
          const size = writer % 2 === 0 ? 1 : 60;
          const names = Array.from({ length: size }, (_, index) => `${writer} ${round} ${index}`);
          await store.append(`unit-${writer}`, 'any', eventsNamed(...names));
        }
      });
      await Promise.all(writers);
      isWriting = false;
      await reader;
      const stored = await all(store.readAll());
      expect(stored).toHaveLength(3 * 8 + 3 * 8 * 60);
      expect(seen).toEqual(namesOf(stored));
      if (traits.hasDensePositions) expect(stored.at(-1)!.position).toBe(BigInt(stored.length));
    });
  });
}

/** Names with and without a hyphen, prefixes of one another, types shared between kinds of streams. */
async function fillForFilters(store: EventStore): Promise<void> {
  const entries = [
    ['unit-a', 'Set', '1'],
    ['unit-a', 'Named', '2'],
    ['unit-b', 'Retired', '3'],
    ['unitary-a', 'Set', '4'],
    ['unit', 'Named', '5'],
    ['kpi-unit-a', 'Set', '6'],
  ] as const;
  for (const [stream, type, name] of entries)
    await store.append(stream, 'any', [eventNamed(name, { type, data: { name } })]);
}
