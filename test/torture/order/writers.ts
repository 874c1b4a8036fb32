import { eventIdFrom, WrongExpectedRevision, type EventStore, type NewEvent } from '#lib/event-store';
import type { Random } from '../random.js';
import type { Report } from '../report.js';

const STREAMS = 100;
const EVENTS_PER_APPEND_MAX = 3;
/** Half of all appends go to these few streams, so that writers get into each other's way. */
const BUSY_STREAMS = 8;
const METADATA = { actor: { kind: 'system', id: 'torture', role: 'system' }, correlationId: 'order' } as const;

/** Who won which revision, as the writers were told. */
export class Winners {
  private readonly idsByStream = new Map<string, string[]>();

  constructor(private readonly report: Report) {}

  won(stream: string, firstRevision: bigint, events: readonly NewEvent[]): void {
    const ids = this.idsByStream.get(stream) ?? [];
    this.idsByStream.set(stream, ids);
    events.forEach(({ id }, index) => {
      const revision = Number(firstRevision) + index;
      const other = ids[revision];
      if (other !== undefined) this.report.doubled(`${stream}: revision ${revision} was won by ${other} and by ${id}`);
      ids[revision] = id;
    });
  }

  /** The event that the log holds at this place must be the one that was told that it had won it. */
  check(stream: string, revision: bigint, id: string): void {
    const winner = this.idsByStream.get(stream)?.[Number(revision)];
    this.report.check(winner === id, () => `${stream}@${revision} holds ${id}, but ${String(winner)} was acknowledged`);
  }

  total(): number {
    return [...this.idsByStream.values()].reduce((sum, ids) => sum + ids.filter(() => true).length, 0);
  }
}

export interface WriterTask {
  readonly store: EventStore;
  readonly random: Random;
  readonly name: string;
  readonly winners: Winners;
  readonly report: Report;
  /** False when enough has been appended. */
  readonly next: () => boolean;
}

/** Reads a stream's revision, perhaps dawdles, and appends as if nobody had come in between; reads again after a conflict. */
export async function writeInConflict({ store, random, name, winners, report, next }: WriterTask): Promise<void> {
  for (let turn = 0; next(); turn += 1) {
    const stream = `unit-${random.chance(0.5) ? random.integer(0, BUSY_STREAMS - 1) : random.integer(0, STREAMS - 1)}`;
    const events = eventsOf(`${name} ${turn}`, random.integer(1, EVENTS_PER_APPEND_MAX));
    for (let isAppended = false; !isAppended;) {
      const revision = await lastRevision(store, stream);
      if (random.chance(0.2)) await new Promise((resolve) => setImmediate(resolve));
      try {
        const { firstRevision } = await store.append(stream, revision ?? 'no-stream', events);
        const expected = revision === null ? 0n : revision + 1n;
        report.check(firstRevision === expected, () => `${stream}: expected to get ${expected}, got ${firstRevision}`);
        winners.won(stream, firstRevision, events);
        report.tried('appends');
        isAppended = true;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        report.tried('conflicts');
      }
    }
  }
}

async function lastRevision(store: EventStore, stream: string): Promise<bigint | null> {
  for await (const { revision } of store.readStream(stream, { direction: 'backwards', limit: 1 })) return revision;
  return null;
}

function eventsOf(seed: string, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: eventIdFrom(seed, index),
    type: 'Noted',
    schemaVersion: 1,
    data: JSON.stringify({ seed, index }),
    metadata: METADATA,
  }));
}
