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
import type { LogCommit } from './open-event-store.js';

/** Counts what becomes of appends; everything else goes straight to the store behind it. */
export class MeteredEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly metrics: Metrics,
    /** Hears of each append that wrote something, as a commit of its own: for an engine that does not tell its commits. */
    private readonly onUntoldCommit?: (commit: Omit<LogCommit, 'sync_ms'>) => void,
  ) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const begun_ms = performance.now();
    try {
      const result = await this.store.append(stream, expected, events);
      this.metrics.countAppend('committed');
      if (this.onUntoldCommit !== undefined && result.outcome === 'appended') {
        const commit = { appends: 1, events: events.length, head: result.position };
        this.onUntoldCommit({ ...commit, duration_ms: performance.now() - begun_ms });
      }
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
