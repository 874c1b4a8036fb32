import { type Decider, type DomainEventOf, fold } from '../decider.js';
import { DomainError, type DomainErrorKind } from '../errors.js';

/** What came of a command: the events it led to, or the refusal. Plain values, to be compared with `toEqual`. */
export type Outcome<Event> =
  | { readonly events: readonly Event[] }
  | { readonly refused: string; readonly kind: DomainErrorKind; readonly where: readonly string[] };

/** The outcome of a command that was refused, with the places of its problems in their order. */
export const refused = (kind: DomainErrorKind, code: string, ...where: string[]): Outcome<never> => ({
  refused: code,
  kind,
  where,
});

/** The outcome of a command that led to these events; without any, of one that was "already so". */
export const decided = <Event>(...events: Event[]): Outcome<Event> => ({ events });

/**
 * Tells stories about one decision model: `given(…events).when(command)` or `after(…commands).when(command)`.
 * Only refusals that are `DomainError`s become an outcome; anything else that is thrown is a fault and stays one.
 */
export function scenario<Command, State, Event extends DomainEventOf<string, unknown>>(
  decider: Decider<Command, State, Event>,
): Scenario<Command, State, Event> {
  const given = (...events: Event[]): Situation<Command, State, Event> => ({
    state: fold(decider, events),
    events,
    when: (command) => outcomeOf(() => decider.decide(command, fold(decider, events))),
  });
  const after = (...commands: Command[]): Situation<Command, State, Event> => {
    const events: Event[] = [];
    for (const command of commands) events.push(...decider.decide(command, fold(decider, events)));
    return given(...events);
  };
  return { given, after };
}

export interface Situation<Command, State, Event> {
  readonly state: State;
  readonly events: readonly Event[];
  when(command: Command): Outcome<Event>;
}

export interface Scenario<Command, State, Event> {
  /** The situation after these events. */
  given(...events: Event[]): Situation<Command, State, Event>;
  /** The situation after these commands, each of which must be accepted. */
  after(...commands: Command[]): Situation<Command, State, Event>;
}

function outcomeOf<Event>(decide: () => readonly Event[]): Outcome<Event> {
  try {
    return { events: decide() };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { refused: error.code, kind: error.kind, where: error.problems.map((problem) => problem.where) };
  }
}
