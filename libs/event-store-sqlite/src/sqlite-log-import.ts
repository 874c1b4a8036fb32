/**
 * Puts events of another log into a SQLite log as they are. It is the writer of the file while it is open, so no service
 * can append in between; every page is one transaction with one fsync, so a killed import leaves whole pages.
 *
 * It works in the calling thread: nobody waits for an answer of the process that moves a log, and the rows need not be
 * carried to another thread.
 */
import { dirname, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { idTaken, judgePlacing, LogImport, type Position, type Revision, type StoredEvent } from '#lib/event-store';
import {
  categoryOf,
  makeFolderDurably,
  moveLongWalIntoFile,
  moveWalIntoFile,
  openForWriting,
  WAL_CHECKPOINT_PAGES,
} from './schema.js';
import { unavailable } from './wire.js';
import { isBusy, takeWriterLock } from './writer-lock.js';

/** What is known of a stream without asking the file again. */
interface KnownStream {
  readonly id: bigint;
  /** Of its newest placed event; null before the first. */
  lastRevision: Revision | null;
}

/** Streams that are remembered between pages; beyond it the memory is emptied and filled again from the file. */
const KNOWN_STREAMS_MAX = 100_000;

export class SqliteLogImport extends LogImport {
  override readonly keepsPositions = true;
  readonly #lock: { release(): void };
  readonly #db: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #shortenWal: () => void;
  readonly #streams = new Map<string, KnownStream>();
  readonly #kindIds = new Map<string, bigint>();

  private constructor(lock: { release(): void }, db: Database.Database) {
    super();
    this.#lock = lock;
    this.#db = db;
    this.#statements = prepare(db);
    this.#shortenWal = moveLongWalIntoFile(db, WAL_CHECKPOINT_PAGES);
  }

  /**
   * Opens the log, and makes it (with its folder) when it is not there.
   * @throws EventStoreError `STORE_IN_USE` when a service or another import appends to this file,
   *   `STORE_NEWER_THAN_PROGRAM`; Error when the file is not an event log
   */
  static async open(options: { readonly file: string }): Promise<SqliteLogImport> {
    makeFolderDurably(dirname(resolve(options.file)));
    const lock = takeWriterLock(options.file);
    try {
      return new SqliteLogImport(lock, openForWriting(options.file));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  override async place(events: readonly StoredEvent[]): Promise<void> {
    if (!this.#db.open) throw unavailable('the log import is closed');
    if (events.length === 0) return;
    if (this.#streams.size > KNOWN_STREAMS_MAX) this.#streams.clear();
    try {
      this.#statements.begin.run();
    } catch (error) {
      throw isBusy(error) ? unavailable('the log file is locked by another program') : error;
    }
    try {
      judgePlacing(events, { head: this.#head(), lastRevision: (stream) => this.#lastRevision(stream) });
      for (const event of events) this.#write(event);
      this.#statements.commit.run();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    this.#shortenWal();
  }

  override async close(): Promise<void> {
    if (!this.#db.open) return;
    try {
      // A closed log is one file that can be copied. Where a reader is in the way it stays two, which is as right.
      moveWalIntoFile(this.#db);
    } finally {
      this.#db.close();
      this.#lock.release();
    }
  }

  #rollBack(): void {
    this.#streams.clear();
    this.#kindIds.clear();
    if (this.#db.inTransaction) this.#statements.rollback.run();
  }

  #head(): { position: Position; recordedAt_ms: number } | null {
    const row = this.#statements.head.get() as [bigint, bigint] | undefined;
    return row === undefined ? null : { position: row[0], recordedAt_ms: Number(row[1]) };
  }

  #lastRevision(stream: string): Revision | null {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known.lastRevision;
    const id = this.#statements.streamId.get(stream) as bigint | undefined;
    if (id === undefined) return null;
    const lastRevision = (this.#statements.lastRevision.get(id) as bigint | undefined) ?? null;
    this.#streams.set(stream, { id, lastRevision });
    return lastRevision;
  }

  #write(event: StoredEvent): void {
    const { position, stream, revision, schemaVersion, recordedAt_ms, data } = event;
    const place = [position, this.#streamAt(stream, revision), revision, this.#kindId(stream, event.type)] as const;
    const id = Buffer.from(event.id.replaceAll('-', ''), 'hex');
    const metadata = JSON.stringify(event.metadata);
    try {
      this.#statements.insertEvent.run(...place, schemaVersion, recordedAt_ms, id, metadata, data);
    } catch (error) {
      // Position and revision were judged in this very transaction: only the id can be there already.
      throw (error as { code?: unknown }).code === 'SQLITE_CONSTRAINT_UNIQUE' ? idTaken(event) : error;
    }
  }

  #streamAt(stream: string, revision: Revision): bigint {
    const known = this.#streams.get(stream);
    if (known === undefined) {
      const id = BigInt(this.#statements.insertStream.run(stream).lastInsertRowid);
      this.#streams.set(stream, { id, lastRevision: revision });
      return id;
    }
    known.lastRevision = revision;
    return known.id;
  }

  #kindId(stream: string, type: string): bigint {
    const category = categoryOf(stream);
    const key = `${category}\n${type}`;
    let id = this.#kindIds.get(key) ?? (this.#statements.kindId.get(category, type) as bigint | undefined);
    id ??= BigInt(this.#statements.insertKind.run(category, type).lastInsertRowid);
    this.#kindIds.set(key, id);
    return id;
  }
}

function prepare(db: Database.Database) {
  const exact = (sql: string): Database.Statement => db.prepare(sql).safeIntegers();
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    head: exact('SELECT position, recorded_at_ms FROM events ORDER BY position DESC LIMIT 1').raw(),
    streamId: exact('SELECT id FROM streams WHERE name = ?').pluck(),
    insertStream: exact('INSERT INTO streams (name) VALUES (?)'),
    kindId: exact('SELECT id FROM kinds WHERE category = ? AND type = ?').pluck(),
    insertKind: exact('INSERT INTO kinds (category, type) VALUES (?, ?)'),
    lastRevision: exact('SELECT revision FROM events WHERE stream_id = ? ORDER BY revision DESC LIMIT 1').pluck(),
    insertEvent: db.prepare(
      `INSERT INTO events (position, stream_id, revision, kind_id, schema_version, recorded_at_ms, id, metadata, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
