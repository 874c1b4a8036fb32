import type { EventStore } from '#lib/event-store';
import { ObservationDoor, type DoorCounts, type SourceRegistry } from '#lib/intake';
import type { Clock, Metrics } from '#lib/platform';

/** The door of observations with its verdicts counted. */
export function meteredDoor(parts: {
  readonly store: EventStore;
  readonly registry: SourceRegistry;
  readonly clock: Clock;
  readonly metrics: Metrics;
}): ObservationDoor {
  const { store, registry, clock, metrics } = parts;
  return new ObservationDoor({
    store,
    registry,
    now_ms: () => clock.now_ms(),
    onAnswer: ({ counts, replayed }) => metrics.countVerdicts(replayed ? asDuplicates(counts) : counts),
  });
}

/** A repeated request brought nothing new: all that it sent is there already. */
const asDuplicates = ({ sent }: DoorCounts): DoorCounts => ({
  sent,
  accepted: 0,
  duplicate: sent,
  quarantined: 0,
  rejected: 0,
});
