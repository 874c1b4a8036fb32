/**
 * One writer per log file. The lock is an exclusive SQLite transaction on a small file beside the log, held for as long as
 * the writer lives. The operating system drops it when the process dies in whatever way, so nothing has to be cleaned up
 * after a kill -9; a file with a process id in it would be left behind, and would be wrong after a restart of a container.
 * Locking the log itself was rejected, because readers need it.
 */
import Database from 'better-sqlite3';
import { EventStoreError } from '#lib/event-store';

/** @throws EventStoreError `STORE_IN_USE` when another process or thread is the writer */
export function takeWriterLock(file: string): { release(): void } {
  const lock = new Database(`${file}-writer-lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => void lock.close() };
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new EventStoreError('STORE_IN_USE', `${file} is open for writing in another process: only one may append`);
  }
}

/** Whether SQLite says that somebody else holds a lock. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
