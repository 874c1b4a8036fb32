import { describe, expect, it } from '@jest/globals';
import { eventIdFrom, type ExpectedRevision } from '#lib/event-store';
import { planBlind, planKnowing, type AppendToWrite, type Facts, type KnownEvent } from './group-plan.js';
import { CONDITION } from './schema.js';
import { storedText } from './stored-text.js';

interface TestAppend extends AppendToWrite {
  readonly name: string;
}

/** An append of the named events; the same name is the same event. */
function append(stream: string, expected: ExpectedRevision, ...names: string[]): TestAppend {
  const events = names.map((name) => {
    const data = JSON.stringify({ name });
    return {
      id: eventIdFrom(name, 0),
      type: 'Noted',
      schemaVersion: 1,
      data,
      stored: storedText(data),
      metadata: '{}',
    };
  });
  return { name: names.join(), stream, expected, events, isInDoubt: false };
}

/** A log in which the streams have so many events, named `stream 0`, `stream 1` …. */
function factsOf(streams: Readonly<Record<string, number>>): Facts {
  const byId = new Map<string, KnownEvent>();
  for (const [stream, count] of Object.entries(streams))
    for (let index = 0; index < count; index += 1) {
      const name = `${stream} ${index}`;
      const place = { stream, revision: BigInt(index), position: BigInt(100 + index), recordedAt_ms: 5 };
      const content = { type: 'Noted', schemaVersion: 1, data: JSON.stringify({ name }), metadata: '{}' };
      byId.set(eventIdFrom(name, 0), { ...place, ...content });
    }
  return {
    findEvent: (id) => byId.get(id) ?? null,
    lastRevision: (stream) => (streams[stream] ? BigInt(streams[stream] - 1) : null),
  };
}

const namesOf = (appends: readonly { readonly append: TestAppend }[]): string[] =>
  appends.map(({ append: { name } }) => name);

describe('planning a group blind', () => {
  it('turns what one caller expects of a stream into its condition', () => {
    const plan = planBlind([
      append('unit-a', 'any', 'a'),
      append('unit-b', 'no-stream', 'b'),
      append('unit-c', 'stream-exists', 'c'),
      append('unit-d', 7n, 'd', 'e'),
    ])!;
    expect(plan.streams).toEqual([
      { name: 'unit-a', condition: CONDITION.any, revision: 0n, events: 1 },
      { name: 'unit-b', condition: CONDITION.noStream, revision: 0n, events: 1 },
      { name: 'unit-c', condition: CONDITION.streamExists, revision: 0n, events: 1 },
      { name: 'unit-d', condition: CONDITION.revision, revision: 7n, events: 2 },
    ]);
  });

  it('puts appends that expect nothing behind one another, and asks for facts where two expect something', () => {
    const plan = planBlind([
      append('unit-a', 3n, 'a', 'b'),
      append('unit-a', 'any', 'c'),
      append('unit-a', 'any', 'd'),
    ])!;
    expect(plan.streams).toEqual([{ name: 'unit-a', condition: CONDITION.revision, revision: 3n, events: 4 }]);
    expect(plan.writes.map(({ offset }) => offset)).toEqual([0, 2, 3]);
    expect(planBlind([append('unit-a', 3n, 'a'), append('unit-a', 4n, 'b')])).toBeNull();
    expect(planBlind([append('unit-a', 'any', 'a'), append('unit-a', 'no-stream', 'b')])).toBeNull();
  });

  it('asks for facts where a revision is expected that no stream can have', () => {
    for (const impossible of [-1n, 2n ** 63n, 2n ** 70n])
      expect(planBlind([append('unit-a', impossible, 'a')])).toBeNull();
  });

  it('postpones what repeats an event of the same group', () => {
    const twins = [append('unit-a', 'no-stream', 'a', 'b'), append('unit-a', 'no-stream', 'a', 'b')];
    const plan = planBlind([...twins, append('unit-b', 'any', 'b')])!;
    expect(namesOf(plan.writes)).toEqual(['a,b']);
    expect(plan.postponed.map(({ name }) => name)).toEqual(['a,b', 'b']);
  });
});

describe('planning a group with the facts', () => {
  it('gives a revision to the first of its rivals, and tells the others where the stream will be', () => {
    const rivals = [append('unit-a', 1n, 'x', 'y'), append('unit-a', 1n, 'z'), append('unit-a', 3n, 'next')];
    const plan = planKnowing(rivals, factsOf({ 'unit-a': 2 }), 0n);
    expect(namesOf(plan.writes)).toEqual(['x,y', 'next']);
    expect(plan.answered).toMatchObject([{ answer: { code: 'WRONG_EXPECTED_REVISION', actual: 3n } }]);
    expect(plan.streams).toEqual([{ name: 'unit-a', condition: CONDITION.revision, revision: 1n, events: 3 }]);
  });

  it('makes nobody stand still for an append that expects nothing', () => {
    const group = [append('unit-a', 'any', 'x'), append('unit-b', 'stream-exists', 'y'), append('unit-a', 0n, 'late')];
    const plan = planKnowing(group, factsOf({ 'unit-a': 1, 'unit-b': 1 }), 0n);
    expect(plan.streams.map(({ condition }) => condition)).toEqual([CONDITION.any, CONDITION.any]);
    expect(plan.answered).toHaveLength(1);
  });

  it('counts new streams from where the log begins to count', () => {
    const first = 2n ** 53n;
    const group = [
      append('unit-a', 'no-stream', 'x', 'y'),
      append('unit-a', first + 1n, 'z'),
      append('unit-a', 1n, 'w'),
    ];
    const plan = planKnowing(group, factsOf({}), first);
    expect(namesOf(plan.writes)).toEqual(['x,y', 'z']);
    expect(plan.streams[0]).toMatchObject({ condition: CONDITION.noStream, events: 3 });
  });

  it('answers repetitions without writing, as own ones only when they were sent before and carry the same metadata', () => {
    const known = append('unit-a', 9n, 'unit-a 0', 'unit-a 1');
    const outcomeOf = (asked: AppendToWrite): unknown =>
      (planKnowing([asked], factsOf({ 'unit-a': 2 }), 0n).answered[0]!.answer as { outcome: string }).outcome;
    expect(planKnowing([known], factsOf({ 'unit-a': 2 }), 0n).answered[0]!.answer).toEqual({
      outcome: 'replayed',
      firstRevision: 0n,
      lastRevision: 1n,
      position: 101n,
      recordedAt_ms: 5,
    });
    expect(outcomeOf({ ...known, isInDoubt: true })).toBe('appended');
    const retold = known.events.map((event) => ({ ...event, metadata: '{"correlationId":"another"}' }));
    expect(outcomeOf({ ...known, events: retold, isInDoubt: true })).toBe('replayed');
  });
});
