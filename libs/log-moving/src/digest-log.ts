import type { Position } from '#lib/event-store';
import { LogDigest, type LogDigestValue } from './event-digest.js';
import { eventsBetween, headOf, type LogSide } from './log-side.js';
import { silent, type OnProgress } from './progress.js';

/** How many events a log with dense positions holds up to a position; null for another log. */
export function eventsUpTo(side: LogSide, until: Position | null): number | null {
  if (until === null) return 0;
  return side.hasDensePositions ? Number(until) : null;
}

/**
 * Reads a log and digests it.
 * @param options.until the last position to digest; by default the newest when the reading begins
 * @throws Stopped
 */
export async function digestLog(
  side: LogSide,
  options: { readonly until?: Position | null; readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<LogDigestValue> {
  const { until = await headOf(side), onProgress = silent, signal } = options;
  const eventsTotal = eventsUpTo(side, until);
  const digest = new LogDigest();
  for await (const event of eventsBetween(side, undefined, until, signal)) {
    digest.add(event);
    onProgress({ phase: 'reading-back', ...digest.counts(), eventsTotal });
  }
  return digest.value();
}
