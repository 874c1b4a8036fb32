import { randomUUID } from 'node:crypto';
import { type AppendResult, type EventStore, EventStoreError, type NewEvent } from '#lib/event-store';
import { type PackedEvent, packEvents } from '../check/event-packing.js';
import type { RequestBatch } from '../check/request-batch.js';
import { DoorError } from './door-error.js';

export interface AppendQueueLimits {
  /** Most requests that may wait for their commit, over all sources. */
  readonly waitingRequests_max: number;
  /** Most bytes of request bodies, after inflating, that may wait, over all sources. */
  readonly waiting_bytes: number;
}

export const APPEND_QUEUE_LIMITS: AppendQueueLimits = {
  waitingRequests_max: 10_000,
  waiting_bytes: 64 * 1024 * 1024,
};

/** A request with more observations than this fills events well enough by itself and goes its own way. */
const COALESCED_OBSERVATIONS_MAX = 200;
const COALESCED_BODY_MAX_bytes = 64 * 1024;
/** Most that one append takes out of a lane; the rest waits for the next. */
const FLUSH_OBSERVATIONS_MAX = 5000;
const FLUSH_BODIES_MAX_bytes = 4 * 1024 * 1024;
const RETRY_AFTER_ms = 1000;

interface WaitingRequest {
  readonly batch: RequestBatch;
  readonly size_bytes: number;
  readonly resolve: (position: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Small requests of one source: one append at a time, what arrives meanwhile waits and goes together. */
interface Lane {
  waiting: WaitingRequest[];
  isFlushing: boolean;
}

/**
 * Between the door and the log. Single observations arrive far faster than the disk can sync, so what arrives while an
 * append is under way becomes one event of the next append: the slower the disk, the larger the events. Nobody waits for
 * a timer, and nobody is answered before the commit that holds his observations.
 */
export class AppendQueue {
  private readonly lanes = new Map<string, Lane>();
  private waitingRequests = 0;
  private waiting_bytes = 0;

  constructor(
    private readonly store: EventStore,
    private readonly limits: AppendQueueLimits = APPEND_QUEUE_LIMITS,
  ) {}

  /**
   * Stores what the batch holds (it holds something) under new event ids.
   *
   * @param size_bytes of the request's body after inflating
   * @returns the position at which it is stored, as decimal text
   * @throws DoorError `INTAKE_FULL` or `STORE_UNAVAILABLE`
   */
  add(batch: RequestBatch, size_bytes: number): Promise<string> {
    if (batch.sent > COALESCED_OBSERVATIONS_MAX || size_bytes > COALESCED_BODY_MAX_bytes) {
      return this.appendAlone(batch, size_bytes);
    }
    this.enter(size_bytes);
    return new Promise((resolve, reject) => {
      const lane = this.laneOf(batch.sourceId);
      lane.waiting.push({ batch, size_bytes, resolve, reject });
      if (!lane.isFlushing) void this.flush(batch.sourceId, lane);
    });
  }

  /**
   * Appends events that have their identity already; counted against the same limits.
   *
   * @throws DoorError, or the store's EventIdConflict
   */
  async append(sourceId: string, events: readonly NewEvent[], size_bytes: number): Promise<AppendResult> {
    this.enter(size_bytes);
    try {
      return await this.store.append(observationStream(sourceId), 'any', events);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      this.leave(size_bytes);
    }
  }

  private async appendAlone(batch: RequestBatch, size_bytes: number): Promise<string> {
    const events = toNewEvents(batch.sourceId, packEvents(batch.sourceId, [batch]));
    return String((await this.append(batch.sourceId, events, size_bytes)).position);
  }

  /** Empties the lane, append after append; never throws, because each caller hears of his own append. */
  private async flush(sourceId: string, lane: Lane): Promise<void> {
    lane.isFlushing = true;
    while (lane.waiting.length > 0) {
      const group = takeGroup(lane);
      try {
        const packed = packEvents(
          sourceId,
          group.map((request) => request.batch),
        );
        const result = await this.store.append(observationStream(sourceId), 'any', toNewEvents(sourceId, packed));
        const position = String(result.position);
        for (const request of group) request.resolve(position);
      } catch (error) {
        for (const request of group) request.reject(asUnavailable(error));
      }
      for (const request of group) this.leave(request.size_bytes);
    }
    lane.isFlushing = false;
    this.lanes.delete(sourceId);
  }

  private laneOf(sourceId: string): Lane {
    let lane = this.lanes.get(sourceId);
    if (lane === undefined) {
      lane = { waiting: [], isFlushing: false };
      this.lanes.set(sourceId, lane);
    }
    return lane;
  }

  private enter(size_bytes: number): void {
    const isFull =
      this.waitingRequests >= this.limits.waitingRequests_max ||
      // A single large request is let in to an empty queue, whatever the limit.
      (this.waitingRequests > 0 && this.waiting_bytes + size_bytes > this.limits.waiting_bytes);
    if (isFull) {
      throw new DoorError('unavailable', 'INTAKE_FULL', 'too many observations are waiting for the disk; try again', {
        retryAfter_ms: RETRY_AFTER_ms,
      });
    }
    this.waitingRequests += 1;
    this.waiting_bytes += size_bytes;
  }

  private leave(size_bytes: number): void {
    this.waitingRequests -= 1;
    this.waiting_bytes -= size_bytes;
  }
}

/** The stream that holds a source's observations. */
export function observationStream(sourceId: string): string {
  return `observations-${sourceId}`;
}

/** A full or failed store is trouble that passes: 503, never an acknowledgement. Other errors stay what they are. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof EventStoreError) || error.code !== 'STORE_UNAVAILABLE') return error;
  const retryAfter_ms = 'retryAfter_ms' in error ? Number(error.retryAfter_ms) : RETRY_AFTER_ms;
  return new DoorError('unavailable', 'STORE_UNAVAILABLE', 'the log cannot take this now; try again', {
    retryAfter_ms,
  });
}

const OBSERVATION_SCHEMA_VERSION = 1;

function toNewEvents(sourceId: string, packed: readonly PackedEvent[]): NewEvent[] {
  const correlationId = randomUUID();
  const metadata = { actor: { kind: 'source', id: sourceId, role: 'source' } as const, correlationId };
  return packed.map(({ type, data }, index) => ({
    id: index === 0 ? correlationId : randomUUID(),
    type,
    schemaVersion: OBSERVATION_SCHEMA_VERSION,
    data,
    metadata,
  }));
}

function takeGroup(lane: Lane): WaitingRequest[] {
  let observations = 0;
  let size_bytes = 0;
  let taken = 0;
  for (; taken < lane.waiting.length; taken += 1) {
    const request = lane.waiting[taken]!;
    observations += request.batch.sent;
    size_bytes += request.size_bytes;
    if (taken > 0 && (observations > FLUSH_OBSERVATIONS_MAX || size_bytes > FLUSH_BODIES_MAX_bytes)) break;
  }
  const group = lane.waiting.slice(0, taken);
  lane.waiting = lane.waiting.slice(taken);
  return group;
}
