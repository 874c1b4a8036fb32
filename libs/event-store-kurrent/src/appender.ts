/**
 * `append` of the port on a server that has no index of ids.
 *
 * 1. Appends to one stream wait for each other here; other processes are met at the revision.
 * 2. The ids of the stream's newest events are known (`stream-memory.ts`): read once, then kept up. An id that is known is
 *    looked up in the log and judged as the port says.
 * 3. Where the caller expects a revision in the past, the events behind it are read and compared too: a repeated append is
 *    known at any depth by those who say where it belongs.
 * 4. The write itself always says the revision, never «any»: so nothing that came in between is overlooked, and an attempt
 *    whose answer was lost can be repeated, because the server compares the ids at that revision.
 * 5. The last event is read back: for the recorded time, and for the stamp that tells our own write from the same events
 *    written by another process in the same moment.
 */
import { randomUUID } from 'node:crypto';
import {
  judgeAppend,
  WrongExpectedRevision,
  type AppendJudgement,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  type PlacedEvent,
  type Revision,
  type StoredEvent,
} from '#lib/event-store';
import { appendOf, toEventData, toStoredEvent, type ReadEvent, type Stamp } from './event-mapping.js';
import { appendFailure, appendTooLarge, currentRevisionIn, unavailable } from './failures.js';
import type { StreamMemory, StreamTail } from './stream-memory.js';
import { sizeOf, writeAt, type WriterOptions } from './write-at.js';

/** Times that other writers may get in between before the append is given up: 503, nothing was written. */
const CONFLICTS_MAX = 50;

export interface AppenderOptions extends WriterOptions {
  readonly memory: StreamMemory;
  readonly appendSize_max_bytes: number;
  readonly clock: LogClock;
}

/** The latest recorded time that this process has seen in the log. */
export class LogClock {
  latest_ms = 0;
  saw(recordedAt_ms: number): void {
    if (recordedAt_ms > this.latest_ms) this.latest_ms = recordedAt_ms;
  }
}

interface Attempt {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

export class Appender {
  readonly #options: AppenderOptions;
  /** The end of each stream's queue of appends. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: AppenderOptions) {
    this.#options = options;
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const before = this.#queues.get(stream) ?? Promise.resolve();
    const result = before
      .then(() => this.#append({ stream, expected, events }))
      .catch((error: unknown) => {
        throw appendFailure(error, stream, sizeOf(events));
      });
    const settled = result.catch(() => undefined);
    this.#queues.set(stream, settled);
    void settled.then(() => {
      if (this.#queues.get(stream) === settled) this.#queues.delete(stream);
    });
    return result;
  }

  /** Resolves when every append that was accepted has its answer. */
  async drained(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #append(attempt: Attempt): Promise<AppendResult> {
    const { stream } = attempt;
    // One name for all attempts: a repeated write recognises itself.
    const stamp: Stamp = { append: randomUUID(), notBefore_ms: this.#options.clock.latest_ms };
    let hidden: Revision | null = null;
    for (let conflicts = 0; conflicts < CONFLICTS_MAX; conflicts += 1) {
      const judgement = await this.#judge(attempt);
      if (judgement.outcome === 'replayed') return replayed(judgement);
      const at = judgement.lastRevision ?? hidden;
      try {
        const lastRevision = await this.#write(attempt, at, stamp);
        const result = await this.#confirm(attempt, lastRevision, stamp);
        if (result !== null) return result;
      } catch (error) {
        const current = currentRevisionIn(error);
        if (current === undefined) throw error;
        // Nothing readable, yet numbered: the events have expired ($maxAge, $maxCount). Numbering goes on.
        hidden = current;
      }
      await this.#refresh(stream);
    }
    throw unavailable(`stream ${stream} changed during each of ${CONFLICTS_MAX} attempts to append`);
  }

  /** Judges by what is known; a refusal that rests on memory is judged again on what the server has now. */
  async #judge(attempt: Attempt): Promise<AppendJudgement> {
    const { stream, expected } = attempt;
    const known = this.#options.memory.tailOf(stream);
    if (known !== undefined && expected !== 'stream-exists') {
      try {
        return await this.#judgeBy(known, attempt);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    return await this.#judgeBy(await this.#refresh(stream), attempt);
  }

  async #judgeBy(tail: StreamTail, attempt: Attempt): Promise<AppendJudgement> {
    const { stream, expected, events } = attempt;
    const placed = await this.#findKnown(tail, attempt);
    if (placed.size === 0) for (const event of await this.#findBehind(tail, attempt)) placed.set(event.id, event);
    const lookups = { findEvent: (id: string) => placed.get(id) ?? null, lastRevision: () => tail.last };
    return judgeAppend(stream, expected, events, lookups);
  }

  /** The events of the append that memory knows, as they stand in the log. */
  async #findKnown(tail: StreamTail, { stream, events }: Attempt): Promise<Map<string, PlacedEvent>> {
    const placed = new Map<string, PlacedEvent>();
    const wanted = new Map<string, IdRange>();
    for (const { id } of events) {
      const home = tail.ids.has(id) ? stream : this.#options.memory.streamOf(id);
      const revision = home === undefined ? undefined : this.#options.memory.tailOf(home)?.ids.get(id);
      if (home !== undefined && revision !== undefined) widen(wanted, home, revision);
    }
    const ids = new Set(events.map((event) => event.id));
    for (const [home, { from, to }] of wanted)
      for await (const read of this.#options.log.readStream(home, 'forwards', from, Number(to - from) + 1, true)) {
        const event = toStoredEvent(read);
        if (ids.has(event.id)) placed.set(event.id, event);
      }
    return placed;
  }

  /** The events of the append that stand behind the revision that the caller expects, further back than memory reaches. */
  async #findBehind(tail: StreamTail, { stream, expected, events }: Attempt): Promise<StoredEvent[]> {
    if (expected === 'any' || expected === 'stream-exists' || tail.last === null) return [];
    const start = expected === 'no-stream' ? undefined : expected + 1n;
    if ((start ?? 0n) >= tail.from) return [];
    const ids = new Set(events.map((event) => event.id));
    const found: StoredEvent[] = [];
    for await (const read of this.#options.log.readStream(stream, 'forwards', start, events.length, true)) {
      const event = toStoredEvent(read);
      if (ids.has(event.id)) found.push(event);
    }
    return found;
  }

  /** Brings the memory of a stream up to what the server has: the new events where that is enough, else its newest ones. */
  async #refresh(stream: string): Promise<StreamTail> {
    const { log, memory } = this.#options;
    const window = memory.window_events;
    const known = memory.tailOf(stream);
    if (known !== undefined && known.last !== null) {
      const [newest] = await collect(log.readStream(stream, 'backwards', undefined, 1, true));
      const missing = newest === undefined ? -1n : newest.event.revision - known.last;
      if (missing === 0n) return known;
      if (missing > 0n && missing <= BigInt(window)) {
        const added = await collect(log.readStream(stream, 'forwards', known.last + 1n, Number(missing), true));
        memory.extend(stream, added.map(idAt));
        return known;
      }
    }
    const ids: ReturnType<typeof idAt>[] = [];
    for await (const read of log.readStream(stream, 'backwards', undefined, window, true)) ids.push(idAt(read));
    return memory.learn(stream, ids.reverse());
  }

  async #write({ stream, events }: Attempt, at: Revision | null, stamp: Stamp): Promise<Revision> {
    const size_bytes = sizeOf(events);
    // The server says so too, but while much is still on its way the answer may be lost in a broken call.
    if (size_bytes > this.#options.appendSize_max_bytes)
      throw appendTooLarge(stream, size_bytes, this.#options.appendSize_max_bytes);
    const data = events.map((event) => toEventData(event, stamp));
    return await writeAt(this.#options, stream, at, data);
  }

  /** The result, or null when the events at this place were written by somebody else: then identity has to be judged. */
  async #confirm({ stream, events }: Attempt, lastRevision: Revision, stamp: Stamp): Promise<AppendResult | null> {
    const { log, memory, clock } = this.#options;
    const [read] = await collect(log.readStream(stream, 'backwards', lastRevision, 1, true));
    if (read === undefined || read.event.revision !== lastRevision || appendOf(read) !== stamp.append) return null;
    const { position, recordedAt_ms } = toStoredEvent(read);
    clock.saw(recordedAt_ms);
    const firstRevision = lastRevision - BigInt(events.length - 1);
    const places = events.map(({ id }, index) => ({ id, revision: firstRevision + BigInt(index) }));
    const isTailKnown = typeof memory.tailOf(stream)?.last === 'bigint';
    if (isTailKnown) memory.extend(stream, places);
    else memory.learn(stream, places);
    return { outcome: 'appended', firstRevision, lastRevision, position, recordedAt_ms };
  }
}

interface IdRange {
  readonly from: Revision;
  readonly to: Revision;
}

function widen(ranges: Map<string, IdRange>, stream: string, revision: Revision): void {
  const { from, to } = ranges.get(stream) ?? { from: revision, to: revision };
  ranges.set(stream, { from: revision < from ? revision : from, to: revision > to ? revision : to });
}

const idAt = ({ event }: ReadEvent): { id: string; revision: Revision } => ({
  id: event.id.toLowerCase(),
  revision: event.revision,
});

function replayed({ first, last }: Extract<AppendJudgement, { outcome: 'replayed' }>): AppendResult {
  const { position, recordedAt_ms } = last;
  return {
    outcome: 'replayed',
    firstRevision: first.revision,
    lastRevision: last.revision,
    position,
    recordedAt_ms,
  };
}

async function collect(reading: AsyncIterable<ReadEvent>): Promise<ReadEvent[]> {
  const events: ReadEvent[] = [];
  for await (const read of reading) events.push(read);
  return events;
}
