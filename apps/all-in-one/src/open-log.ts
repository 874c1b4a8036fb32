import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import type { Configuration, Health, Logger, Metrics } from '#lib/platform';
import { MeteredEventStore } from './metered-event-store.js';

export interface OpenLog {
  readonly file: string;
  readonly store: EventStore;
  /** Newest durable position, as the writer told it with its last commit. */
  readonly headPosition: () => bigint;
  /** One listener that hears of each commit, before its appends are acknowledged. */
  readonly onCommit: (listener: () => void) => void;
}

/**
 * Opens the log for writing and ties it to health and metrics.
 * @throws EventStoreError `STORE_IN_USE` when another process has the folder
 */
export async function openLog(
  config: Configuration,
  health: Health,
  metrics: Metrics,
  logger: Logger,
): Promise<OpenLog> {
  const file = join(config.data, 'log.db');
  let head = 0n;
  let listener = (): void => undefined;
  health.expect('log');
  const store = await SqliteEventStore.open({
    file,
    onCommit: (commit) => {
      head = commit.head;
      const { appends, events } = commit;
      metrics.observeCommit({
        appends,
        events,
        duration_seconds: commit.duration_ms / 1000,
        sync_seconds: commit.fsync_ms / 1000,
      });
      listener();
    },
    onFailure: (error) => {
      health.fail('log', 'the disk refused a write; nothing more is acknowledged until a restart');
      logger.fatal({ err: error }, 'the log failed: nothing more is acknowledged until a restart');
    },
  });
  const atStart = (await store.head())?.position ?? 0n;
  head = atStart > head ? atStart : head;
  health.up('log');
  return {
    file,
    store: new MeteredEventStore(store, metrics),
    headPosition: () => head,
    onCommit: (hear) => {
      listener = hear;
    },
  };
}
