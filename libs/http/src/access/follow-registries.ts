import { LogFollower, type EventStore } from '#lib/event-store';
import { SourceRegistry } from '#lib/intake';
import { PeopleDirectory } from './people-directory.js';

/**
 * Makes the follower that keeps both pictures, over one subscription. The caller starts it, waits for `caughtUp()` before
 * requests are let in, and stops it at the end.
 */
export function followRegistries(
  store: EventStore,
  registry: SourceRegistry,
  people: PeopleDirectory,
  onError: (error: unknown) => void,
): LogFollower {
  return new LogFollower({
    store,
    types: [...SourceRegistry.eventTypes, ...PeopleDirectory.eventTypes],
    apply: (event) => {
      registry.apply(event);
      people.apply(event);
    },
    onError,
  });
}
