/**
 * The file format of the log, and how a connection is set up for it.
 *
 * `kinds` is a pair of stream category (the name up to the first `-`) and event type. There are few of them, so that one
 * small index whose entries only ever grow at the end of each kind's run serves reading by type and reading by stream
 * prefix. An index by stream name and position was rejected: its inserts scatter over as many pages as there are streams.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { EventStoreError } from '#lib/event-store';

/** Version of the tables below, in `PRAGMA user_version`. */
export const LOG_SCHEMA_VERSION = 1;
/** Marks the file as ours (`PRAGMA application_id`): "TALY". */
export const LOG_APPLICATION_ID = 0x54414c59;
/** Pages of 4 KiB in the write-ahead log before its content moves into the file: 16 MiB (see research/perf-baselines.md). */
export const WAL_CHECKPOINT_PAGES = 4096;
/** A write-ahead log that a long reader made grow is cut back to this. */
const WAL_KEPT_SIZE_MAX_bytes = 64 * 1024 * 1024;
const PAGE_CACHE_SIZE_KiB = 32 * 1024;
/** How long a connection waits for another one's lock. */
const LOCK_WAIT_ms = 2000;
const SYNCHRONOUS_FULL = 2;

const TABLES = `
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE kinds (id INTEGER PRIMARY KEY, category TEXT NOT NULL, type TEXT NOT NULL, UNIQUE (category, type)) STRICT;
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  kind_id INTEGER NOT NULL,
  schema_version INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  metadata TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_stream ON events (stream_id, revision);
CREATE INDEX events_by_kind ON events (kind_id);
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
`;

/**
 * Opens the connection that appends; makes the tables in a new file.
 * @throws EventStoreError `STORE_NEWER_THAN_PROGRAM`; Error when the file is another program's
 */
export function openForWriting(file: string): Database.Database {
  if (!existsSync(file) || statSync(file).size === 0) makeLog(file);
  const db = new Database(file, { timeout: LOCK_WAIT_ms });
  try {
    checkFormat(db, file);
    if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal')
      throw new Error(`${file}: the file system does not support SQLite's write-ahead log`);
    // NORMAL would lose the last acknowledged appends at a power cut.
    db.pragma('synchronous = FULL');
    if (db.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL)
      throw new Error(`${file}: SQLite refuses synchronous = FULL`);
    // SQLite's own checkpoint after a commit keeps a failed write or fsync to itself; `moveLongWalIntoFile` says it.
    db.pragma('wal_autocheckpoint = 0');
    db.pragma(`journal_size_limit = ${WAL_KEPT_SIZE_MAX_bytes}`);
    db.pragma(`cache_size = -${PAGE_CACHE_SIZE_KiB}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a connection that can only read. The file must be there. */
export function openForReading(file: string): Database.Database {
  if (!existsSync(file)) throw new Error(`${file} is not there: the writing store must be opened first`);
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_ms });
  try {
    checkFormat(db, file);
    db.pragma(`cache_size = -${PAGE_CACHE_SIZE_KiB}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Answers a function for after each commit: once the write-ahead log has so many pages, it moves what no reader needs any
 * more into the file. Asking for the length costs about a microsecond.
 * @throws SqliteError when the file cannot be written or synced; a reader in the way is no error
 */
export function moveLongWalIntoFile(db: Database.Database, pages_max: number): () => void {
  const length = db.prepare('PRAGMA wal_checkpoint(NOOP)').raw();
  const move = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').raw();
  return () => {
    const [, pages] = length.get() as [busy: number, pages: number, moved: number];
    if (pages >= pages_max) move.get();
  };
}

/** Moves what is in the write-ahead log into the file and empties it, unless a reader holds on to it. Does not wait. */
export function moveWalIntoFile(db: Database.Database): void {
  db.pragma('busy_timeout = 0');
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/**
 * A new log is made beside its place and moved there whole. SQLite writes the first page of a new file in place, so that a
 * power cut in that moment could leave half a page, which no program would open again.
 */
function makeLog(file: string): void {
  const draft = `${file}-new`;
  for (const leftover of ['', '-journal', '-wal', '-shm']) rmSync(draft + leftover, { force: true });
  const db = new Database(draft);
  try {
    db.transaction(() => {
      db.exec(TABLES);
      db.pragma(`application_id = ${LOG_APPLICATION_ID}`);
      db.pragma(`user_version = ${LOG_SCHEMA_VERSION}`);
    })();
    // Kept in the file; where it is put later, no journal is needed to change that page.
    db.pragma('journal_mode = WAL');
  } finally {
    db.close();
  }
  syncPath(draft);
  renameSync(draft, file);
  syncPath(dirname(file));
}

/** Brings a file's content, or the names in a folder, to the disk. */
export function syncPath(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/** SQLite syncs the folder that its files are in; the names of new folders above it would be lost in a power cut. */
export function makeFolderDurably(folder: string): void {
  const highestMade = mkdirSync(folder, { recursive: true });
  if (highestMade === undefined) return;
  for (let made = folder; made.length >= highestMade.length; made = dirname(made)) syncPath(dirname(made));
}

function checkFormat(db: Database.Database, file: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const applicationId = db.pragma('application_id', { simple: true }) as number;
  if (applicationId !== LOG_APPLICATION_ID) throw new Error(`${file} is not an event log of this program`);
  if (version > LOG_SCHEMA_VERSION)
    throw new EventStoreError(
      'STORE_NEWER_THAN_PROGRAM',
      `${file} has schema version ${version}, this program knows ${LOG_SCHEMA_VERSION}: start a newer program`,
    );
}

/** The part of a stream's name that says what kind of thing it is about; empty when the name has no hyphen. */
export function categoryOf(stream: string): string {
  const end = stream.indexOf('-');
  return end < 0 ? '' : stream.slice(0, end);
}
