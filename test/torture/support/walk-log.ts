import type { StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import type { Report } from '../report.js';

/**
 * Reads a whole log on a read-only connection and checks what holds for every log: positions from 1 without a gap, revisions
 * of each stream from 0 without a gap, every event id once, recorded times that never go back.
 */
export async function walkLog(file: string, report: Report, visit: (event: StoredEvent) => void): Promise<void> {
  const store = await SqliteEventStore.open({ file, readOnly: true });
  const nextRevision = new Map<string, bigint>();
  const ids = new Set<string>();
  let nextPosition = 1n;
  let recordedAt_ms = 0;
  try {
    for await (const event of store.readAll()) {
      const { position, stream, revision, id } = event;
      report.check(position === nextPosition, () => `position ${position} comes where ${nextPosition} should`);
      nextPosition = position + 1n;
      const expected = nextRevision.get(stream) ?? 0n;
      report.check(revision === expected, () => `${stream}: revision ${revision} comes where ${expected} should`);
      nextRevision.set(stream, revision + 1n);
      if (ids.has(id)) report.doubled(`event id ${id} at position ${position}`);
      ids.add(id);
      report.check(event.recordedAt_ms >= recordedAt_ms, () => `the recorded time goes back at position ${position}`);
      recordedAt_ms = event.recordedAt_ms;
      visit(event);
    }
  } finally {
    await store.close();
  }
  report.tried('events read back', ids.size);
}
