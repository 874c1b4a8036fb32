import type { EventBatch, Position } from '#lib/event-store';

type ReadBatch = (after: Position, limit: number) => Promise<EventBatch>;

/**
 * Reads the next batch of a long catch-up while the present one is being worked on, so that the database and the consumer
 * work at the same time. Holds two batches in memory.
 */
export function readingAhead(read: ReadBatch): ReadBatch {
  let ahead: { readonly after: Position; readonly limit: number; readonly batch: Promise<EventBatch | null> } | null =
    null;
  return async (after, limit) => {
    const begun = ahead;
    ahead = null;
    let batch = begun?.after === after && begun.limit === limit ? await begun.batch : null;
    // What was read ahead and reached the end may be older than the commit of which the reader was just told.
    if (batch === null || batch.caughtUp) batch = await read(after, limit);
    if (!batch.caughtUp && batch.checkpoint > after)
      ahead = { after: batch.checkpoint, limit, batch: read(batch.checkpoint, limit).catch(() => null) };
    return batch;
  };
}
