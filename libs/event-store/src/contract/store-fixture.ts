import type { Actor } from '#lib/domain';
import { eventIdFrom } from '../event-ids.js';
import type { EventBatch, EventMetadata, EventStore, NewEvent, Position, Revision, StoredEvent } from '../port.js';

/** How the store under test should begin. An adapter that cannot do one of these leaves the fixture's flag unset. */
export interface StoreSeed {
  readonly firstPosition?: Position;
  readonly firstRevision?: Revision;
  /** Appends that may wait; more are refused. */
  readonly waitingAppends_max?: number;
}

export interface StoreFixture {
  readonly store: EventStore;
  /** Durable stores: closes the store and opens the same log again. */
  readonly reopen?: () => Promise<EventStore>;
  /** Closes and removes everything. */
  readonly dispose: () => Promise<void>;
}

export type MakeStore = (seed?: StoreSeed) => Promise<StoreFixture>;

/** What an adapter promises beyond the port; the suite leaves out the tests of what it does not. */
export interface StoreTraits {
  /** Positions are consecutive from the first. Not so in EventStoreDB. */
  readonly hasDensePositions?: boolean;
  /** `StoreSeed` is honoured. */
  readonly canBeSeeded?: boolean;
}

const actor: Actor = { kind: 'system', id: 'contract', role: 'system' };
export const metadata: EventMetadata = { actor, correlationId: 'contract-suite' };

/** An event whose id and data follow from its name, so that the same name gives the same event. */
export function eventNamed(name: string, options: { type?: string; data?: unknown } = {}): NewEvent {
  return {
    id: eventIdFrom(name, 0),
    type: options.type ?? 'Noted',
    schemaVersion: 1,
    data: JSON.stringify(options.data ?? { name }),
    metadata,
  };
}

export const eventsNamed = (...names: string[]): NewEvent[] => names.map((name) => eventNamed(name));

export async function all(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const list: StoredEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/** The names given to `eventNamed`, in the order read. */
export const namesOf = (events: readonly StoredEvent[]): string[] =>
  events.map((event) => (JSON.parse(event.data) as { name: string }).name);

/** Collects batches until the predicate holds, then ends the subscription. */
export async function collectUntil(
  subscription: AsyncIterable<EventBatch>,
  isEnough: (batches: readonly EventBatch[]) => boolean,
  abort: AbortController,
): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of subscription) {
    batches.push(batch);
    if (isEnough(batches)) abort.abort();
  }
  return batches;
}
