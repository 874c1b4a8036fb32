/**
 * Tells other processes of commits, and hears of theirs (LISTEN and NOTIFY). A notice is a hint: who misses it finds the
 * commit by looking every now and then.
 *
 * The notice is sent after the commit, by a connection of its own, not inside the transaction: NOTIFY takes a lock of the
 * whole database cluster until its commit is on the disk, and would hold every other program that uses it up. And it is sent
 * at most every so often, because each notice wakes every process that listens.
 */
import type pg from 'pg';
import { pauseAfterFailure } from './backoff.js';
import { Connection, type ConnectionOptions, type Question } from './connection.js';

/** At most one notice in so long from one process. */
export const NOTICE_INTERVAL_ms = 10;

const NOTIFY: Question = { name: 'notify', text: 'SELECT pg_notify($1, $2)' };

export class CommitNotices {
  readonly #connection: Connection;
  readonly #channel: string;
  readonly #hear: () => void;
  readonly #closing = new AbortController();
  #isOpening = false;
  #unsent: bigint | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sentAt_ms = 0;

  /** @param hear called when another process committed, or may have */
  constructor(options: ConnectionOptions, schema: string, hear: () => void) {
    this.#channel = `tallystick_log:${schema}`;
    this.#hear = hear;
    this.#connection = new Connection(options, {
      onOpen: (client) => this.#listen(client),
      onLoss: () => this.keepOpen(),
    });
  }

  async #listen(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ id: number }>('SELECT pg_backend_pid() AS id');
    const ownId = rows[0]?.id;
    client.on('notification', ({ processId }) => {
      if (processId !== ownId) this.#hear();
    });
    await client.query(`LISTEN "${this.#channel}"`);
    // What was committed while nobody listened.
    this.#hear();
  }

  /** Opens the connection, and opens it again whenever it is lost, without end. */
  keepOpen(): void {
    if (this.#isOpening || this.#closing.signal.aborted) return;
    this.#isOpening = true;
    void this.#openPatiently().finally(() => (this.#isOpening = false));
  }

  async #openPatiently(): Promise<void> {
    for (let failures = 0; !this.#closing.signal.aborted; failures += 1) {
      try {
        return await this.#connection.open();
      } catch {
        await pauseAfterFailure(failures, this.#closing.signal);
      }
    }
  }

  /** Lets the others know that the log has grown to here, now or a little later. */
  publish(head: bigint): void {
    this.#unsent = head;
    if (this.#timer !== null || this.#closing.signal.aborted) return;
    const pause_ms = Math.max(0, this.#sentAt_ms + NOTICE_INTERVAL_ms - performance.now());
    this.#timer = setTimeout(() => void this.#send(), pause_ms);
  }

  async #send(): Promise<void> {
    this.#sentAt_ms = performance.now();
    const head = this.#unsent;
    this.#unsent = null;
    // A notice that cannot be sent is not repeated: the others look by themselves.
    if (head !== null) await this.#connection.ask(NOTIFY, [this.#channel, String(head)]).catch(() => undefined);
    this.#timer = null;
    if (this.#unsent !== null) this.publish(this.#unsent);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#unsent !== null) await this.#send();
    await this.#connection.close();
  }
}
