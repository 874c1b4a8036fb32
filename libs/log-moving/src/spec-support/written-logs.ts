import { MemoryEventStore, MemoryLogImport, toNewEvents, type EventMetadata, type StoredEvent } from '#lib/event-store';
import type { LogSide } from '../log-side.js';

const metadata: EventMetadata = {
  actor: { kind: 'system', id: 'test', role: 'system' },
  correlationId: 'c',
  reason: 'why',
};

/** A memory store whose events a test may read, change and place. */
export interface MemorySide extends LogSide {
  readonly store: MemoryEventStore;
}

/** An empty log in memory. */
export function emptySide(name = 'memory'): MemorySide {
  return { name, store: new MemoryEventStore(), hasDensePositions: true };
}

/** One batch of `count` observations as the door writes them. */
export const observations = (count: number, first = 0) => ({
  sourceId: 'air',
  series: ['air/a', 'air/b'],
  seriesIndex: Array.from({ length: count }, (_, index) => index % 2),
  from_ms: 1_700_000_000_000 + first,
  step_ms: Array.from({ length: count }, (_, index) => (index === 0 ? 0 : 1000)),
  value: Array.from({ length: count }, (_, index) => first + index / 4),
});

/** A log with `count` events in some streams, every other of which is a batch of five observations. */
export async function writtenSide(count: number, name = 'source'): Promise<MemorySide> {
  const side = emptySide(name);
  for (let index = 0; index < count; index += 1) {
    const isBatch = index % 2 === 1;
    const event = isBatch
      ? { type: 'ObservationsRecorded', data: observations(5, index) }
      : { type: 'Noted', data: { text: `Ünïcode 北京 ${index}`, lone: '\ud800', zero: '\u0000', big: 2 ** 53 } };
    const stream = isBatch ? 'observations-air' : `note-${index % 7}`;
    await side.store.append(
      stream,
      'any',
      toNewEvents([event], `${name === 'other' ? 'other' : 'event'} ${index}`, metadata),
    );
  }
  return side;
}

export async function eventsOf(side: LogSide): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of side.store.readAll()) events.push(event);
  return events;
}

/** A log with exactly these events, which must follow each other. */
export async function sideWith(events: readonly StoredEvent[], name = 'target'): Promise<MemorySide> {
  const side = emptySide(name);
  await new MemoryLogImport(side.store).place(events);
  return side;
}

/** A log whose reading gives these events, however wrong they are. */
export function damagedSide(events: readonly StoredEvent[], hasDensePositions = true): LogSide {
  class DamagedStore extends MemoryEventStore {
    override async *readAll({ after = -1n }: { after?: bigint } = {}): AsyncGenerator<StoredEvent> {
      // As a store does: it finds by position, whatever stands before it.
      yield* events.slice(after === -1n ? 0 : events.findIndex((event) => event.position === after) + 1);
    }
    override async head() {
      const last = events.at(-1);
      return last === undefined ? null : { position: last.position, recordedAt_ms: last.recordedAt_ms };
    }
  }
  return { name: 'damaged', store: new DamagedStore(), hasDensePositions };
}

/** The same log as an engine with positions of its own gives it. */
export async function sparseSideOf(side: LogSide): Promise<LogSide> {
  const events = (await eventsOf(side)).map((event) => ({ ...event, position: event.position * 1000n + 7n }));
  return { ...damagedSide(events, false), name: 'sparse' };
}
