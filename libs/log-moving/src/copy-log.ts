import type { LogImport, Position, StoredEvent } from '#lib/event-store';
import { compareLogs, type Comparison } from './compare-logs.js';
import { digestLog, eventsUpTo } from './digest-log.js';
import { LogDigest, type LogDigestValue } from './event-digest.js';
import { eventsBetween, headOf, type LogSide } from './log-side.js';
import { observationsIn } from './observation-count.js';
import { PAGE_LIMITS, placeAll, type PageLimits } from './pages.js';
import { silent, type OnProgress } from './progress.js';
import { findResumePoint } from './resume-point.js';

export interface CopyTask {
  readonly source: LogSide;
  /** For reading what the target has; the same log as `placing` writes. */
  readonly target: LogSide;
  readonly placing: LogImport;
  readonly limits?: PageLimits;
  readonly onProgress?: OnProgress;
  /** Hears once what the target has before anything is placed. */
  readonly onResume?: (eventsThere: number) => void;
  /** Ends the copy at the end of a page. */
  readonly signal?: AbortSignal;
}

/** What was moved, and how long that took without checking and reading back. */
export interface Moved {
  readonly events: number;
  readonly observations: number;
  readonly size_bytes: number;
  readonly duration_ms: number;
}

export interface CopyResult extends Comparison {
  /** Events that the target had before. */
  readonly eventsBefore: number;
  readonly moved: Moved;
}

/**
 * Copies the source, as it is when the copy begins, behind what the target has of it already; then reads the target back and
 * compares digests. It can be stopped or killed at any time: the next run goes on.
 *
 * @throws Stopped, LogMovingError `TARGET_DIFFERS`, `TARGET_AHEAD`; what the stores throw
 */
export async function copyLog(task: CopyTask): Promise<CopyResult> {
  const { source, target, onProgress, signal, onResume = () => undefined } = task;
  const until = await headOf(source);
  const { after, eventsThere } = await findResumePoint(source, target, until, { onProgress, signal });
  onResume(eventsThere);
  // A chain begins at the first event: only a copy of everything gives it on the way.
  const digest = eventsThere === 0 ? new LogDigest() : null;
  const moved = await placeBeyond(task, after, until, eventsThere, digest);
  const comparison = await readBack(task, until, digest?.value() ?? null);
  return { eventsBefore: eventsThere, moved, ...comparison };
}

async function placeBeyond(
  task: CopyTask,
  after: Position | undefined,
  until: Position | null,
  eventsThere: number,
  digest: LogDigest | null,
): Promise<Moved> {
  const { source, target, placing, limits = PAGE_LIMITS, onProgress = silent, signal } = task;
  const total = eventsUpTo(source, until);
  const eventsTotal = total === null ? null : total - eventsThere;
  const begun_ms = performance.now();
  const moved = { events: 0, observations: 0, size_bytes: 0 };
  const onPlaced = (page: readonly StoredEvent[]): void => {
    for (const event of page) {
      moved.observations += observationsIn(event);
      moved.size_bytes += event.data.length;
    }
    moved.events += page.length;
    onProgress({ phase: 'placing', ...moved, eventsTotal });
  };
  const events = eventsBetween(source, after, until, signal);
  const isRenumbered = target.hasDensePositions && !source.hasDensePositions;
  const numbered = isRenumbered ? renumbered(events, BigInt(eventsThere)) : events;
  await placeAll(digest === null ? numbered : digested(numbered, digest), placing, limits, onPlaced, signal);
  return { ...moved, duration_ms: performance.now() - begun_ms };
}

/** Gives the events of a log with positions of its own the numbers that they have in a dense one. */
async function* renumbered(events: AsyncIterable<StoredEvent>, before: Position): AsyncGenerator<StoredEvent> {
  let position = before;
  for await (const event of events) yield { ...event, position: (position += 1n) };
}

async function* digested(events: AsyncIterable<StoredEvent>, digest: LogDigest): AsyncGenerator<StoredEvent> {
  for await (const event of events) {
    digest.add(event);
    yield event;
  }
}

/** The digest of both sides; where they differ, both are read to name the place. */
async function readBack(
  task: CopyTask,
  until: Position | null,
  digestOfSource: LogDigestValue | null,
): Promise<Comparison> {
  const { source, target, onProgress, signal } = task;
  const ends = { source: until, target: await headOf(target) };
  const eventsTotal = eventsUpTo(source, until);
  if (digestOfSource !== null) {
    const digestOfTarget = await digestLog(target, { until: ends.target, onProgress, signal });
    if (digestOfTarget.chain === digestOfSource.chain && digestOfTarget.events === digestOfSource.events)
      return { source: digestOfSource, target: digestOfTarget, difference: null };
  }
  return await compareLogs(source, target, ends, { onProgress, eventsTotal, signal });
}
