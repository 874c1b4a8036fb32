/**
 * Which ids stand where in the newest part of the streams that this process writes to. EventStoreDB has no index of ids: it
 * compares them only where an append expects a revision, and otherwise remembers a few megabytes of them.
 *
 * For each stream it holds the ids of an unbroken tail: every id from `from` to `last` is here. The ids of all streams
 * together are bounded; the stream that was used longest ago is forgotten whole.
 */
import type { Revision } from '#lib/event-store';

/** Newest events of a stream whose ids are known before an append. */
export const IDENTITY_WINDOW_EVENTS = 2000;
/** Ids in memory, about 120 bytes each. */
export const KNOWN_IDS_MAX = 200_000;

export interface StreamTail {
  /** Null when the stream has no readable event. */
  readonly last: Revision | null;
  /** Every id from this revision on is known. */
  readonly from: Revision;
  readonly ids: ReadonlyMap<string, Revision>;
}

interface MutableTail {
  last: Revision | null;
  from: Revision;
  readonly ids: Map<string, Revision>;
}

export interface IdAt {
  readonly id: string;
  readonly revision: Revision;
}

export class StreamMemory {
  /** In order of use, the oldest first. */
  readonly #tails = new Map<string, MutableTail>();
  readonly #streamOf = new Map<string, string>();
  #size = 0;

  constructor(
    readonly window_events = IDENTITY_WINDOW_EVENTS,
    readonly ids_max = KNOWN_IDS_MAX,
  ) {}

  tailOf(stream: string): StreamTail | undefined {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return undefined;
    this.#tails.delete(stream);
    this.#tails.set(stream, tail);
    return tail;
  }

  /** The stream in which this process last saw the id. */
  streamOf(id: string): string | undefined {
    return this.#streamOf.get(id);
  }

  /** Replaces what is known of a stream by its newest events, in order of revision. */
  learn(stream: string, newest: readonly IdAt[]): StreamTail {
    this.forget(stream);
    const tail: MutableTail = { last: null, from: newest[0]?.revision ?? 0n, ids: new Map() };
    this.#tails.set(stream, tail);
    this.extend(stream, newest);
    return tail;
  }

  /** Adds what comes behind the known tail, in order of revision. A stream that is not known stays so. */
  extend(stream: string, added: readonly IdAt[]): void {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return;
    for (const { id, revision } of added) {
      if (!tail.ids.has(id)) this.#size += 1;
      tail.ids.set(id, revision);
      tail.last = revision;
      this.#streamOf.set(id, stream);
    }
    this.#trim(stream, tail);
  }

  forget(stream: string): void {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return;
    for (const id of tail.ids.keys()) this.#drop(stream, id);
    this.#size -= tail.ids.size;
    this.#tails.delete(stream);
  }

  #trim(stream: string, tail: MutableTail): void {
    for (const [id, revision] of tail.ids) {
      if (tail.ids.size <= this.window_events) break;
      tail.ids.delete(id);
      this.#size -= 1;
      this.#drop(stream, id);
      tail.from = revision + 1n;
    }
    for (const oldest of this.#tails.keys()) {
      if (this.#size <= this.ids_max) return;
      if (oldest !== stream) this.forget(oldest);
    }
  }

  #drop(stream: string, id: string): void {
    if (this.#streamOf.get(id) === stream) this.#streamOf.delete(id);
  }
}
