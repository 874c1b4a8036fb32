/**
 * A decision model: what may happen next, given everything that happened before.
 *
 * `decide` and `evolve` are pure. Time, identities and actors arrive inside the command; anything that cannot be allowed
 * is thrown as a `DomainError`. An empty list means "already so": repeating a command that took effect is not an error.
 */
export interface Decider<Command, State, Event> {
  readonly initialState: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** An event as deciders see it: a past-tense type and its data. The envelope (id, position, actor …) is the store's. */
export interface DomainEventOf<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
}

/** Folds a stream's events into the state they lead to. */
export function fold<Command, State, Event>(
  decider: Decider<Command, State, Event>,
  events: Iterable<Event>,
  start: State = decider.initialState,
): State {
  let state = start;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** Makes a `switch` over event or command types exhaustive: a new member breaks the build here, not in production. */
export function assertNever(value: never): never {
  throw new Error(`unexpected variant: ${JSON.stringify(value)}`);
}
