/**
 * Our envelope in an event of EventStoreDB and back.
 *
 * `data` must come back letter by letter. The client parses and prints JSON events, which would round 2^53 + 1, turn 1e999
 * into null and order keys anew. So the text goes as JSON exactly when parsing and printing gives the same text (whatever
 * `JSON.stringify` made does: then the server's own pages and projections can show it) and as bytes otherwise.
 *
 * The user metadata holds the rest of the envelope, the writer's stamp and the names under which the server's own projections
 * look for correlation and causation.
 *
 * The recorded time is the server's. A new leader's clock may be behind the old one's, so the stamp says which time the
 * writer had seen, and the later of the two counts. Clamping while reading was rejected: the same event would have another
 * time for a reader that began elsewhere.
 */
import type { EventData, EventType, JSONType, RecordedEvent } from '@eventstore/db-client';
import type { EventMetadata, NewEvent, StoredEvent } from '#lib/event-store';
import { positionOf } from './positions.js';

/** An event as the client gives it, with what our reading knows beside it. */
export interface ReadEvent {
  readonly event: RecordedEvent;
  readonly commitPosition?: bigint;
}

interface UserMetadata {
  readonly schemaVersion: number;
  readonly append: string;
  /** Recorded at this time or later: what the writer had seen in the log already. */
  readonly notBefore_ms?: number;
  /** Recorded at exactly this time, elsewhere: events of a moved log. */
  readonly recordedAt_ms?: number;
  readonly metadata: EventMetadata;
}

/** What the writer of an event adds to it. */
export type Stamp = Pick<UserMetadata, 'append' | 'notBefore_ms' | 'recordedAt_ms'>;

/** Written by somebody else: nothing is known of who and why. */
const STRANGER = { kind: 'system', id: 'eventstoredb', role: 'system' } as const;

/** The event as the client takes it. */
export function toEventData(event: NewEvent, stamp: Stamp): EventData<EventType> {
  const { correlationId, causationId } = event.metadata;
  const metadata: UserMetadata & Record<string, unknown> = {
    $correlationId: correlationId,
    ...(causationId === undefined ? {} : { $causationId: causationId }),
    schemaVersion: event.schemaVersion,
    ...stamp,
    metadata: event.metadata,
  };
  const named = { id: event.id, type: event.type, metadata };
  const json = exactJson(event.data);
  if (json !== undefined) return { ...named, contentType: 'application/json', data: json };
  return { ...named, contentType: 'application/octet-stream', data: new Uint8Array(Buffer.from(event.data, 'utf8')) };
}

/** The value of a text that comes back as the same text, undefined for any other text. */
function exactJson(text: string): JSONType | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // `null` and `undefined` are no content for the client; they are rare enough to go as bytes.
    return JSON.stringify(value) === text && value !== null ? (value as JSONType) : undefined;
  } catch {
    return undefined;
  }
}

/** Never throws for what somebody else wrote: such data become JSON text, and such events have the schema version 1. */
export function toStoredEvent({ event, commitPosition }: ReadEvent): StoredEvent {
  const ours = userMetadataOf(event);
  return {
    id: event.id.toLowerCase(),
    type: event.type,
    schemaVersion: ours?.schemaVersion ?? 1,
    data: textOf(event, ours !== null),
    metadata: ours?.metadata ?? { actor: STRANGER, correlationId: event.id },
    stream: event.streamId,
    revision: event.revision,
    position: positionOf(event, commitPosition),
    recordedAt_ms: ours?.recordedAt_ms ?? Math.max(event.created.getTime(), ours?.notBefore_ms ?? 0),
  };
}

/** Which append wrote this event; null for events of others. */
export const appendOf = ({ event }: ReadEvent): string | null => userMetadataOf(event)?.append ?? null;

/** Written by the server for itself: statistics, stream metadata, links, definitions of projections. */
export const isSystemEvent = (event: Pick<RecordedEvent, 'type' | 'streamId'>): boolean =>
  event.type.startsWith('$') || event.streamId.startsWith('$');

function userMetadataOf(event: RecordedEvent): UserMetadata | null {
  const found = event.metadata as Partial<UserMetadata> | Uint8Array | null | undefined;
  if (found === null || typeof found !== 'object' || found instanceof Uint8Array) return null;
  const { schemaVersion, append, metadata, notBefore_ms = 0, recordedAt_ms = 0 } = found;
  const isOurs =
    Number.isSafeInteger(schemaVersion) &&
    typeof append === 'string' &&
    Number.isSafeInteger(notBefore_ms) &&
    Number.isSafeInteger(recordedAt_ms) &&
    isEnvelope(metadata);
  return isOurs ? (found as UserMetadata) : null;
}

const isEnvelope = (metadata: unknown): boolean =>
  typeof metadata === 'object' && metadata !== null && 'actor' in metadata && 'correlationId' in metadata;

function textOf(event: RecordedEvent, isOurs: boolean): string {
  if (event.isJson) return JSON.stringify(event.data);
  const bytes = Buffer.from(event.data as Uint8Array);
  const text = bytes.toString('utf8');
  return isOurs || isJson(text) ? text : JSON.stringify(bytes.toString('base64'));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
