import { createHash } from 'node:crypto';
import type { DomainEventOf } from '#lib/domain';
import type { EventMetadata, NewEvent } from './port.js';

/** The first version of every event's shape. */
export const SCHEMA_VERSION_FIRST = 1;

/**
 * A UUID of version 8 (RFC 9562) from SHA-256 of the seed and the index: the same command, offset or idempotency key gives
 * the same event ids, so that a repetition is recognised by the log itself.
 * @param seed what identifies the cause, for example a command id or `kafka:<cluster>:<topic>:<partition>:<offset>`
 * @param index which of the events of this cause, from 0
 */
export function eventIdFrom(seed: string, index: number): string {
  // The index has no line feed, so the last one separates and two different pairs never give the same text.
  const bytes = createHash('sha256').update(`${seed}\n${index}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Puts domain events into envelopes. `seed` is the command id (see `eventIdFrom`). */
export function toNewEvents(
  events: readonly DomainEventOf<string, unknown>[],
  seed: string,
  metadata: EventMetadata,
  schemaVersionOf: (type: string) => number = () => SCHEMA_VERSION_FIRST,
): NewEvent[] {
  return events.map((event, index) => ({
    id: eventIdFrom(seed, index),
    type: event.type,
    schemaVersion: schemaVersionOf(event.type),
    data: JSON.stringify(event.data),
    metadata,
  }));
}
