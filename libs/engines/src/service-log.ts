import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable, type EventStore, type Position } from '#lib/event-store';
import type { Health, Logger, Metrics } from '#lib/platform';
import { parseLogUrl, type LogAddress } from './log-url.js';
import { LOG_HEALTH_NAME, LogWatch } from './log-watch.js';
import { MeteredEventStore } from './metered-event-store.js';
import { openEventStore, type LogCommit, type OpenedEventStore } from './open-event-store.js';

/** How long the start of a service waits for a server that does not answer yet: all of them may be starting together. */
export const START_PATIENCE_ms = 60_000;
const MILLISECONDS_PER_SECOND = 1000;

export interface ServiceLogOptions {
  readonly url: string;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Under which name the server lists this program. */
  readonly applicationName: string;
  /** Default START_PATIENCE_ms. */
  readonly startPatience_ms?: number;
}

/** A log as a service has it: counted, and with its state among the health checks. */
export interface ServiceLog {
  readonly address: LogAddress;
  readonly store: EventStore;
  /** Newest durable position that is known here: told by own commits, and asked for where other processes append, too. */
  readonly headPosition: () => Position;
  /** One listener that hears that the log has grown; of own commits before their appends are acknowledged. */
  readonly onAdvance: (listener: () => void) => void;
  readonly close: () => Promise<void>;
}

/**
 * Opens the log of a service and ties it to health and metrics. A server that does not answer yet is waited for.
 * @throws as `openEventStore`
 */
export async function openServiceLog(options: ServiceLogOptions): Promise<ServiceLog> {
  const { health, metrics, logger } = options;
  const address = parseLogUrl(options.url);
  const head = new Head();
  health.expect(LOG_HEALTH_NAME);
  const opened = await openPatiently(options, (commit) => {
    observe(metrics, commit);
    head.reach(commit.head);
  });
  head.reach((await opened.head())?.position ?? 0n);
  health.up(LOG_HEALTH_NAME);
  const watch = address.isShared
    ? new LogWatch({ head: () => opened.head(), onHead: (position) => head.reach(position), health, logger }).start()
    : null;
  const onUntoldCommit = address.engine === 'eventstoredb' ? untoldCommits(metrics, head) : undefined;
  return {
    address,
    store: new MeteredEventStore(opened, metrics, onUntoldCommit),
    headPosition: () => head.position,
    onAdvance: (listener) => (head.listener = listener),
    close: async () => {
      await watch?.stop();
      await opened.close();
    },
  };
}

class Head {
  position: Position = 0n;
  listener = (): void => undefined;

  reach(position: Position): void {
    if (position <= this.position) return;
    this.position = position;
    this.listener();
  }
}

async function openPatiently(
  { url, health, logger, applicationName, startPatience_ms = START_PATIENCE_ms }: ServiceLogOptions,
  onCommit: (commit: LogCommit) => void,
): Promise<OpenedEventStore> {
  const onFailure = ({ error, isFinal }: { readonly error: unknown; readonly isFinal: boolean }): void => {
    if (!isFinal) return logger.error({ err: error }, 'the log failed; it is tried again');
    health.fail(LOG_HEALTH_NAME, 'the disk refused a write; nothing more is acknowledged until a restart');
    logger.fatal({ err: error }, 'the log failed: nothing more is acknowledged until a restart');
  };
  const until_ms = performance.now() + startPatience_ms;
  for (;;) {
    try {
      return await openEventStore(url, { onCommit, onFailure, applicationName });
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || performance.now() + error.retryAfter_ms > until_ms) throw error;
      logger.warn({ reason: error.message }, 'the log cannot be reached yet; the start waits for it');
      await pause(error.retryAfter_ms);
    }
  }
}

function observe(metrics: Metrics, { appends, events, duration_ms, sync_ms }: LogCommit): void {
  metrics.observeCommit({
    appends,
    events,
    duration_seconds: duration_ms / MILLISECONDS_PER_SECOND,
    sync_seconds: sync_ms === null ? null : sync_ms / MILLISECONDS_PER_SECOND,
  });
}

/** EventStoreDB commits each append by itself and does not tell: what an append took is the time of its commit. */
const untoldCommits =
  (metrics: Metrics, head: Head) =>
  (commit: Omit<LogCommit, 'sync_ms'>): void => {
    observe(metrics, { ...commit, sync_ms: null });
    head.reach(commit.head);
  };
