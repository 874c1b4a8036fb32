import type { LogImport, StoredEvent } from '#lib/event-store';
import { throwIfStopped } from './errors.js';

/** A page is full when one of the two is reached: what is written at once, and what a killed copy loses. */
export interface PageLimits {
  readonly events_max: number;
  /** Data of the events, in UTF-16 code units (bytes, for text in ASCII). */
  readonly size_max_bytes: number;
}

/** 8 MiB a page: fsync costs little beside it, and two of them in memory are nothing. */
export const PAGE_LIMITS: PageLimits = { events_max: 5000, size_max_bytes: 8 * 1024 * 1024 };

/** Groups events into pages; no page is empty. */
export async function* inPages(events: AsyncIterable<StoredEvent>, limits: PageLimits): AsyncGenerator<StoredEvent[]> {
  let page: StoredEvent[] = [];
  let size_bytes = 0;
  for await (const event of events) {
    page.push(event);
    size_bytes += event.data.length;
    if (page.length < limits.events_max && size_bytes < limits.size_max_bytes) continue;
    yield page;
    page = [];
    size_bytes = 0;
  }
  if (page.length > 0) yield page;
}

/**
 * Places all events, page by page. While a page is being written the next one is read, so that a target beyond a network
 * and the source work at the same time; two pages are in memory at most.
 *
 * @param onPlaced hears of each page once it is durable
 * @throws Stopped at the end of a page, and what reading or placing throws; every page that was heard of stands
 */
export async function placeAll(
  events: AsyncIterable<StoredEvent>,
  target: LogImport,
  limits: PageLimits,
  onPlaced: (page: readonly StoredEvent[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  let placing: Promise<void> = Promise.resolve();
  try {
    for await (const page of inPages(events, limits)) {
      await placing;
      throwIfStopped(signal);
      placing = target.place(page).then(() => onPlaced(page));
      // It is awaited one page later; a failure in between must not count as unhandled.
      placing.catch(() => undefined);
    }
  } catch (error) {
    await placing;
    throw error;
  }
  await placing;
}
