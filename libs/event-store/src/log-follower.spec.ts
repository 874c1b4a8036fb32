import { describe, expect, it } from '@jest/globals';
import { toNewEvents } from './event-ids.js';
import { LogFollower } from './log-follower.js';
import { MemoryEventStore } from './memory-event-store.js';
import type { EventBatch, EventMetadata, StoredEvent, SubscribeOptions } from './port.js';

const metadata: EventMetadata = { actor: { kind: 'system', id: 'test', role: 'system' }, correlationId: 'c' };
let seed = 0;
const append = (store: MemoryEventStore, stream: string, type = 'Noted') =>
  store.append(stream, 'any', toNewEvents([{ type, data: {} }], `follower ${(seed += 1)}`, metadata));

/** Breaks the subscription with an error after each batch, as a lost connection would. */
class FlakyStore extends MemoryEventStore {
  breaks = 0;
  override async *subscribe(options: SubscribeOptions): AsyncGenerator<EventBatch> {
    for await (const batch of super.subscribe({ ...options, batchSize: 2 })) {
      yield batch;
      if (this.breaks >= 3) continue;
      this.breaks += 1;
      throw new Error('connection lost');
    }
  }
}

describe('LogFollower', () => {
  it('catches up with what is there, then follows; caughtUp also settles on an empty log', async () => {
    const store = new MemoryEventStore();
    const seen: bigint[] = [];
    const follower = new LogFollower({ store, apply: (event) => seen.push(event.position), onError: () => undefined });
    await follower.start().caughtUp();
    expect(follower.position).toBe(0n);
    const { position } = await append(store, 'a-1');
    expect(await follower.waitFor(position, 1000)).toBe(true);
    expect(seen).toEqual([1n]);
    await follower.stop();
    await append(store, 'a-1');
    expect(seen).toEqual([1n]);
  });

  it('moves over events it does not want, so that waiting for them ends', async () => {
    const store = new MemoryEventStore();
    const seen: StoredEvent[] = [];
    const follower = new LogFollower({
      store,
      types: ['Wanted'],
      apply: (event) => seen.push(event),
      onError: () => undefined,
    }).start();
    await append(store, 'a-1', 'Wanted');
    const { position } = await append(store, 'a-1', 'Other');
    expect(await follower.waitFor(position, 1000)).toBe(true);
    expect(seen.map((event) => event.type)).toEqual(['Wanted']);
    await follower.stop();
  });

  it('says false when the position does not come in time, or when it is stopped', async () => {
    const store = new MemoryEventStore();
    const follower = new LogFollower({ store, apply: () => undefined, onError: () => undefined }).start();
    expect(await follower.waitFor(5n, 5)).toBe(false);
    const waiting = follower.waitFor(5n, 10_000);
    await follower.stop();
    expect(await waiting).toBe(false);
    await expect(
      new LogFollower({ store, apply: () => undefined, onError: () => undefined }).waitFor(1n, 1),
    ).resolves.toBe(false);
  });

  it('goes on from its checkpoint after failures, each event once, and reports every failure', async () => {
    const store = new FlakyStore();
    for (let index = 0; index < 9; index += 1) await append(store, 'a-1');
    const seen: bigint[] = [];
    const errors: unknown[] = [];
    const follower = new LogFollower({
      store,
      apply: (event) => seen.push(event.position),
      onError: (e) => errors.push(e),
    });
    follower.start();
    expect(await follower.waitFor(9n, 3000)).toBe(true);
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(errors).toHaveLength(3);
    await follower.stop();
  });

  it('tries an event again that could not be applied, and skips none', async () => {
    const store = new MemoryEventStore();
    for (let index = 0; index < 3; index += 1) await append(store, 'a-1');
    const seen: bigint[] = [];
    const errors: unknown[] = [];
    let refusals = 2;
    const apply = (event: StoredEvent): void => {
      if (event.position === 2n && refusals > 0) {
        refusals -= 1;
        throw new Error('not yet');
      }
      seen.push(event.position);
    };
    const follower = new LogFollower({ store, apply, onError: (error) => errors.push(error) }).start();
    expect(await follower.waitFor(3n, 3000)).toBe(true);
    expect(seen).toEqual([1n, 2n, 3n]);
    expect(errors).toHaveLength(2);
    await follower.stop();
  });
});
