import type { Position } from '#lib/event-store';
import { differenceBetween } from './compare-logs.js';
import { LogMovingError } from './errors.js';
import { eventsBetween, headOf, type LogSide } from './log-side.js';
import { silent, type OnProgress } from './progress.js';

/** Events before the target's newest one that are compared before a copy goes on. The end compares all of them. */
export const RESUME_CHECK_EVENTS = 1000n;

export interface ResumePoint {
  /** The source's position of the newest event that the target has; undefined when the target is empty. */
  readonly after: Position | undefined;
  /** Events that the target has. */
  readonly eventsThere: number;
}

/**
 * Finds where a copy goes on, and makes sure that the target is a beginning of this source.
 *
 * With dense positions on both sides the target's newest events say it; the end of the copy reads everything. Elsewhere
 * only walking through both says which event of the source is the target's last one.
 *
 * @throws LogMovingError `TARGET_DIFFERS`, `TARGET_AHEAD`; Stopped
 */
export async function findResumePoint(
  source: LogSide,
  target: LogSide,
  until: Position | null,
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<ResumePoint> {
  const head = await headOf(target);
  if (head === null) return { after: undefined, eventsThere: 0 };
  const isDense = source.hasDensePositions && target.hasDensePositions;
  if (isDense && (until === null || head > until)) throw ahead(source, target, head, until);
  const from = isDense && head > RESUME_CHECK_EVENTS ? head - RESUME_CHECK_EVENTS : undefined;
  const walked = await walk(source, target, { from, until, head, isDense }, options);
  return { after: walked.after, eventsThere: isDense ? Number(head) : walked.events };
}

interface Walk {
  /** Before the first event to compare, on both sides. */
  readonly from: Position | undefined;
  readonly until: Position | null;
  readonly head: Position;
  readonly isDense: boolean;
}

/** Compares event by event up to the target's head. */
async function walk(
  source: LogSide,
  target: LogSide,
  { from, until, head, isDense }: Walk,
  { onProgress = silent, signal }: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal },
): Promise<{ after: Position | undefined; events: number }> {
  const sources = eventsBetween(source, from, until, signal);
  let after = from;
  let events = 0;
  let size_bytes = 0;
  for await (const here of eventsBetween(target, from, head, signal)) {
    const there = await sources.next();
    if (there.done) throw ahead(source, target, head, until);
    const difference = differenceBetween(there.value, here, isDense);
    if (difference !== null)
      throw new LogMovingError(
        'TARGET_DIFFERS',
        `${target.name} is not a beginning of ${source.name}: at position ${here.position} ${difference}. ` +
          'Nothing was changed; name an empty target',
      );
    after = there.value.position;
    events += 1;
    size_bytes += here.data.length;
    onProgress({ phase: 'checking', events, observations: 0, size_bytes, eventsTotal: null });
  }
  await sources.return(undefined);
  return { after, events };
}

const ahead = (source: LogSide, target: LogSide, head: Position, until: Position | null): LogMovingError =>
  new LogMovingError(
    'TARGET_AHEAD',
    `${target.name} goes on to position ${head}, ${source.name} ${until === null ? 'is empty' : `ends at ${until}`}: ` +
      'the target has events that the source lacks. Nothing was changed',
  );
