import type { Position, StoredEvent } from '#lib/event-store';
import { canonicalJson, LogDigest, type LogDigestValue } from './event-digest.js';
import { eventsBetween, type LogSide } from './log-side.js';
import { silent, type OnProgress } from './progress.js';

/** Where two logs part, in words, and the source's position of that place. */
export interface Difference {
  readonly position: Position;
  readonly message: string;
}

export interface Comparison {
  readonly source: LogDigestValue;
  readonly target: LogDigestValue;
  /** The first one; null when both hold the same events in the same order. */
  readonly difference: Difference | null;
}

export interface CompareOptions {
  readonly onProgress?: OnProgress;
  readonly eventsTotal?: number | null;
  readonly signal?: AbortSignal;
}

/** The fields in which two events that should be one differ; empty when they are the same but for the position. */
export function differingFields(a: StoredEvent, b: StoredEvent): string[] {
  const fields: [string, boolean][] = [
    ['id', a.id === b.id],
    ['stream', a.stream === b.stream],
    ['revision', a.revision === b.revision],
    ['type', a.type === b.type],
    ['schemaVersion', a.schemaVersion === b.schemaVersion],
    ['recordedAt_ms', a.recordedAt_ms === b.recordedAt_ms],
    ['data', a.data === b.data],
    ['metadata', canonicalJson(a.metadata) === canonicalJson(b.metadata)],
  ];
  return fields.filter(([, isSame]) => !isSame).map(([name]) => name);
}

/** What keeps two events from being the same one, in words; null when nothing does. */
export function differenceBetween(source: StoredEvent, target: StoredEvent, isDense: boolean): string | null {
  const fields = differingFields(source, target);
  if (isDense && source.position !== target.position) fields.push('position');
  if (fields.length === 0) return null;
  const [there, here] = [source, target].map(({ id, stream, revision }) => `${id} (${stream}@${revision})`);
  return `the source has ${there}, the target ${here}; ${fields.join(', ')} differ`;
}

/** Reads both logs to their ends (the source up to `until`) side by side, digests both and finds where they part. */
export async function compareLogs(
  source: LogSide,
  target: LogSide,
  until: { readonly source: Position | null; readonly target: Position | null },
  options: CompareOptions = {},
): Promise<Comparison> {
  const { onProgress = silent, eventsTotal = null, signal } = options;
  const isDense = source.hasDensePositions && target.hasDensePositions;
  const digests = [new LogDigest(), new LogDigest()] as const;
  let difference: Difference | null = null;
  const sources = eventsBetween(source, undefined, until.source, signal);
  const targets = eventsBetween(target, undefined, until.target, signal);
  for (;;) {
    const [there, here] = [await sources.next(), await targets.next()];
    if (there.done && here.done) break;
    if (!there.done) digests[0].add(there.value);
    if (!here.done) digests[1].add(here.value);
    difference ??= differenceOf(there.value ?? null, here.value ?? null, isDense);
    onProgress({ phase: 'reading-back', ...digests[1].counts(), eventsTotal });
  }
  return { source: digests[0].value(), target: digests[1].value(), difference };
}

function differenceOf(source: StoredEvent | null, target: StoredEvent | null, isDense: boolean): Difference | null {
  if (source !== null && target !== null) {
    const message = differenceBetween(source, target, isDense);
    return message === null ? null : { position: source.position, message };
  }
  if (source !== null)
    return { position: source.position, message: `the target lacks ${source.id} (${source.stream})` };
  const extra = target!;
  return { position: extra.position, message: `the target has ${extra.id} (${extra.stream}), which the source lacks` };
}
