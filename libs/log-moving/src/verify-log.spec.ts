import { describe, expect, it } from '@jest/globals';
import { toNewEvents, upcasterKey, type EventMetadata, type StoredEvent, type Upcasters } from '#lib/event-store';
import { digestLog } from './digest-log.js';
import { IdFilter } from './id-check.js';
import { damagedSide, emptySide, eventsOf, observations, writtenSide } from './spec-support/written-logs.js';
import { verifyLog } from './verify-log.js';

const metadata: EventMetadata = { actor: { kind: 'system', id: 'test', role: 'system' }, correlationId: 'c' };

describe('verifyLog', () => {
  it('finds nothing in a sound log, and prints its digest', async () => {
    const side = await writtenSide(30);
    const result = await verifyLog(side);
    expect(result).toMatchObject({ problems: [], problemCount: 0, areIdsComplete: true, streams: 8 });
    expect(result.digest).toEqual(await digestLog(side));
    expect(await verifyLog(emptySide())).toMatchObject({ problemCount: 0, digest: { events: 0 } });
  });

  const damages: [string, string, (events: StoredEvent[]) => StoredEvent[]][] = [
    ['a missing event', 'POSITION', (events) => events.filter((event) => event.position !== 4n)],
    ['a missing first event', 'POSITION', (events) => events.slice(1)],
    ['a revision that is skipped', 'REVISION', (events) => changed(events, 6, { revision: 3n })],
    ['a revision that is there twice', 'REVISION', (events) => changed(events, 3, { revision: 0n })],
    ['a step back in time', 'TIME', (events) => changed(events, 6, { recordedAt_ms: 1 })],
    ['an id that is there twice', 'ID', (events) => changed(events, 6, { id: events[1]!.id })],
    ['data that are no JSON', 'DATA', (events) => changed(events, 6, { data: '{"cut":' })],
  ];
  const changed = (events: StoredEvent[], index: number, change: Partial<StoredEvent>): StoredEvent[] =>
    events.map((event, at) => (at === index ? { ...event, ...change } : event));

  it.each(damages)('given %s, then it says %s and where', async (_name, code, damage) => {
    const events = damage(await eventsOf(await writtenSide(30)));
    const { problems } = await verifyLog(damagedSide(events));
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.every((problem) => problem.position !== null && problem.position > 0n)).toBe(true);
  });

  it('says how far it came when the store cannot read on', async () => {
    const side = await writtenSide(5);
    const read = side.store.readAll.bind(side.store);
    side.store.readAll = async function* () {
      for await (const event of read({ limit: 3 })) yield event;
      throw new Error('database disk image is malformed');
    };
    const { problems } = await verifyLog(side);
    expect(problems).toEqual([
      {
        code: 'UNREADABLE',
        position: null,
        message: 'reading stopped after position 3: database disk image is malformed',
      },
    ]);
  });

  it('does not ask an engine with positions of its own for dense ones, but for rising ones', async () => {
    const events = (await eventsOf(await writtenSide(6))).map((event) => ({
      ...event,
      position: event.position * 10n,
    }));
    expect((await verifyLog(damagedSide(events, false))).problems).toEqual([]);
    const [first, second, ...rest] = events as [StoredEvent, StoredEvent];
    const { problems } = await verifyLog(damagedSide([second, first, ...rest], false));
    expect(problems.map((problem) => problem.code)).toContain('POSITION');
  });
});

describe('verifyLog, deep', () => {
  const logWith = async (stream: string, type: string, ...data: unknown[]) => {
    const side = emptySide();
    for (const [index, each] of data.entries())
      await side.store.append(stream, 'any', toNewEvents([{ type, data: each }], `${type} ${index}`, metadata));
    return side;
  };

  it('counts types that it does not know, without calling them a problem', async () => {
    const result = await verifyLog(await writtenSide(10), { isDeep: true });
    expect(result.problems).toEqual([]);
    expect([...result.unknownTypes]).toEqual([['Noted', 5]]);
  });

  it('finds batches whose columns do not fit', async () => {
    const batch = observations(3);
    const bad = [
      { ...batch, value: [1, 2] },
      { ...batch, seriesIndex: [0, 1, 2] },
      { ...batch, step_ms: undefined },
      { ...batch, flag: ['A'] },
      observations(0),
    ];
    const { problems } = await verifyLog(await logWith('observations-air', 'ObservationsRecorded', batch, ...bad), {
      isDeep: true,
    });
    expect(problems.map(({ code, position }) => [code, position])).toEqual(
      bad.map((_, index) => ['UNFOLLOWABLE', BigInt(index + 2)]),
    );
  });

  it('finds an event that its decider cannot follow, and lifts old versions before it judges', async () => {
    const renamed = await logWith('unit-a', 'GoalSet', { goalId: 'g' });
    expect((await verifyLog(renamed, { isDeep: true })).problems).toMatchObject([
      { code: 'UNFOLLOWABLE', position: 1n },
    ]);
    const old = await logWith('observations-air', 'ObservationsRecorded', { wrapped: observations(2) });
    const upcasters: Upcasters = new Map([
      [upcasterKey('ObservationsRecorded', 1), (data) => (data as { wrapped: unknown }).wrapped],
    ]);
    expect((await verifyLog(old, { isDeep: true })).problemCount).toBe(1);
    expect((await verifyLog(old, { isDeep: true, upcasters })).problemCount).toBe(0);
  });
});

describe('IdFilter', () => {
  it('suspects every id that comes twice and hardly any other', () => {
    const filter = new IdFilter(1);
    const id = (number: number): string =>
      `${number.toString(16).padStart(8, '0')}-0000-8000-8000-${(number * 7919).toString(16).padStart(12, '0')}`;
    for (let number = 0; number < 50_000; number += 1) filter.add(id(number));
    expect(filter.suspects.size).toBeLessThan(100);
    for (let number = 0; number < 1000; number += 1) filter.add(id(number * 50));
    for (let number = 0; number < 1000; number += 1) expect(filter.suspects.has(id(number * 50))).toBe(true);
    expect(filter.isComplete).toBe(true);
  });
});
