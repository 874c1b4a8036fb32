/** Writing at a place in a stream, until the server has answered. */
import { setTimeout } from 'node:timers/promises';
import type { EventData, EventType } from '@eventstore/db-client';
import type { NewEvent, Revision } from '#lib/event-store';
import { Backoff } from './backoff.js';
import { isPassing } from './failures.js';
import type { ServerLog } from './server-log.js';

/** How long a write is repeated whose answer does not come. */
export const GIVE_UP_AFTER_DEFAULT_ms = 20_000;
/** What the stamp and the copies of correlation and causation add to the metadata of an event, at most. */
const STAMP_SIZE_bytes = 400;
/** MaxAppendSize of a server that was not told otherwise. */
export const APPEND_SIZE_DEFAULT_bytes = 1024 * 1024;
/** Longest wait for one answer: the client waits for ever where a shared stream of its own breaks without a word. */
const ANSWER_MAX_ms = 12_000;

export interface WriterOptions {
  readonly log: ServerLog;
  readonly giveUpAfter_ms: number;
  /** Per-call credentials make the client send each append as a call of its own; see `kurrent-event-store.ts`. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/**
 * Writes behind revision `at` (null: a new stream) and gives the stream's last revision. Repeats until an answer comes: at a
 * revision the server compares the ids, so what was done already is not done again.
 * @throws the client's errors: a wrong revision, a deleted stream, too many bytes; what is passing only after `giveUpAfter_ms`
 */
export async function writeAt(
  { log, giveUpAfter_ms, credentials }: WriterOptions,
  stream: string,
  at: Revision | null,
  data: EventData<EventType>[],
): Promise<Revision> {
  const options = { expectedRevision: at ?? ('no_stream' as const), requiresLeader: true, credentials };
  const backoff = new Backoff();
  const giveUpAt_ms = performance.now() + giveUpAfter_ms;
  for (;;) {
    try {
      const answer = await withinTime(log.client.appendToStream(stream, data, options));
      if (answer.success) return answer.nextExpectedRevision;
      // Only where the connection string switches errors off.
      throw Object.assign(new Error('wrong expected version'), refusedAt(answer.nextExpectedRevision));
    } catch (error) {
      if (!isPassing(error) || performance.now() > giveUpAt_ms) throw error;
      await backoff.pause();
    }
  }
}

const refusedAt = (revision: Revision): { type: string; actualVersion: Revision | 'no_stream' } => ({
  type: 'wrong-expected-version',
  actualVersion: revision < 0n ? 'no_stream' : revision,
});

/** Data, types and user metadata as they go over the wire, a little too much rather than too little. */
export const sizeOf = (events: readonly NewEvent[]): number =>
  events.reduce((sum, event) => {
    const { data, type, metadata } = event;
    return sum + Buffer.byteLength(data + type + JSON.stringify(metadata)) + STAMP_SIZE_bytes;
  }, 0);

async function withinTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const stop = new AbortController();
  const late = setTimeout(ANSWER_MAX_ms, undefined, { signal: stop.signal }).then(() => {
    throw Object.assign(new Error('no answer from the server'), { type: 'timeout' });
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop.abort();
    answer.catch(() => undefined);
  }
}
