import { type LiveProgress } from './wire.js';

/** A burst of events becomes one refresh; more often than this nobody can read the figures. */
const REFRESH_EVERY_MS = 2_000;
/** After the server refused the stream. */
const RECONNECT_AFTER_MS = 10_000;

/** What a page wants to hear. */
export interface LiveListener {
  /** KPIs that may answer differently since the last call; calls never overlap. */
  refresh(kpiIds: ReadonlySet<string>): Promise<void>;
  /** The stream broke (the browser reconnects by itself) or works again. */
  connection(alive: boolean): void;
}

/**
 * Follows `GET /v1/live` and calls `refresh` at most every two seconds with the KPIs collected meanwhile. After a reconnect
 * the page cannot know what it missed, so everything known to it must be refreshed: `refresh` gets an empty set then.
 */
export function followLive(listener: LiveListener): void {
  const changed = new Set<string>();
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const run = async (): Promise<void> => {
    const batch = everything ? new Set<string>() : new Set(changed);
    changed.clear();
    everything = false;
    try {
      await listener.refresh(batch);
    } finally {
      timer = null;
      if (changed.size > 0 || everything) schedule();
    }
  };
  const schedule = (): void => {
    // A hidden page collects and catches up when it is looked at again.
    if (timer === null && !document.hidden) timer = setTimeout(() => void run(), REFRESH_EVERY_MS);
  };

  const refreshEverything = (): void => {
    everything = true;
    schedule();
  };

  let opened = false;
  let stream: EventSource;
  const connect = (): void => {
    stream = new EventSource('/v1/live');
    stream.addEventListener('progress', (event) => {
      const progress = readProgress((event as MessageEvent<string>).data);
      for (const kpiId of progress?.kpiIds ?? []) changed.add(kpiId);
      if (changed.size > 0) schedule();
    });
    stream.addEventListener('open', () => {
      listener.connection(true);
      if (opened) refreshEverything();
      opened = true;
    });
    stream.addEventListener('error', () => {
      listener.connection(false);
      // The browser reconnects by itself after a broken stream, but gives up for good on a refusal (no session, a restart).
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_AFTER_MS);
    });
  };
  connect();
  document.addEventListener('visibilitychange', () => {
    if (changed.size > 0 || everything) schedule();
  });
  // An open stream would keep the page out of the back-forward cache.
  window.addEventListener('pagehide', () => stream.close());
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
}

function readProgress(data: string): LiveProgress | null {
  try {
    const value = JSON.parse(data) as Partial<LiveProgress>;
    return Array.isArray(value.kpiIds) ? { position: value.position ?? '', kpiIds: value.kpiIds } : null;
  } catch {
    return null;
  }
}
