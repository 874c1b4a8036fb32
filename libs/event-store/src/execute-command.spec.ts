import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { invalid, type Actor, type Decider, type DomainEventOf } from '#lib/domain';
import { upcasterKey, type Upcasters } from './decode-event.js';
import { CommandIdConflict, ConcurrencyExhausted, EventIdConflict, StreamUnreadable } from './errors.js';
import { COMMAND_ATTEMPTS_MAX, executeCommand } from './execute-command.js';
import { eventIdFrom, toNewEvents } from './event-ids.js';
import { MemoryEventStore } from './memory-event-store.js';
import type { AppendResult, EventMetadata, EventStore, ExpectedRevision, NewEvent } from './port.js';

type Counted = DomainEventOf<'Counted', { readonly by: number }>;
/** Counts up to 100; deciding depends on the state, so deciding twice shows. */
const counter: Decider<{ readonly by: number }, number, Counted> = {
  initialState: 0,
  decide: (command, state) => {
    if (state + command.by > 100) throw invalid('COUNTER.FULL', 'the counter ends at 100');
    return command.by === 0 ? [] : [{ type: 'Counted', data: { by: command.by } }];
  },
  evolve: (state, event) => state + event.data.by,
};
const actor: Actor = { kind: 'person', id: 'ada', role: 'admin' };
const metadata: EventMetadata = { actor, correlationId: 'correlation' };
const task = (store: EventStore, by: number, commandId: string) => ({
  store,
  decider: counter,
  stream: 'counter-1',
  command: { by },
  commandId,
  metadata,
});

/** As the deciders do: a type that they do not know is a fault. */
function evolveStrictly(state: number, event: Counted): number {
  if (event.type !== 'Counted') throw new Error('unexpected variant');
  return state + event.data.by;
}

/** Lets a rival append before each of the first `rivals` appends of the stream. */
class ContestedStore extends MemoryEventStore {
  attempts = 0;
  constructor(readonly rivals: number) {
    super();
  }
  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    this.attempts += 1;
    if (this.attempts <= this.rivals)
      await super.append(
        stream,
        'any',
        toNewEvents([{ type: 'Counted', data: { by: 1 } }], `rival ${this.attempts}`, metadata),
      );
    return await super.append(stream, expected, events);
  }
}

describe('executeCommand', () => {
  it('appends what was decided and answers with the state after it', async () => {
    const store = new MemoryEventStore();
    await executeCommand(task(store, 5, 'first'));
    const result = await executeCommand(task(store, 7, 'second'));
    expect(result).toEqual({
      outcome: 'appended',
      events: [{ type: 'Counted', data: { by: 7 } }],
      state: 12,
      revision: 1n,
      position: 2n,
    });
  });

  it('answers a repeated command as the first time, although the state has moved on and would refuse it now', async () => {
    const store = new MemoryEventStore();
    const first = await executeCommand(task(store, 60, 'sixty'));
    await executeCommand(task(store, 30, 'thirty'));
    const repeated = await executeCommand(task(store, 60, 'sixty'));
    expect(repeated).toEqual({ ...first, outcome: 'replayed' });
    expect((await store.head())?.position).toBe(2n);
  });

  it('refuses a used command id when the request had another fingerprint', async () => {
    const store = new MemoryEventStore();
    const withFingerprint = (by: number, fingerprint: string) => ({
      ...task(store, by, 'key'),
      metadata: { ...metadata, request: { fingerprint, response: null } },
    });
    await executeCommand(withFingerprint(1, 'a'));
    await expect(executeCommand(withFingerprint(2, 'b'))).rejects.toThrow(CommandIdConflict);
    expect((await executeCommand(withFingerprint(1, 'a'))).outcome).toBe('replayed');
  });

  it('refuses a command id that was used on another stream', async () => {
    const store = new MemoryEventStore();
    await executeCommand(task(store, 1, 'key'));
    await expect(executeCommand({ ...task(store, 1, 'key'), stream: 'counter-2' })).rejects.toThrow(EventIdConflict);
  });

  it('lets one of two concurrent twins append and answers both with the same events', async () => {
    const store = new MemoryEventStore();
    const results = await Promise.all([executeCommand(task(store, 4, 'twin')), executeCommand(task(store, 4, 'twin'))]);
    expect(results.map((result) => result.outcome).sort()).toEqual(['appended', 'replayed']);
    expect(results.map((result) => [result.state, result.revision])).toEqual([
      [4, 0n],
      [4, 0n],
    ]);
  });

  it('decides again on the new state after losing a race', async () => {
    const store = new ContestedStore(3);
    const result = await executeCommand({ ...task(store, 10, 'contested'), random: () => 0 });
    expect(result).toMatchObject({ outcome: 'appended', state: 13, revision: 3n });
  });

  it('gives up after a bounded number of lost races, with a stable code', async () => {
    const store = new ContestedStore(Number.POSITIVE_INFINITY);
    const lost = executeCommand({ ...task(store, 10, 'hopeless'), random: () => 0 });
    await expect(lost).rejects.toBeInstanceOf(ConcurrencyExhausted);
    await expect(lost).rejects.toMatchObject({ code: 'CONCURRENCY_EXHAUSTED' });
    expect(store.attempts).toBe(COMMAND_ATTEMPTS_MAX);
  });

  it('passes a refusal on and writes nothing; an empty decision is unchanged', async () => {
    const store = new MemoryEventStore();
    await expect(executeCommand(task(store, 101, 'too much'))).rejects.toMatchObject({ code: 'COUNTER.FULL' });
    expect(await executeCommand(task(store, 0, 'nothing'))).toEqual({
      outcome: 'unchanged',
      events: [],
      state: 0,
      revision: null,
      position: null,
    });
    expect(await store.head()).toBeNull();
  });

  it('folds old versions through the upcasters', async () => {
    const store = new MemoryEventStore();
    const old = toNewEvents([{ type: 'Counted', data: { amount: 40 } }], 'old', metadata, () => 1);
    await store.append('counter-1', 'no-stream', old);
    const upcasters: Upcasters = new Map([
      [upcasterKey('Counted', 1), (data) => ({ by: (data as { amount: number }).amount })],
    ]);
    const result = await executeCommand({ ...task(store, 2, 'new'), upcasters, schemaVersionOf: () => 2 });
    expect(result.state).toBe(42);
  });

  it.each([
    ['no JSON', 'Counted', '{"by":'],
    ['nothing inside', 'Counted', 'null'],
    ['a type of a newer program', 'Multiplied', '{"by":2}'],
  ])('says of a stream with an event of %s where it is, and appends nothing', async (_what, type, data) => {
    const store = new MemoryEventStore();
    await executeCommand(task(store, 5, 'first'));
    const broken = { id: eventIdFrom('broken', 0), type, schemaVersion: 1, data, metadata };
    await store.append('counter-1', 'any', [broken]);
    const strict = { ...counter, evolve: (state: number, event: Counted) => evolveStrictly(state, event) };
    const failing = executeCommand({ ...task(store, 1, 'second'), decider: strict });
    await expect(failing).rejects.toBeInstanceOf(StreamUnreadable);
    await expect(failing).rejects.toMatchObject({
      code: 'STREAM_UNREADABLE',
      stream: 'counter-1',
      position: 2n,
      eventType: type,
      cause: expect.any(Error),
    });
    expect((await store.head())?.position).toBe(2n);
  });

  it('does not take a fault of the decider for a fault of the stream', async () => {
    const faulty = {
      ...counter,
      decide: () => {
        throw new TypeError('undefined is not a number');
      },
    };
    const failing = executeCommand({ ...task(new MemoryEventStore(), 1, 'x'), decider: faulty });
    await expect(failing).rejects.toBeInstanceOf(TypeError);
  });

  it('keeps the sum of all commands whatever the interleaving and the repetitions', async () => {
    const commands = fc.array(fc.record({ by: fc.integer({ min: 1, max: 5 }), id: fc.integer({ min: 0, max: 9 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        const store = new MemoryEventStore();
        const byId = new Map(list.map((command) => [command.id, command.by]));
        // The same id always stands for the same command; several run at once.
        const runs = list.map(({ id }) => executeCommand({ ...task(store, byId.get(id)!, `c${id}`), random: () => 0 }));
        const outcomes = await Promise.allSettled(runs);
        const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
        for (const reason of failed) expect(reason).toBeInstanceOf(ConcurrencyExhausted);
        const ids: string[] = [];
        for await (const event of store.readAll()) ids.push(event.id);
        expect(new Set(ids).size).toBe(ids.length);
        if (failed.length === 0)
          expect(ids.sort()).toEqual([...byId.keys()].map((id) => eventIdFrom(`c${id}`, 0)).sort());
      }),
      { numRuns: 30 },
    );
  });
});
