import type { LogImport, StoredEvent } from '#lib/event-store';
import { differenceBetween } from '../compare-logs.js';
import type { Moved } from '../copy-log.js';
import { digestLog } from '../digest-log.js';
import { LogMovingError, throwIfStopped } from '../errors.js';
import type { LogDigestValue } from '../event-digest.js';
import { eventsBetween, headOf, type LogSide } from '../log-side.js';
import { observationsIn } from '../observation-count.js';
import { PAGE_LIMITS, placeAll, type PageLimits } from '../pages.js';
import { silent, type OnProgress } from '../progress.js';
import type { ArchiveHeader } from './format.js';
import { ArchiveReader } from './read-archive.js';

export interface ImportTask {
  /** The archive, inflated. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** For reading what the target has; the same log as `placing` writes. */
  readonly target: LogSide;
  readonly placing: LogImport;
  readonly limits?: PageLimits;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface ImportResult {
  /** Events that the target had before; they were compared with the archive's. */
  readonly eventsBefore: number;
  readonly moved: Moved;
  readonly source: LogDigestValue;
  /** Of what was read back. */
  readonly target: LogDigestValue;
}

/**
 * Places the events of an archive behind what the target has of it already. Every line is checked before anything of it is
 * placed; what was placed before a line that is wrong is right, and an import of the whole archive goes on behind it.
 *
 * @throws LogMovingError with the line, Stopped, and what the store throws
 */
export async function importLog(task: ImportTask): Promise<ImportResult> {
  const { target, placing, limits = PAGE_LIMITS, onProgress = silent, signal } = task;
  const archive = new ArchiveReader(task.bytes);
  const header = await archive.header();
  const begun_ms = performance.now();
  const moved = { events: 0, observations: 0, size_bytes: 0 };
  const there = new EventsThere(target, header);
  const eventsTotal = header.hasDensePositions ? Number(header.head ?? 0n) : null;
  const onPlaced = (page: readonly StoredEvent[]): void => {
    for (const event of page) {
      moved.observations += observationsIn(event);
      moved.size_bytes += event.data.length;
    }
    moved.events += page.length;
    onProgress({ phase: 'placing', ...moved, eventsTotal: eventsTotal === null ? null : eventsTotal - there.count });
  };
  await placeAll(there.eventsBeyond(archive.events(), signal), placing, limits, onPlaced, signal);
  const duration_ms = performance.now() - begun_ms;
  const digest = await digestLog(target, { onProgress, signal });
  return { eventsBefore: there.count, moved: { ...moved, duration_ms }, source: archive.digest, target: digest };
}

/** What the target has already, read side by side with the archive. */
class EventsThere {
  count = 0;

  constructor(
    readonly target: LogSide,
    readonly header: ArchiveHeader,
  ) {}

  /** Compares the archive's events with those that are there, and gives on those that are not, numbered for the target. */
  async *eventsBeyond(archived: AsyncIterable<StoredEvent>, signal?: AbortSignal): AsyncGenerator<StoredEvent> {
    const isDense = this.header.hasDensePositions && this.target.hasDensePositions;
    const isRenumbered = this.target.hasDensePositions && !this.header.hasDensePositions;
    const there = eventsBetween(this.target, undefined, await headOf(this.target), signal);
    let isBeyond = false;
    let number = 0n;
    for await (const event of archived) {
      throwIfStopped(signal);
      number += 1n;
      const here: StoredEvent | null = isBeyond ? null : ((await there.next()).value ?? null);
      isBeyond = here === null;
      if (here === null) yield isRenumbered ? { ...event, position: number } : event;
      else this.#compare(event, here, isDense);
    }
    if (!isBeyond && !(await there.next()).done)
      throw new LogMovingError(
        'TARGET_AHEAD',
        `${this.target.name} has all of the archive, and more; nothing was changed`,
      );
  }

  #compare(event: StoredEvent, here: StoredEvent, isDense: boolean): void {
    const difference = differenceBetween(event, here, isDense);
    if (difference !== null)
      throw new LogMovingError(
        'TARGET_DIFFERS',
        `${this.target.name} is not a beginning of the archive: at position ${here.position} ${difference}. ` +
          'Nothing was changed; name an empty target',
      );
    this.count += 1;
  }
}
