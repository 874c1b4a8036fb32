import Database from 'better-sqlite3';

/** Page cache of a writing connection; larger ones measured no faster (sorted writes touch each page once). */
const WRITER_CACHE_SIZE_KiB = 32 * 1024;
const READER_CACHE_SIZE_KiB = 16 * 1024;
/** The write-ahead log is folded into the file each time it has grown by 4,096 pages (16 MiB). */
const WAL_CHECKPOINT_pages = 4096;
/** How long a statement waits for another writer, for example a twin that is just losing its ownership. */
const BUSY_TIMEOUT_ms = 5_000;

export interface OpenOptions {
  /** Opens for reading only; the file must exist. */
  readonly readOnly?: boolean;
}

export type Row = Readonly<Record<string, unknown>>;
export type Bindable = string | number | bigint | Buffer | null;
export type Statement = Database.Statement;

/**
 * One file of read models. A thin hand on better-sqlite3: it sets the pragmas once, keeps prepared statements, and gives
 * transactions names. `synchronous=NORMAL`: a power cut may lose the newest commits, tables and checkpoint together, and
 * they are then projected again from the log.
 */
export class ViewDatabase {
  private readonly statements = new Map<string, Statement>();
  private readonly arrayStatements = new Map<string, Statement>();

  private constructor(
    private readonly connection: Database.Database,
    readonly file: string,
    readonly readOnly: boolean,
  ) {}

  /** @throws SqliteError `SQLITE_CANTOPEN` when the file is missing (read-only) or cannot be made */
  static open(file: string, options: OpenOptions = {}): ViewDatabase {
    const readOnly = options.readOnly ?? false;
    const connection = new Database(file, { readonly: readOnly, fileMustExist: readOnly });
    connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_ms}`);
    connection.pragma(`cache_size = -${readOnly ? READER_CACHE_SIZE_KiB : WRITER_CACHE_SIZE_KiB}`);
    connection.pragma('temp_store = MEMORY');
    if (!readOnly) {
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = NORMAL');
      connection.pragma(`wal_autocheckpoint = ${WAL_CHECKPOINT_pages}`);
    }
    return new ViewDatabase(connection, file, readOnly);
  }

  /** Runs statements that take no values and give no rows (schema, pragmas). */
  exec(sql: string): void {
    this.connection.exec(sql);
  }

  /** The prepared statement for this text, made once and kept. Write texts as constants: the store is never emptied. */
  prepare(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  all<T = Row>(sql: string, ...values: Bindable[]): T[] {
    return this.prepare(sql).all(...values) as T[];
  }

  get<T = Row>(sql: string, ...values: Bindable[]): T | undefined {
    return this.prepare(sql).get(...values) as T | undefined;
  }

  /** Rows as arrays in the order of the columns: for many narrow rows, of which the names cost more than the values. */
  arrays<T extends readonly unknown[]>(sql: string, ...values: Bindable[]): T[] {
    let statement = this.arrayStatements.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(sql).raw();
      this.arrayStatements.set(sql, statement);
    }
    return statement.all(...values) as T[];
  }

  /** Rows changed. */
  run(sql: string, ...values: Bindable[]): number {
    return this.prepare(sql).run(...values).changes;
  }

  /** Rows one at a time, for tables that may not fit in memory. No other statement may run on this connection meanwhile. */
  iterate<T = Row>(sql: string, ...values: Bindable[]): IterableIterator<T> {
    return this.connection.prepare(sql).iterate(...values) as IterableIterator<T>;
  }

  /** All or nothing. Takes the write lock at once: a transaction that turned from reading to writing could be refused. */
  transaction<T>(work: () => T): T {
    return this.between('BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', work);
  }

  /** Inside a transaction: undoes only what `work` did when it throws. */
  savepoint<T>(work: () => T): T {
    return this.between('SAVEPOINT step', 'RELEASE step', 'ROLLBACK TO step; RELEASE step', work);
  }

  /** Everything that `work` reads belongs to one moment. May be called inside itself or inside a transaction. */
  snapshot<T>(work: () => T): T {
    if (this.connection.inTransaction) return work();
    return this.between('BEGIN DEFERRED', 'COMMIT', 'ROLLBACK', work);
  }

  close(): void {
    this.statements.clear();
    this.arrayStatements.clear();
    this.connection.close();
  }

  get isOpen(): boolean {
    return this.connection.open;
  }

  private between<T>(begin: string, end: string, undo: string, work: () => T): T {
    this.connection.exec(begin);
    try {
      const result = work();
      this.connection.exec(end);
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk): a second rollback would hide the cause.
      if (this.connection.inTransaction) this.connection.exec(undo);
      throw error;
    }
  }
}
