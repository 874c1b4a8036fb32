import { join } from 'node:path';
import Database from 'better-sqlite3';
import { OwnershipLost } from './errors.js';

/** No `.db`: it is no generation, and goes when the folder goes. */
const FILE = 'ownership';
/** How long to wait for an owner that is just moving the pointer. One that was frozen in that moment holds it up. */
const BUSY_TIMEOUT_ms = 5_000;

/**
 * Who may move the pointer of a folder of views, and delete files in it. Whoever takes it over raises the epoch; an owner
 * that was asleep then finds out before it has changed anything. The epoch in the checkpoint of a generation guards the
 * tables of that generation; this one guards what lies between generations. Without it, an owner that was frozen while it
 * rebuilt would make a generation the live one whose file its successor has deleted.
 */
export class FolderOwnership {
  private constructor(
    private readonly connection: Database.Database,
    private readonly epoch: number,
  ) {}

  /** Makes the caller the only one from now on. The folder must exist. */
  static take(folder: string): FolderOwnership {
    const connection = new Database(join(folder, FILE), { timeout: BUSY_TIMEOUT_ms });
    try {
      connection.exec(
        'CREATE TABLE IF NOT EXISTS ownership (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL)',
      );
      const raise =
        'INSERT INTO ownership VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch';
      return new FolderOwnership(connection, connection.prepare(raise).pluck().get() as number);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /**
   * Runs `work`, during which nobody else can become the owner. Keep it short.
   * @throws OwnershipLost when somebody else has; then `work` was not run
   */
  whileOwned<Result>(work: () => Result): Result {
    const { connection, epoch } = this;
    if (!connection.open) throw new OwnershipLost('the views were given up');
    connection.exec('BEGIN IMMEDIATE');
    try {
      const now = connection.prepare('SELECT epoch FROM ownership WHERE id = 1').pluck().get() as number;
      if (now !== epoch) throw new OwnershipLost(`owner ${now} has taken the views over from owner ${epoch}`);
      return work();
    } finally {
      // Nothing was written: the transaction is only held as a lock.
      connection.exec('ROLLBACK');
    }
  }

  close(): void {
    this.connection.close();
  }
}
