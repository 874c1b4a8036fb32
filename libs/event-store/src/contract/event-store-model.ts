/**
 * Random histories against an adapter and against the memory store, compared step by step: every answer, every error with
 * its fields, every reading. The histories draw from few streams and few event names, so that conflicts, replays and partial
 * repeats are common.
 *
 * EVENT_STORE_MODEL_RUNS sets the number of histories (nightly: 1,000 and more).
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventIdConflict, EventStoreError, WrongExpectedRevision } from '../errors.js';
import { MemoryEventStore } from '../memory-event-store.js';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
} from '../port.js';
import { all, collectUntil, eventNamed, type MakeStore, type StoreFixture } from './store-fixture.js';

const RUNS_DEFAULT = 12;
const COMMANDS_PER_RUN_MAX = 25;
const TIMEOUT_PER_RUN_ms = 2000;
const RUNS = Number(process.env.EVENT_STORE_MODEL_RUNS ?? RUNS_DEFAULT);

interface Real {
  fixture: StoreFixture;
  store: EventStore;
}
type Command = fc.AsyncCommand<MemoryEventStore, Real>;

interface PlannedEvent {
  readonly name: number;
  readonly variant: number;
}

type MakeEvent = (stream: string, planned: PlannedEvent) => NewEvent;

interface PlannedAppend {
  readonly stream: string;
  /** `current` and its neighbours are resolved against the model when the command runs. */
  readonly expected: ExpectedRevision | 'current' | 'behind' | 'ahead';
  readonly events: readonly PlannedEvent[];
}

export interface ModelTraits {
  /**
   * False where a store that was reopened does not know the ids of other streams (EventStoreDB): then each stream has event
   * names of its own. Default true.
   */
  readonly knowsIdsOfOtherStreams?: boolean;
}

/** Runs random histories against the adapter. `makeStore` gives an empty, densely numbering store each time. */
export function describeAgainstModel(name: string, makeStore: MakeStore, traits: ModelTraits = {}): void {
  describe(`event store against the memory model: ${name}`, () => {
    it(
      `answers as the model does in ${RUNS} random histories`,
      async () => {
        const history = fc.commands(commandArbitraries(traits), { maxCommands: COMMANDS_PER_RUN_MAX, size: 'max' });
        await fc.assert(
          fc.asyncProperty(history, async (commands) => {
            const fixture = await makeStore();
            try {
              const setup = () => ({ model: new MemoryEventStore(), real: { fixture, store: fixture.store } });
              await fc.asyncModelRun(setup, commands);
            } finally {
              await fixture.dispose();
            }
          }),
          { numRuns: RUNS },
        );
      },
      RUNS * TIMEOUT_PER_RUN_ms,
    );
  });
}

function commandArbitraries({ knowsIdsOfOtherStreams = true }: ModelTraits): fc.Arbitrary<Command>[] {
  const eventOf: MakeEvent = (stream, planned) => planToEvent(planned, knowsIdsOfOtherStreams ? '' : stream);
  const stream = fc.constantFrom('unit-a', 'unit-b', 'unitary-c', 'organisation');
  const event = fc.record({ name: fc.nat({ max: 12 }), variant: fc.constantFrom(0, 0, 0, 0, 1) });
  const expected = fc.constantFrom('current', 'behind', 'ahead', 'any', 'no-stream', 'stream-exists', 'current', 'any');
  const append = fc.record({
    stream,
    expected: expected as fc.Arbitrary<PlannedAppend['expected']>,
    events: fc.array(event, { minLength: 1, maxLength: 4 }),
  });
  const direction = fc.constantFrom<'forwards' | 'backwards'>('forwards', 'backwards');
  const place = fc.option(fc.bigInt({ min: 0n, max: 40n }), { nil: undefined });
  const limit = fc.option(fc.nat({ max: 10 }), { nil: undefined });
  const types = fc.option(fc.uniqueArray(fc.constantFrom('Type0', 'Type1', 'Type2')), { nil: undefined });
  const streamPrefix = fc.option(fc.constantFrom('unit', 'unit-', 'unit-a', 'o', 'nothing-'), { nil: undefined });
  const one = append.map((planned) => new Append([planned], eventOf));
  // Commands are drawn evenly from this list; what stands twice comes twice as often.
  return [
    one,
    one,
    one,
    fc.array(append, { minLength: 2, maxLength: 6 }).map((planned) => new Append(planned, eventOf)),
    fc
      .record({ stream, direction, from: place, limit })
      .map(({ stream: name, ...options }) => new ReadStream(name, options)),
    fc.record({ direction, after: place, limit, types, streamPrefix }).map((options) => new ReadAll(options)),
    fc.record({ after: place, types, streamPrefix }).map((options) => new CatchUp(options)),
    fc.constant(new Reopen()),
  ];
}

/** One append, or several in the same turn of the event loop: then they may be one group, and are judged in order. */
class Append implements Command {
  constructor(
    readonly planned: readonly PlannedAppend[],
    readonly eventOf: MakeEvent,
  ) {}
  check = (): boolean => true;
  async run(model: MemoryEventStore, real: Real): Promise<void> {
    const current = new Map<string, bigint | null>();
    for (const { stream } of this.planned) current.set(stream, await lastRevision(model, stream));
    const appendTo = (store: EventStore): Promise<unknown[]> =>
      Promise.all(
        this.planned.map(({ stream, expected, events }) =>
          store
            .append(
              stream,
              resolveExpected(expected, current.get(stream) ?? null),
              events.map((event) => this.eventOf(stream, event)),
            )
            .then(withoutTime, errorFields),
        ),
      );
    expect(await appendTo(real.store)).toEqual(await appendTo(model));
    expect((await real.store.head())?.position).toEqual((await model.head())?.position);
  }
  toString = (): string => `append(${fc.stringify(this.planned)})`;
}

class ReadStream implements Command {
  constructor(
    readonly stream: string,
    readonly options: ReadStreamOptions,
  ) {}
  check = (): boolean => true;
  async run(model: MemoryEventStore, real: Real): Promise<void> {
    const read = async (store: EventStore) => (await all(store.readStream(this.stream, this.options))).map(withoutTime);
    expect(await read(real.store)).toEqual(await read(model));
  }
  toString = (): string => `readStream(${this.stream}, ${fc.stringify(this.options)})`;
}

class ReadAll implements Command {
  constructor(readonly options: ReadAllOptions) {}
  check = (): boolean => true;
  async run(model: MemoryEventStore, real: Real): Promise<void> {
    const read = async (store: EventStore) => (await all(store.readAll(this.options))).map(withoutTime);
    expect(await read(real.store)).toEqual(await read(model));
  }
  toString = (): string => `readAll(${fc.stringify(this.options)})`;
}

/** A subscription from somewhere to the end: all its events, and the checkpoint at which it has caught up. */
class CatchUp implements Command {
  constructor(readonly options: ReadAllOptions) {}
  check = (): boolean => true;
  async run(model: MemoryEventStore, real: Real): Promise<void> {
    const follow = async (store: EventStore) => {
      const abort = new AbortController();
      const subscription = store.subscribe({ ...this.options, batchSize: 3, signal: abort.signal });
      const batches = await collectUntil(subscription, (seen) => seen.at(-1)!.caughtUp, abort);
      return { events: batches.flatMap((batch) => batch.events).map(withoutTime), end: batches.at(-1)!.checkpoint };
    };
    expect(await follow(real.store)).toEqual(await follow(model));
  }
  toString = (): string => `catchUp(${fc.stringify(this.options)})`;
}

class Reopen implements Command {
  check = (): boolean => true;
  async run(_model: MemoryEventStore, real: Real): Promise<void> {
    if (real.fixture.reopen) real.store = await real.fixture.reopen();
  }
  toString = (): string => 'reopen()';
}

const planToEvent = ({ name, variant }: PlannedEvent, prefix: string): NewEvent =>
  eventNamed(`${prefix}event ${name}`, { type: `Type${name % 3}`, data: { name, variant } });

function resolveExpected(expected: PlannedAppend['expected'], current: bigint | null): ExpectedRevision {
  if (expected === 'current') return current ?? 'no-stream';
  if (expected === 'behind') return (current ?? 0n) - 1n;
  return expected === 'ahead' ? (current ?? 0n) + 1n : expected;
}

async function lastRevision(store: EventStore, stream: string): Promise<bigint | null> {
  const [last] = await all(store.readStream(stream, { direction: 'backwards', limit: 1 }));
  return last?.revision ?? null;
}

function withoutTime<Timed extends AppendResult | StoredEvent>(timed: Timed): Omit<Timed, 'recordedAt_ms'> {
  const { recordedAt_ms: _time, ...rest } = timed;
  return rest;
}

function errorFields(error: unknown): unknown {
  if (error instanceof WrongExpectedRevision) return { ...error, code: error.code };
  if (error instanceof EventIdConflict) return { ...error, code: error.code };
  if (error instanceof EventStoreError) return { code: error.code };
  throw error;
}
