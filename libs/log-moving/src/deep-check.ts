/** Whether this program can read and follow an event: what its type promises, and what its decider makes of it. */
import {
  actionDecider,
  EVENT_TYPES,
  goalDecider,
  kpiDecider,
  OBSERVATIONS_PER_EVENT_MAX,
  organisationDecider,
  personDecider,
  reviewDecider,
  seriesDecider,
  sourceDecider,
  unitDecider,
  type Decider,
  type DomainEventOf,
  type ObservationColumns,
  type ObservationEvent,
  type PersonEvent,
} from '#lib/domain';
import { decodeEvent, followStored, type StoredEvent, type Upcasters } from '#lib/event-store';

type AnyDecider = Decider<never, unknown, DomainEventOf<string, unknown>>;

/** The decision model of a stream by the part of its name before the first hyphen. */
const DECIDERS: ReadonlyMap<string, AnyDecider> = new Map<string, unknown>([
  ['action', actionDecider],
  ['goal', goalDecider],
  ['kpi', kpiDecider],
  ['organisation', organisationDecider],
  ['person', personDecider],
  ['review', reviewDecider],
  ['series', seriesDecider],
  ['source', sourceDecider],
  ['unit', unitDecider],
]) as ReadonlyMap<string, AnyDecider>;

// Records, so that a type that is missing here does not compile.
const PERSON_TYPES: Readonly<Record<PersonEvent['type'], true>> = {
  PersonRegistered: true,
  PersonRoleChanged: true,
  PersonTokenIssued: true,
  PersonTokenRevoked: true,
  PersonDeactivated: true,
};
const OBSERVATION_TYPES: Readonly<Record<ObservationEvent['type'], true>> = {
  ObservationsRecorded: true,
  ObservationsQuarantined: true,
};

/** Every event type that this program knows. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set<string>([
  ...Object.values(EVENT_TYPES).flat(),
  ...Object.keys(PERSON_TYPES),
  ...Object.keys(OBSERVATION_TYPES),
]);

/**
 * Decodes every event, lifts old versions, and folds every stream with its decider. Holds the state of every stream of a
 * decision model: as much as the registries of a running system.
 */
export class DeepCheck {
  readonly #states = new Map<string, unknown>();
  /** Events of types that this program does not know: how many of each. */
  readonly unknownTypes = new Map<string, number>();

  constructor(readonly upcasters?: Upcasters) {}

  /** What is wrong with the event, in words; null when it can be followed. */
  problemOf(event: StoredEvent): string | null {
    if (!KNOWN_TYPES.has(event.type)) {
      this.unknownTypes.set(event.type, (this.unknownTypes.get(event.type) ?? 0) + 1);
      return null;
    }
    try {
      const decider = DECIDERS.get(event.stream.split('-', 1)[0]!);
      if (decider === undefined) return this.#contentProblem(event);
      const before = this.#states.has(event.stream) ? this.#states.get(event.stream) : decider.initialState;
      this.#states.set(event.stream, followStored(decider, before, event, this.upcasters).state);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #contentProblem(event: StoredEvent): string | null {
    const { data } = decodeEvent(event, this.upcasters);
    return event.type === 'ObservationsRecorded' ? columnsProblem(data as Partial<ObservationColumns>) : null;
  }
}

function columnsProblem({ series, seriesIndex, step_ms, value, flag }: Partial<ObservationColumns>): string | null {
  if (!Array.isArray(series) || !Array.isArray(seriesIndex) || !Array.isArray(step_ms) || !Array.isArray(value))
    return 'a column is missing';
  const count = value.length;
  if (count < 1 || count > OBSERVATIONS_PER_EVENT_MAX) return `it has ${count} observations`;
  if (seriesIndex.length !== count || step_ms.length !== count || (flag !== undefined && flag.length !== count))
    return 'its columns have different lengths';
  if (!seriesIndex.every((index) => Number.isInteger(index) && index >= 0 && index < series.length))
    return 'an observation belongs to no series';
  return value.every(Number.isFinite) && step_ms.every(Number.isSafeInteger) ? null : 'a value or a time is no number';
}
