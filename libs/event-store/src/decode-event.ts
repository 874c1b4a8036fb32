import type { Decider, DomainEventOf } from '#lib/domain';
import { StreamUnreadable } from './errors.js';
import type { StoredEvent } from './port.js';

/** Lifts the data of one version of an event type to the next version. */
export type Upcaster = (data: unknown) => unknown;
/** Keyed by `upcasterKey(type, version)`, where version is the one the upcaster starts from. */
export type Upcasters = ReadonlyMap<string, Upcaster>;

export const upcasterKey = (type: string, fromVersion: number): string => `${type}@${fromVersion}`;

const NO_UPCASTERS: Upcasters = new Map();

/**
 * The domain event in the envelope, in the newest shape: upcasters are applied one after the other for as long as there is
 * one for the version reached. The log itself is never rewritten.
 */
export function decodeEvent<Event extends DomainEventOf<string, unknown> = DomainEventOf<string, unknown>>(
  stored: Pick<StoredEvent, 'type' | 'schemaVersion' | 'data'>,
  upcasters: Upcasters = NO_UPCASTERS,
): Event {
  let data: unknown = JSON.parse(stored.data);
  for (let version = stored.schemaVersion; ; version += 1) {
    const upcast = upcasters.get(upcasterKey(stored.type, version));
    // Types are the catalogue's promise: what is in the log was written by a decider of this catalogue.
    if (upcast === undefined) return { type: stored.type, data } as Event;
    data = upcast(data);
  }
}

/** A domain event and the state that it leads to. */
export interface FollowedEvent<State, Event> {
  readonly event: Event;
  readonly state: State;
}

/**
 * Reads one stored event and folds it into a decider's state.
 * @throws StreamUnreadable when its data are no JSON, an upcaster fails, or the decider does not know what to do with it
 */
export function followStored<Command, State, Event extends DomainEventOf<string, unknown>>(
  decider: Decider<Command, State, Event>,
  state: State,
  stored: StoredEvent,
  upcasters?: Upcasters,
): FollowedEvent<State, Event> {
  try {
    const event = decodeEvent<Event>(stored, upcasters);
    return { event, state: decider.evolve(state, event) };
  } catch (error) {
    throw new StreamUnreadable(stored.stream, stored.position, stored.type, error);
  }
}
