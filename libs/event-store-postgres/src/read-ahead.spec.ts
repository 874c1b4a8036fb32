import { describe, expect, it } from '@jest/globals';
import type { EventBatch } from '#lib/event-store';
import { readingAhead } from './read-ahead.js';

/** A log whose batches are of `limit` positions without events, and that can grow. */
function growingLog(head: bigint) {
  const log = { head, asked: [] as bigint[] };
  const read = async (after: bigint, limit: number): Promise<EventBatch> => {
    log.asked.push(after);
    const end = after + BigInt(limit);
    return end < log.head
      ? { events: [], checkpoint: end, caughtUp: false }
      : { events: [], checkpoint: log.head, caughtUp: true };
  };
  return { log, read: readingAhead(read) };
}

describe('reading ahead', () => {
  it('asks for the next batch before it is wanted, and gives each batch once', async () => {
    const { log, read } = growingLog(25n);
    expect((await read(0n, 10)).checkpoint).toBe(10n);
    expect(log.asked).toEqual([0n, 10n]);
    expect((await read(10n, 10)).checkpoint).toBe(20n);
    expect(await read(20n, 10)).toMatchObject({ checkpoint: 25n, caughtUp: true });
  });

  it('reads the end of the log again, because a commit may have come after it was read ahead', async () => {
    const { log, read } = growingLog(12n);
    await read(0n, 10);
    log.head = 15n;
    expect(await read(10n, 10)).toMatchObject({ checkpoint: 15n, caughtUp: true });
  });

  it('gives nothing that was read for another place', async () => {
    const { read } = growingLog(100n);
    await read(0n, 10);
    expect((await read(50n, 10)).checkpoint).toBe(60n);
  });
});
