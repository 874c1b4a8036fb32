import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Decider, type DomainEventOf, fold } from '../decider.js';
import { DomainError } from '../errors.js';

type AnyEvent = DomainEventOf<string, unknown>;

/** One command of a story: what it met, what came of it, and what was so afterwards. */
export interface Step<Command, State, Event> {
  readonly command: Command;
  readonly before: State;
  readonly outcome: readonly Event[] | DomainError;
  readonly after: State;
}

/** A decision model under test. */
export interface DeciderUnderTest<Command, State, Event extends AnyEvent> {
  readonly name: string;
  readonly decider: Decider<Command, State, Event>;
  /** Stories: lists of commands, many of which are refused. */
  readonly stories: fc.Arbitrary<readonly Command[]>;
  /** How many types of events the model has. All must happen in random stories, or the laws would hold for nothing. */
  readonly eventTypes: number;
}

/** Stories of random commands; half of them begin with `start`, from which they get further than from nothing. */
export const storiesOf = <Command>(
  one: fc.Arbitrary<Command>,
  start: readonly Command[] = [],
): fc.Arbitrary<readonly Command[]> =>
  fc
    .tuple(fc.boolean(), fc.array(one, { maxLength: 40, size: 'max' }))
    .map(([started, commands]) => (started ? [...start, ...commands] : commands));

function attempt<Command, State, Event>(
  decider: Decider<Command, State, Event>,
  command: Command,
  state: State,
): readonly Event[] | DomainError {
  try {
    return decider.decide(command, state);
  } catch (error) {
    // A TypeError or the like is a fault of the decider, not a refusal.
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** Modules are strict code, so writing to a frozen object throws: deciders that change their arguments are found out. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** Runs the commands one after the other as the command handler does; refused ones change nothing. */
export function play<Command, State, Event>(
  decider: Decider<Command, State, Event>,
  commands: readonly Command[],
): readonly Step<Command, State, Event>[] {
  const steps: Step<Command, State, Event>[] = [];
  let state = decider.initialState;
  for (const command of commands) {
    const before = deepFreeze(state);
    const outcome = attempt(decider, deepFreeze(command), before);
    if (!(outcome instanceof DomainError)) state = fold(decider, deepFreeze(outcome), before);
    steps.push({ command, before, outcome, after: state });
  }
  return steps;
}

/** The events of a story in their order. */
export const eventsOf = <Event>(steps: readonly Step<unknown, unknown, Event>[]): readonly Event[] =>
  steps.flatMap(({ outcome }) => (outcome instanceof DomainError ? [] : outcome));

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const RUBBISH: readonly unknown[] = [
  undefined,
  Number.NaN,
  -0,
  '',
  '__proto__',
  [],
  {},
  [null],
  { toString: '' },
  { kind: 'ratio' },
];

/** Puts something else into one field of a command, not into its type or actor. */
function spoil<Command extends object>(command: Command, choice: number, value: unknown): Command {
  const fields = Object.keys(command).filter((field) => field !== 'type' && field !== 'actor');
  return { ...command, [fields[choice % fields.length] ?? 'extra']: value };
}

/** What a refusal or a decision looks like, for comparison. */
const shapeOf = (outcome: readonly unknown[] | DomainError): unknown =>
  outcome instanceof DomainError ? { kind: outcome.kind, code: outcome.code } : outcome;

/** The laws that every decision model keeps. */
export function describeDecider<Command extends object, State, Event extends AnyEvent>(
  model: DeciderUnderTest<Command, State, Event>,
): void {
  const { decider, stories } = model;
  // One `expect` a story: one a command would make the suite ten times slower.
  const always = (law: (steps: readonly Step<Command, State, Event>[]) => void): void =>
    fc.assert(fc.property(stories, (commands) => law(play(decider, commands))));

  describe(`laws of every decider: ${model.name}`, () => {
    it('takes a repeated command as already so, or refuses it as before', () => {
      always((steps) => {
        const again = steps.map(({ command, after }) => shapeOf(attempt(decider, command, after)));
        const due = steps.map(({ outcome }) => (outcome instanceof DomainError ? shapeOf(outcome) : []));
        expect(again).toEqual(due);
      });
    });

    it('makes events and states that are the same after their way through JSON', () => {
      always((steps) => {
        const made = { events: eventsOf(steps), states: steps.map(({ after }) => after) };
        expect(throughJson(made)).toStrictEqual(made);
      });
    });

    it('decides from a state read back from JSON as from the one it folded', () => {
      always((steps) => {
        const again = steps.map(({ command, before }) =>
          shapeOf(attempt(decider, command, throughJson(before) as State)),
        );
        expect(again).toStrictEqual(steps.map(({ outcome }) => shapeOf(outcome)));
      });
    });

    it('explains every refusal: a stable code, a sentence, problems with a place', () => {
      always((steps) => {
        const refusals = steps.map(({ outcome }) => outcome).filter((outcome) => outcome instanceof DomainError);
        const unclear = refusals.filter(
          ({ code, message, problems }) =>
            !/^[A-Z]+(\.[A-Z_]+)+$/.test(code) ||
            !/^\S.{20,}\.$/s.test(message) ||
            problems.some(({ where, what }) => where === '' || what === ''),
        );
        expect(unclear).toEqual([]);
      });
    });

    it('never fails on fields full of rubbish, and lets none into the log', () => {
      const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...RUBBISH));
      fc.assert(
        fc.property(stories, fc.nat(), value, (commands, choice, rubbish) => {
          const spoilt = commands.map((one, index) => (index % 3 === choice % 3 ? spoil(one, choice, rubbish) : one));
          const events = eventsOf(play(decider, spoilt));
          expect(throughJson(events)).toStrictEqual(events);
        }),
      );
    });

    it('is met by random stories in which every type of event happens', () => {
      const samples = fc.sample(stories, { numRuns: 300, seed: 3 });
      const types = new Set(samples.flatMap((commands) => eventsOf(play(decider, commands)).map(({ type }) => type)));
      expect([...types].sort()).toHaveLength(model.eventTypes);
    });
  });
}
