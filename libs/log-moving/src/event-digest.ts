/**
 * Digests of logs that are the same on every engine. An event's digest covers everything but its position, which
 * EventStoreDB makes itself; where positions are dense, order and count say the same.
 */
import { hash } from 'node:crypto';
import type { StoredEvent } from '#lib/event-store';
import { observationsIn } from './observation-count.js';

/** What a log, or its beginning, comes to. Equal logs have equal values; `chain` alone decides. */
export interface LogDigestValue {
  readonly events: number;
  readonly observations: number;
  /** Length of all data, in UTF-16 code units (bytes, for text in ASCII). */
  readonly size_bytes: number;
  /** SHA-256 in hex over the chain so far and the next event's digest; it depends on the order. 64 zeros for no event. */
  readonly chain: string;
  /** Sum of the events' SHA-256 modulo 2^256, in hex: equal for the same events in whatever order. */
  readonly sum: string;
}

const DIGEST_SIZE_bytes = 32;
const SUM_MASK = 2n ** 256n - 1n;
const HEX_DIGITS = 64;

/**
 * The SHA-256 of everything that an event is, but for its position. Two lines of JSON and the data: JSON on one line holds
 * no line break, so two different events never give the same text.
 */
export function eventDigest(event: StoredEvent): Buffer {
  const { stream, revision, id, type, schemaVersion, recordedAt_ms, metadata, data } = event;
  const place = JSON.stringify([stream, String(revision), id, type, schemaVersion, recordedAt_ms]);
  return hash('sha256', `${place}\n${canonicalJson(metadata)}\n${data}`, 'buffer');
}

/** JSON with the keys in order, because an engine that keeps JSON (and not text) gives them back in its own order. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join()}}`;
}

/** Digests a log event by event, in its order. */
export class LogDigest {
  readonly #link = Buffer.alloc(2 * DIGEST_SIZE_bytes);
  #sum = 0n;
  #events = 0;
  #observations = 0;
  #size_bytes = 0;

  add(event: StoredEvent): void {
    const digest = eventDigest(event);
    digest.copy(this.#link, DIGEST_SIZE_bytes);
    hash('sha256', this.#link, 'buffer').copy(this.#link, 0);
    this.#sum = (this.#sum + BigInt(`0x${digest.toString('hex')}`)) & SUM_MASK;
    this.#events += 1;
    this.#observations += observationsIn(event);
    this.#size_bytes += event.data.length;
  }

  /** The chain after the events so far, in hex. */
  get chain(): string {
    return this.#link.toString('hex', 0, DIGEST_SIZE_bytes);
  }

  counts(): Pick<LogDigestValue, 'events' | 'observations' | 'size_bytes'> {
    return { events: this.#events, observations: this.#observations, size_bytes: this.#size_bytes };
  }

  value(): LogDigestValue {
    return {
      ...this.counts(),
      chain: this.chain,
      sum: this.#sum.toString(16).padStart(HEX_DIGITS, '0'),
    };
  }
}
