/** Opens a log as it was left by a power cut, and says whether it is an exact prefix with everything acknowledged. */
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { EventStore, StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import type { Ledger } from './log-script.js';

const metadata = { actor: { kind: 'system', id: 'torture', role: 'system' }, correlationId: 'afterwards' } as const;
const AFTERWARDS_ID = 'ffffffff-ffff-8fff-bfff-ffffffffffff';

async function eventsOf(store: EventStore): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  return events;
}

/** Reads only: recovery by SQLite and our reader, without the cost of a writer thread. Leaves log and WAL as they are. */
export async function faultWhenRead(file: string, ledger: Ledger, commitsAcknowledged: number): Promise<string | null> {
  // Shared memory does not survive a power cut.
  rmSync(`${file}-shm`, { force: true });
  try {
    const store = await SqliteEventStore.open({ file, readOnly: true });
    try {
      return ledger.faultOf(await eventsOf(store), commitsAcknowledged);
    } finally {
      await store.close();
    }
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

/** The whole start: the writer recovers, the next append gets the next position, and SQLite finds the file in order. */
export async function faultWhenContinued(
  file: string,
  ledger: Ledger,
  commitsAcknowledged: number,
): Promise<string | null> {
  rmSync(`${file}-shm`, { force: true });
  try {
    const store = await SqliteEventStore.open({ file });
    try {
      const stored = await eventsOf(store);
      const fault = ledger.faultOf(stored, commitsAcknowledged);
      if (fault !== null) return fault;
      const next = { id: AFTERWARDS_ID, type: 'Noted', schemaVersion: 1, data: '{}', metadata };
      const { position } = await store.append('unit-afterwards', 'any', [next]);
      if (position !== BigInt(stored.length + 1)) return `the next append got position ${position}`;
    } finally {
      await store.close();
    }
    return integrityFaultOf(file);
  } catch (error) {
    return `cannot be continued: ${(error as Error).message}`;
  }
}

function integrityFaultOf(file: string): string | null {
  const db = new Database(file, { readonly: true });
  try {
    const answer = db.pragma('integrity_check', { simple: true }) as string;
    return answer === 'ok' ? null : `integrity_check: ${answer}`;
  } finally {
    db.close();
  }
}
