import { type StoredEvent, MemoryEventStore } from '#lib/event-store';
import { DoorError, type DoorErrorKind, ObservationDoor, type SourceRegistry } from '#lib/intake';
import type { HostileRequest } from './hostile-request.js';
import type { Outcome } from './judge.js';
import { registryOfWorld, SOURCE_ID } from './world.js';

const STATUS_OF_KIND: Readonly<Record<DoorErrorKind, number>> = {
  'bad-request': 400,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  unavailable: 503,
};
/** A log in memory starts anew after so many requests, so that reading it stays cheap; keys repeat within. */
const REQUESTS_PER_LOG = 500;

/** The door itself, without a server before it: a hundred times as many requests in the same time. */
export class DirectDoor {
  private readonly registry: SourceRegistry = registryOfWorld();
  private store = new MemoryEventStore();
  private door = new ObservationDoor({ store: this.store, registry: this.registry });
  private requests = 0;

  /** Any error but a refusal is what a server would answer with 500. */
  async send(request: HostileRequest): Promise<Outcome> {
    const headers = asNodeWould(request);
    try {
      const body = await this.door.receive({
        source: { sourceId: SOURCE_ID, keyId: 'key' },
        contentType: request.contentType?.trim(),
        contentEncoding: headers['content-encoding'],
        body: request.body,
        headers,
        idempotencyKey: headers['idempotency-key'],
      });
      return { status: 200, body: JSON.parse(JSON.stringify(body)) as unknown };
    } catch (error) {
      if (error instanceof DoorError) return { status: STATUS_OF_KIND[error.kind], body: error.code };
      return { status: 500, body: (error as Error).stack };
    }
  }

  async eventsAfter(position: bigint): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const event of this.store.readAll({ after: position })) events.push(event);
    return events;
  }

  /** Where the log ends before the next request. */
  async head(): Promise<bigint> {
    this.requests += 1;
    if (this.requests % REQUESTS_PER_LOG === 0) {
      this.store = new MemoryEventStore();
      this.door = new ObservationDoor({ store: this.store, registry: this.registry });
    }
    return (await this.store.head())?.position ?? 0n;
  }
}

/** Names in lower case, values trimmed, repeated ones joined. */
function asNodeWould(request: HostileRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value.trim()}` : value.trim();
  }
  return headers;
}
