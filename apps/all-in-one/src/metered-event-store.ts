import {
  EventStore,
  WrongExpectedRevision,
  EventIdConflict,
  type AppendResult,
  type EventBatch,
  type ExpectedRevision,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '#lib/event-store';
import type { Metrics } from '#lib/platform';

/** Counts what becomes of appends; everything else goes straight to the store behind it. */
export class MeteredEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    try {
      const result = await this.store.append(stream, expected, events);
      this.metrics.countAppend('committed');
      return result;
    } catch (error) {
      const isConflict = error instanceof WrongExpectedRevision || error instanceof EventIdConflict;
      this.metrics.countAppend(isConflict ? 'conflict' : 'failed');
      throw error;
    }
  }

  override readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.store.readStream(stream, options);
  }

  override readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.store.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<EventBatch> {
    return this.store.subscribe(options);
  }

  override head(): ReturnType<EventStore['head']> {
    return this.store.head();
  }

  override close(): Promise<void> {
    return this.store.close();
  }
}
