import type { EventStore } from '#lib/event-store';
import type { SourceRegistry } from '../registry/source-registry.js';
import type { DoorAnswer, DoorRequest, OnAnswer } from './door-request.js';

export interface ObservationDoorOptions {
  readonly store: EventStore;
  readonly registry: SourceRegistry;
  /** Milliseconds since the Unix epoch; for time windows. */
  readonly now_ms?: () => number;
  readonly onAnswer?: OnAnswer;
}

/**
 * The one way in for observations: bytes of a request → parsed → checked → one atomic append → counts.
 * Resolves after the durable commit and never before.
 */
export class ObservationDoor {
  constructor(private readonly options: ObservationDoorOptions) {}

  /** @throws DoorError when the request as a whole is refused; then nothing of it was stored */
  receive(request: DoorRequest): Promise<DoorAnswer> {
    void this.options;
    return Promise.reject(new Error(`the door is not open yet for ${request.source.sourceId}`));
  }
}
