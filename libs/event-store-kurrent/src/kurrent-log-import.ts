/**
 * Moving a log into EventStoreDB. The server numbers positions and stamps times by itself, so the recorded time of the other
 * log goes into the user metadata, where reading finds it (`event-mapping.ts`). Events are written in order, neighbours of
 * one stream together, each time behind an explicit revision: what stands there after a crash is a prefix, and a write whose
 * answer was lost can be repeated.
 */
import { randomUUID } from 'node:crypto';
import {
  EVENTS_PER_APPEND_MAX,
  idTaken,
  judgePlacing,
  LogImport,
  NotNextInLog,
  type PlacingLookups,
  type Revision,
  type StoredEvent,
} from '#lib/event-store';
import { callCredentialsOf, clientFor, closeClient, refuseSystemNames } from './connection.js';
import { isSystemEvent, toEventData, toStoredEvent } from './event-mapping.js';
import { appendFailure, currentRevisionIn, readFailure, unavailable } from './failures.js';
import { ServerLog } from './server-log.js';
import { StreamMemory } from './stream-memory.js';
import { APPEND_SIZE_DEFAULT_bytes, GIVE_UP_AFTER_DEFAULT_ms, sizeOf, writeAt } from './write-at.js';

export interface KurrentLogImportOptions {
  readonly connectionString: string;
  /** As for the store: the server's MaxAppendSize. */
  readonly appendSize_max_bytes?: number;
  readonly giveUpAfter_ms?: number;
}

type Head = PlacingLookups['head'];

export class KurrentLogImport extends LogImport {
  override readonly keepsPositions = false;
  readonly #log: ServerLog;
  readonly #options: KurrentLogImportOptions;
  readonly #memory = new StreamMemory();
  #head: Head | undefined;
  #closed: Promise<void> | null = null;

  private constructor(options: KurrentLogImportOptions) {
    super();
    this.#options = options;
    this.#log = new ServerLog(clientFor(options.connectionString));
  }

  /**
   * Connects, and reads where the log ends.
   * @throws StoreUnavailable when no server answers
   */
  static async open(options: KurrentLogImportOptions): Promise<KurrentLogImport> {
    const target = new KurrentLogImport(options);
    try {
      target.#head = await target.#readHead();
      return target;
    } catch (error) {
      await target.close();
      throw readFailure(error);
    }
  }

  /**
   * Ids are known to be new as far as memory reaches: the newest of each stream, and those of this import.
   * @throws as the port says
   */
  override async place(events: readonly StoredEvent[]): Promise<void> {
    if (this.#closed !== null) throw unavailable('the import is closed');
    try {
      this.#head ??= await this.#readHead();
      const lastRevisions = await this.#lastRevisions(events);
      const log = { head: this.#head, lastRevision: (stream: string) => lastRevisions.get(stream) ?? null };
      judgePlacing(events, log, this.keepsPositions);
      this.#refuseKnownIds(events);
      for (const { stream, type } of events) refuseSystemNames(stream, [{ type }]);
      for (const group of this.#groups(events)) await this.#write(group);
    } catch (error) {
      throw readFailure(error);
    }
  }

  override close(): Promise<void> {
    this.#closed ??= closeClient(this.#log.client);
    return this.#closed;
  }

  async #readHead(): Promise<Head> {
    for await (const read of this.#log.readAll('backwards', undefined))
      if (!isSystemEvent(read.event)) return toStoredEvent(read);
    return null;
  }

  async #lastRevisions(events: readonly StoredEvent[]): Promise<Map<string, Revision | null>> {
    const last = new Map<string, Revision | null>();
    for (const { stream } of events)
      if (!last.has(stream)) last.set(stream, (this.#memory.tailOf(stream) ?? (await this.#learn(stream))).last);
    return last;
  }

  async #learn(stream: string): Promise<{ readonly last: Revision | null }> {
    const newest: { id: string; revision: Revision }[] = [];
    const { window_events } = this.#memory;
    for await (const { event } of this.#log.readStream(stream, 'backwards', undefined, window_events, true))
      newest.push({ id: event.id.toLowerCase(), revision: event.revision });
    return this.#memory.learn(stream, newest.reverse());
  }

  #refuseKnownIds(events: readonly StoredEvent[]): void {
    const ids = new Set<string>();
    for (const event of events) {
      if (ids.has(event.id) || this.#memory.streamOf(event.id) !== undefined) throw idTaken(event);
      ids.add(event.id);
    }
  }

  /** Neighbours of one stream, as many as one append takes. */
  *#groups(events: readonly StoredEvent[]): Generator<[StoredEvent, ...StoredEvent[]]> {
    const size_max_bytes = this.#options.appendSize_max_bytes ?? APPEND_SIZE_DEFAULT_bytes;
    let group: StoredEvent[] = [];
    let size_bytes = 0;
    for (const event of events) {
      const more_bytes = sizeOf([event]);
      const fits = group.length < EVENTS_PER_APPEND_MAX && size_bytes + more_bytes <= size_max_bytes;
      if (group.length > 0 && (group[0]!.stream !== event.stream || !fits)) {
        yield group as [StoredEvent, ...StoredEvent[]];
        group = [];
        size_bytes = 0;
      }
      group.push(event);
      size_bytes += more_bytes;
    }
    if (group.length > 0) yield group as [StoredEvent, ...StoredEvent[]];
  }

  async #write(group: [StoredEvent, ...StoredEvent[]]): Promise<void> {
    const [{ stream, revision }] = group;
    const append = randomUUID();
    const data = group.map((event) => toEventData(event, { append, recordedAt_ms: event.recordedAt_ms }));
    const { connectionString, giveUpAfter_ms = GIVE_UP_AFTER_DEFAULT_ms } = this.#options;
    const options = { log: this.#log, giveUpAfter_ms, credentials: callCredentialsOf(connectionString) };
    try {
      await writeAt(options, stream, revision === 0n ? null : revision - 1n, data);
    } catch (error) {
      // Whether it was written is not known: everything is read again before the next page.
      this.#memory.forget(stream);
      this.#head = undefined;
      const current = currentRevisionIn(error);
      if (current !== undefined) throw new NotNextInLog(group[0], `its stream is at ${String(current)}`);
      throw appendFailure(error, stream, sizeOf(group));
    }
    this.#memory.extend(stream, group);
    const { position, recordedAt_ms } = group.at(-1)!;
    this.#head = { position, recordedAt_ms };
  }
}
