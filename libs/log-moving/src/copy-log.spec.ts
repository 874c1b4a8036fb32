import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LogImport, MemoryLogImport, type StoredEvent } from '#lib/event-store';
import { copyLog, type CopyResult, type CopyTask } from './copy-log.js';
import type { LogSide } from './log-side.js';
import type { Progress } from './progress.js';
import {
  damagedSide,
  emptySide,
  eventsOf,
  sideWith,
  sparseSideOf,
  writtenSide,
  type MemorySide,
} from './spec-support/written-logs.js';

const SMALL_PAGES = { events_max: 3, size_max_bytes: 1_000_000 };

const copy = (source: LogSide, target: MemorySide, options: Partial<CopyTask> = {}): Promise<CopyResult> =>
  copyLog({ source, target, placing: new MemoryLogImport(target.store), limits: SMALL_PAGES, ...options });

/** Fails at its n-th page, before or after writing it, as a killed process or a lost connection does. */
class FailingImport extends LogImport {
  override readonly keepsPositions = true;
  #pages = 0;
  constructor(
    readonly inner: LogImport,
    readonly failsAt: number,
    readonly isWritten: boolean,
  ) {
    super();
  }
  override async place(events: readonly StoredEvent[]): Promise<void> {
    this.#pages += 1;
    if (this.#pages !== this.failsAt) return await this.inner.place(events);
    if (this.isWritten) await this.inner.place(events);
    throw new Error('connection lost');
  }
  override async close(): Promise<void> {}
}

describe('copyLog', () => {
  it('given an empty target, when a log is copied, then everything is the same and both digests say so', async () => {
    const [source, target] = [await writtenSide(20), emptySide('target')];
    const result = await copy(source, target);
    expect(await eventsOf(target)).toEqual(await eventsOf(source));
    expect(result.source).toEqual(result.target);
    expect(result).toMatchObject({ eventsBefore: 0, difference: null, moved: { events: 20, observations: 50 } });
  });

  it('copies an empty log, and again what is there already', async () => {
    const target = emptySide('target');
    expect(await copy(emptySide(), target)).toMatchObject({
      difference: null,
      moved: { events: 0 },
      source: { events: 0 },
    });
    const source = await writtenSide(7);
    await copy(source, target);
    expect(await copy(source, target)).toMatchObject({ eventsBefore: 7, moved: { events: 0 }, difference: null });
  });

  it('given a copy that fails anywhere, when it is run again, then it goes on and ends equal', async () => {
    const source = await writtenSide(20);
    const failure = fc.record({ failsAt: fc.integer({ min: 1, max: 8 }), isWritten: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(failure, { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (failures, events_max) => {
          const target = emptySide('target');
          const limits = { events_max, size_max_bytes: 1_000_000 };
          for (const { failsAt, isWritten } of failures) {
            const placing = new FailingImport(new MemoryLogImport(target.store), failsAt, isWritten);
            await copy(source, target, { placing, limits }).catch((error: Error) =>
              expect(error.message).toBe('connection lost'),
            );
          }
          const result = await copy(source, target, { limits });
          expect(result.source).toEqual(result.target);
          expect(result.difference).toBeNull();
          expect(result.eventsBefore + result.moved.events).toBe(20);
          expect(await eventsOf(target)).toEqual(await eventsOf(source));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stops at the end of a page when asked, and goes on from there', async () => {
    const [source, target] = [await writtenSide(20), emptySide('target')];
    const stop = new AbortController();
    const onProgress = ({ events }: Progress): void => (events >= 6 ? stop.abort() : undefined);
    await expect(copy(source, target, { signal: stop.signal, onProgress })).rejects.toThrow('stopped');
    expect((await eventsOf(target)).length % 3).toBe(0);
    expect((await eventsOf(target)).length).toBeLessThan(20);
    expect(await copy(source, target)).toMatchObject({ difference: null, target: { events: 20 } });
  });

  it('cuts pages by size as well as by number', async () => {
    const [source, target] = [await writtenSide(20), emptySide('target')];
    const pages: number[] = [];
    class Counting extends MemoryLogImport {
      override async place(events: readonly StoredEvent[]): Promise<void> {
        pages.push(events.length);
        await super.place(events);
      }
    }
    const limits = { events_max: 1000, size_max_bytes: 200 };
    await copy(source, target, { placing: new Counting(target.store), limits });
    expect(Math.max(...pages)).toBeLessThan(4);
  });

  it('refuses a target with other events, and one that is ahead, and changes neither', async () => {
    const source = await writtenSide(10);
    const events = await eventsOf(source);
    const other = await writtenSide(3, 'other');
    await expect(copy(source, other)).rejects.toMatchObject({ code: 'TARGET_DIFFERS' });
    expect(await eventsOf(other)).toHaveLength(3);
    const changed = await sideWith([...events.slice(0, 4), { ...events[4]!, data: '{}' }]);
    await expect(copy(source, changed)).rejects.toThrow(/position 5 .* data differ/);
    const ahead = await sideWith(events);
    await expect(copy(await sideWith(events.slice(0, 9)), ahead)).rejects.toMatchObject({ code: 'TARGET_AHEAD' });
    await expect(copy(emptySide(), ahead)).rejects.toMatchObject({ code: 'TARGET_AHEAD' });
    expect(await eventsOf(ahead)).toHaveLength(10);
  });

  it('names the place where a target that took something else differs', async () => {
    const source = await writtenSide(10);
    const target = emptySide('target');
    class Lossy extends MemoryLogImport {
      override place(events: readonly StoredEvent[]): Promise<void> {
        return super.place(events.map((event) => (event.position === 5n ? { ...event, type: 'Exchanged' } : event)));
      }
    }
    const result = await copy(source, target, { placing: new Lossy(target.store) });
    expect(result.difference).toMatchObject({ position: 5n });
    expect(result.difference!.message).toContain('type differ');
    expect(result.source.chain).not.toBe(result.target.chain);
  });

  it('numbers the events of an engine with positions of its own, and goes on there too', async () => {
    const dense = await writtenSide(12);
    const sparse = await sparseSideOf(dense);
    const target = await sideWith((await eventsOf(dense)).slice(0, 5));
    const result = await copy(sparse, target);
    expect(result).toMatchObject({ eventsBefore: 5, moved: { events: 7 }, difference: null });
    expect(await eventsOf(target)).toEqual(await eventsOf(dense));
    const shorter = await sideWith((await eventsOf(dense)).slice(0, 4));
    await expect(copy(await sparseSideOf(shorter), target)).rejects.toMatchObject({
      code: 'TARGET_AHEAD',
    });
  });

  it('copies no further than the source reached when it began', async () => {
    const source = await writtenSide(10);
    const events = await eventsOf(source);
    const growing = damagedSide(events);
    growing.store.head = async () => ({ position: 6n, recordedAt_ms: 0 });
    const target = emptySide('target');
    expect(await copy(growing, target)).toMatchObject({ moved: { events: 6 }, difference: null });
    expect(await copy(source, target)).toMatchObject({ eventsBefore: 6, target: { events: 10 }, difference: null });
  });
});
