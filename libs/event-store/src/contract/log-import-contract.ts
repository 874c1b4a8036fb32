/**
 * What every `LogImport` must do, as tests: everything stays as it was, only what comes next is taken, and the log then
 * goes on as if it had been written here. `fixture.openStore` is called only while no import is open.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogImport } from '../log-import.js';
import { EVENT_DATA_SIZE_MAX_bytes, type EventStore, type StoredEvent } from '../port.js';
import { all, eventNamed, eventsNamed } from './store-fixture.js';

export interface LogImportFixture {
  /** Opens the log for placing; called again only after the import before was closed. */
  readonly openImport: () => Promise<LogImport>;
  /** Opens the same log as the service would, for reading and appending. The suite closes it. */
  readonly openStore: () => Promise<EventStore>;
  /** Closes and removes everything. */
  readonly dispose: () => Promise<void>;
}

export type MakeLogImport = () => Promise<LogImportFixture>;

/** Some time in the past; events of the suite are recorded a millisecond after each other. */
const FIRST_RECORDED_AT_ms = 1_600_000_000_000;

/** A log of events as another store had them: `names` are `stream/name`, in log order. */
export function recorded(...names: string[]): StoredEvent[] {
  const counts = new Map<string, bigint>();
  return names.map((name, index) => {
    const stream = name.slice(0, name.indexOf('/'));
    const revision = counts.get(stream) ?? 0n;
    counts.set(stream, revision + 1n);
    const position = BigInt(index + 1);
    return { ...eventNamed(name), stream, revision, position, recordedAt_ms: FIRST_RECORDED_AT_ms + index };
  });
}

/** Runs the contract against an adapter. `make` gives an empty log each time. */
export function describeLogImport(name: string, make: MakeLogImport): void {
  describe(`log import contract: ${name}`, () => {
    let fixture: LogImportFixture;
    beforeEach(async () => {
      fixture = await make();
    });
    afterEach(async () => await fixture.dispose());

    const placing = async <Result>(work: (target: LogImport) => Promise<Result>): Promise<Result> => {
      const target = await fixture.openImport();
      try {
        return await work(target);
      } finally {
        await target.close();
        await target.close();
      }
    };
    const place = (...pages: StoredEvent[][]): Promise<boolean> =>
      placing(async (target) => {
        for (const page of pages) await target.place(page);
        return target.keepsPositions;
      });
    const withStore = async <Result>(work: (store: EventStore) => Promise<Result>): Promise<Result> => {
      const store = await fixture.openStore();
      try {
        return await work(store);
      } finally {
        await store.close();
      }
    };
    const readAll = (): Promise<StoredEvent[]> => withStore((store) => all(store.readAll()));
    /** Without positions where the log numbers by itself. */
    const comparable = (events: readonly StoredEvent[], keepsPositions: boolean): unknown[] =>
      keepsPositions ? [...events] : events.map(({ position: _position, ...rest }) => rest);

    it('keeps ids, types, versions, data, metadata, streams, revisions, recorded times and order', async () => {
      const events = recorded('unit-a/1', 'kpi-b/1', 'unit-a/2', 'organisation/1', '单位-é/1', 'unit-a/3');
      const varied: StoredEvent[] = [
        events[0]!,
        { ...events[1]!, type: 'Ereignis·事件', schemaVersion: 7 },
        { ...events[2]!, data: `{ "b":1.0,\n "a":"😀 \\u0000 \\ud800", "n":12345678901234567890 }` },
        { ...events[3]!, metadata: { ...events[3]!.metadata, causationId: '原因', reason: 'why "not"' } },
        // Recorded in the same millisecond as the one before.
        { ...events[4]!, recordedAt_ms: events[3]!.recordedAt_ms },
        { ...events[5]!, data: JSON.stringify('x'.repeat(EVENT_DATA_SIZE_MAX_bytes - 2)) },
      ];
      const keepsPositions = await place(varied.slice(0, 2), [], varied.slice(2));
      await withStore(async (store) => {
        const read = await all(store.readAll());
        expect(comparable(read, keepsPositions)).toEqual(comparable(varied, keepsPositions));
        const unitA = varied.filter((event) => event.stream === 'unit-a');
        expect(comparable(await all(store.readStream('unit-a')), keepsPositions)).toEqual(
          comparable(unitA, keepsPositions),
        );
        expect(await all(store.readAll({ types: ['Ereignis·事件'] }))).toEqual([read[1]]);
        expect(await all(store.readAll({ streamPrefix: 'unit-' }))).toHaveLength(3);
        expect(await store.head()).toEqual({ position: read[5]!.position, recordedAt_ms: varied[5]!.recordedAt_ms });
      });
    });

    it('lets the service go on: next position and revision, known ids, time that never goes back', async () => {
      const future_ms = Date.now() + 3_600_000;
      const events = recorded('unit-a/1', 'unit-b/1').map((event) => ({ ...event, recordedAt_ms: future_ms }));
      const keepsPositions = await place(events);
      await withStore(async (store) => {
        const [first] = events as [StoredEvent];
        const known = { ...eventNamed('unit-a/1'), id: first.id };
        expect(await store.append('unit-a', 'no-stream', [known])).toMatchObject({ outcome: 'replayed' });
        const result = await store.append('unit-a', 0n, eventsNamed('later'));
        expect(result).toMatchObject({ outcome: 'appended', firstRevision: 1n });
        expect(result.recordedAt_ms).toBeGreaterThanOrEqual(future_ms);
        if (keepsPositions) expect(result.position).toBe(3n);
        expect(await all(store.readAll())).toHaveLength(3);
      });
    });

    it('goes on in another run, and behind what the service appended', async () => {
      const events = recorded('unit-a/1', 'unit-b/1', 'unit-a/2', 'unit-b/2');
      await place(events.slice(0, 1));
      await place(events.slice(1, 3));
      expect((await readAll()).map((event) => event.id)).toEqual(events.slice(0, 3).map((event) => event.id));
      const added = await withStore(async (store) => {
        await store.append('unit-c', 'no-stream', eventsNamed('own'));
        return (await all(store.readAll())).at(-1)!;
      });
      const next = { ...events[3]!, position: added.position + 1n, recordedAt_ms: added.recordedAt_ms };
      await place([next]);
      expect((await readAll()).at(-1)).toMatchObject({ id: next.id, stream: 'unit-b', revision: 1n });
    });

    it('refuses what does not come next, places nothing of it, and takes the right one afterwards', async () => {
      const [first, second, third, fourth] = recorded('unit-a/1', 'unit-a/2', 'unit-b/1', 'unit-b/2') as [
        StoredEvent,
        StoredEvent,
        StoredEvent,
        StoredEvent,
      ];
      await placing(async (target) => {
        const refused = async (events: StoredEvent[], code = 'NOT_NEXT_IN_LOG'): Promise<void> =>
          await expect(target.place(events)).rejects.toMatchObject({ code });
        await refused([{ ...first, revision: 1n }]);
        await target.place([first]);
        await refused([{ ...second, revision: 0n }]);
        await refused([{ ...second, revision: 2n }]);
        await refused([{ ...second, recordedAt_ms: first.recordedAt_ms - 1 }]);
        await refused([{ ...second, id: first.id }]);
        await refused([{ ...second, id: 'no-uuid' }], 'INVALID_EVENT');
        await refused([{ ...second, recordedAt_ms: 1.5e12 + 0.5 }], 'INVALID_EVENT');
        await refused([{ ...second, data: 'x'.repeat(EVENT_DATA_SIZE_MAX_bytes + 1) }], 'EVENT_TOO_LARGE');
        if (target.keepsPositions) {
          await refused([first]);
          await refused([third]);
          await refused([second, fourth]);
          await refused([second, { ...third, revision: 1n }]);
          await refused([second, { ...third, id: second.id }]);
          await refused([{ ...second, position: 0n }]);
        }
        await target.place([second, third]);
        await target.place([fourth]);
      });
      expect((await readAll()).map((event) => event.id)).toEqual([first, second, third, fourth].map(({ id }) => id));
    });

    it('takes a page of many events in many streams', async () => {
      const names = Array.from({ length: 3000 }, (_, index) => `unit-${index % 700}/${index}`);
      const events = recorded(...names);
      await place(events);
      const read = await readAll();
      expect(read.map((event) => [event.id, event.stream, event.revision])).toEqual(
        events.map((event) => [event.id, event.stream, event.revision]),
      );
    });
  });
}
