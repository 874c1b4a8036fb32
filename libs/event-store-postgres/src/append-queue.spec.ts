import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { eventIdFrom, type AppendResult, type NewEvent } from '#lib/event-store';
import { AppendQueue, type WaitingAppend } from './append-queue.js';
import type { WrittenGroup } from './group-writer.js';

const WRITERS = 8;
const APPENDS_EACH = 5;

const answer: AppendResult = {
  outcome: 'appended',
  firstRevision: 0n,
  lastRevision: 0n,
  position: 1n,
  recordedAt_ms: 0,
};

const event = (name: string): NewEvent => ({
  id: eventIdFrom(name, 0),
  type: 'Noted',
  schemaVersion: 1,
  data: '{}',
  metadata: { actor: { kind: 'system', id: 'spec', role: 'system' }, correlationId: 'spec' },
});

/** A writer that takes everything, some turns of the event loop later, and remembers how large the groups were. */
function queueWithSizes(): { readonly queue: AppendQueue; readonly sizes: number[] } {
  const sizes: number[] = [];
  const write = async (group: readonly WaitingAppend[]): Promise<WrittenGroup<WaitingAppend>> => {
    sizes.push(group.length);
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    const answered = group.map((append) => ({ append, answer }));
    return { answered, postponed: [], appends: group.length, events: group.length, head: null };
  };
  const options = { waitingAppends_max: 100, waitingSize_max_bytes: 1_000_000, write };
  const queue = new AppendQueue({ ...options, onWritten: () => undefined, onFailure: () => undefined });
  return { queue, sizes };
}

describe('the queue of appends', () => {
  it('puts what is appended in one turn into one group', async () => {
    const { queue, sizes } = queueWithSizes();
    await Promise.all(['a', 'b', 'c'].map((name) => queue.append(`note-${name}`, 'any', [event(name)])));
    expect(sizes).toEqual([3]);
  });

  it('brings writers together who fell into two halves', async () => {
    const { queue, sizes } = queueWithSizes();
    // Callers hear of their answer through some layers, each of which takes it a little later.
    const append = async (writer: number, count: number): Promise<AppendResult> =>
      await queue.append(`note-${writer}`, 'any', [event(`${writer} ${count}`)]);
    const decide = async (writer: number, count: number): Promise<AppendResult> => await append(writer, count);
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; count < APPENDS_EACH; count += 1) await decide(writer, count);
    };
    const early = Array.from({ length: WRITERS / 2 }, (_, writer) => write(writer));
    // The first half is on its way by now.
    await setImmediate();
    await setImmediate();
    const late = Array.from({ length: WRITERS / 2 }, (_, writer) => write(WRITERS / 2 + writer));
    await Promise.all([...early, ...late]);
    expect(sizes).toEqual([WRITERS / 2, ...Array<number>(APPENDS_EACH - 1).fill(WRITERS), WRITERS / 2]);
  });
});
