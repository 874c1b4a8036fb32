/**
 * Group commit: many waiting appends become one SQLite transaction with one fsync. Every append is judged against the
 * database inside the transaction and before anything of it is written, so a refused one leaves no trace and its neighbours
 * commit. Positions continue from the highest one in the file, read in the same transaction: a group that fails burns none.
 */
import type Database from 'better-sqlite3';
import { judgeAppend, type AppendResult, type LogLookups, type PlacedEvent } from '#lib/event-store';
import { LogFailure, NotWritten } from './writer-failures.js';
import { categoryOf } from './schema.js';
import {
  refusalOf,
  type Answer,
  type AppendRequest,
  type CommitStatistics,
  type EventToWrite,
  type Numbering,
} from './wire.js';
import { isBusy } from './writer-lock.js';

interface Tail {
  position: bigint;
  recordedAt_ms: number;
}

type PlacedRow = [string, bigint, bigint, bigint, string, bigint, string];

export class GroupWriter {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #kindIds = new Map<string, bigint>();

  constructor(
    db: Database.Database,
    readonly numbering: Numbering,
    /** Called after each durable commit; keeps the write-ahead log short. */
    readonly shortenWal: () => void,
    readonly now: () => number = Date.now,
  ) {
    this.#statements = prepare(db);
  }

  /**
   * Writes the group durably and answers each of its appends, in order.
   * @throws NotWritten when nothing was written and a later group may succeed
   * @throws LogFailure when the disk can no longer be trusted: the store must stop
   */
  commit(group: readonly AppendRequest[]): { answers: Answer[]; statistics: CommitStatistics } {
    const begun_ms = performance.now();
    const { answers, tail } = this.#inTransaction(() => {
      const tail = this.#readTail();
      return { answers: group.map((request) => this.#answer(request, tail)), tail };
    });
    const written_ms = performance.now();
    this.#commit();
    const ended_ms = performance.now();
    return {
      answers,
      statistics: {
        ...measure(group, answers),
        head: tail.position,
        duration_ms: ended_ms - begun_ms,
        fsync_ms: ended_ms - written_ms,
      },
    };
  }

  #inTransaction<Result>(work: () => Result): Result {
    try {
      this.#statements.begin.run();
    } catch (error) {
      throw isBusy(error) ? new NotWritten('the log file is locked by another program', error) : new LogFailure(error);
    }
    try {
      return work();
    } catch (error) {
      this.#rollBack(error);
      throw isPassing(error) ? new NotWritten('the log cannot grow: no space left', error) : new LogFailure(error);
    }
  }

  /** After a failed COMMIT or fsync nobody knows what the disk holds; trying again could acknowledge what is not there. */
  #commit(): void {
    try {
      this.#statements.commit.run();
      // The group is durable by now. But a disk that refuses here is not one to acknowledge the next group on.
      this.shortenWal();
    } catch (error) {
      throw new LogFailure(error);
    }
  }

  #rollBack(cause: unknown): void {
    this.#kindIds.clear();
    try {
      this.#statements.rollback.run();
    } catch (error) {
      // SQLite has rolled back by itself after some errors; then there is nothing to roll back, and that is fine.
      if (!(error instanceof Error && error.message.includes('no transaction is active'))) throw new LogFailure(cause);
    }
  }

  #readTail(): Tail {
    const row = this.#statements.tail.get() as [bigint, bigint] | undefined;
    const position = row?.[0] ?? this.numbering.firstPosition - 1n;
    return { position, recordedAt_ms: Math.max(Number(row?.[1] ?? 0n), this.now()) };
  }

  #answer(request: AppendRequest, tail: Tail): Answer {
    try {
      const { stream, expected, events } = request;
      const judgement = judgeAppend(stream, expected, events, this.#lookups);
      return judgement.outcome === 'replayed'
        ? replayOf(judgement.first, judgement.last)
        : this.#write(stream, judgement.lastRevision, events, tail);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return refusal;
    }
  }

  #write(stream: string, lastRevision: bigint | null, events: readonly EventToWrite[], tail: Tail): AppendResult {
    const streamId = this.#streamId(stream) ?? this.#statements.insertStream.run(stream).lastInsertRowid;
    const firstRevision = lastRevision === null ? this.numbering.firstRevision : lastRevision + 1n;
    const category = categoryOf(stream);
    const { recordedAt_ms } = tail;
    let revision = firstRevision - 1n;
    for (const event of events) {
      revision += 1n;
      tail.position += 1n;
      const kindId = this.#kindId(category, event.type);
      const { schemaVersion, metadata, data } = event;
      const id = bytesOfUuid(event.id);
      const place = [tail.position, streamId, revision, kindId] as const;
      this.#statements.insertEvent.run(...place, schemaVersion, recordedAt_ms, id, metadata, data);
    }
    return { outcome: 'appended', firstRevision, lastRevision: revision, position: tail.position, recordedAt_ms };
  }

  #streamId(stream: string): bigint | null {
    return (this.#statements.streamId.get(stream) as bigint | undefined) ?? null;
  }

  #kindId(category: string, type: string): bigint {
    const key = `${category}\n${type}`;
    let id = this.#kindIds.get(key) ?? (this.#statements.kindId.get(category, type) as bigint | undefined);
    id ??= BigInt(this.#statements.insertKind.run(category, type).lastInsertRowid);
    this.#kindIds.set(key, id);
    return id;
  }

  readonly #lookups: LogLookups = {
    findEvent: (id) => {
      const row = this.#statements.eventById.get(bytesOfUuid(id)) as PlacedRow | undefined;
      if (row === undefined) return null;
      const [stream, revision, position, recordedAt_ms, type, schemaVersion, data] = row;
      const placed = { stream, revision, position, type, data };
      return { ...placed, recordedAt_ms: Number(recordedAt_ms), schemaVersion: Number(schemaVersion) };
    },
    lastRevision: (stream) => (this.#statements.lastRevision.get(stream) as bigint | undefined) ?? null,
  };
}

function replayOf(first: PlacedEvent, last: PlacedEvent): AppendResult {
  return {
    outcome: 'replayed',
    firstRevision: first.revision,
    lastRevision: last.revision,
    position: last.position,
    recordedAt_ms: last.recordedAt_ms,
  };
}

/** Disk full (and the page limit of tests): SQLite rolls back cleanly, and there may be space again later. */
function isPassing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'SQLITE_FULL';
}

/** Refused and replayed appends are left out: they wrote nothing. */
function measure(
  group: readonly AppendRequest[],
  answers: readonly Answer[],
): Pick<CommitStatistics, 'appends' | 'events' | 'bytes'> {
  const counts = { appends: 0, events: 0, bytes: 0 };
  group.forEach((request, index) => {
    const answer = answers[index]!;
    if ('why' in answer || answer.outcome !== 'appended') return;
    counts.appends += 1;
    counts.events += request.events.length;
    counts.bytes += sizeOf(request);
  });
  return counts;
}

/** Data and metadata of an append, in UTF-16 code units. */
export function sizeOf(request: AppendRequest): number {
  return request.events.reduce((size, event) => size + event.data.length + event.metadata.length, 0);
}

const bytesOfUuid = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function prepare(db: Database.Database) {
  const exact = (sql: string): Database.Statement => db.prepare(sql).safeIntegers();
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    tail: exact('SELECT position, recorded_at_ms FROM events ORDER BY position DESC LIMIT 1').raw(),
    streamId: exact('SELECT id FROM streams WHERE name = ?').pluck(),
    insertStream: exact('INSERT INTO streams (name) VALUES (?)'),
    kindId: exact('SELECT id FROM kinds WHERE category = ? AND type = ?').pluck(),
    insertKind: exact('INSERT INTO kinds (category, type) VALUES (?, ?)'),
    lastRevision: exact(
      `SELECT revision FROM events WHERE stream_id = (SELECT id FROM streams WHERE name = ?)
       ORDER BY revision DESC LIMIT 1`,
    ).pluck(),
    eventById: exact(
      `SELECT s.name, e.revision, e.position, e.recorded_at_ms, k.type, e.schema_version, e.data
       FROM events e JOIN streams s ON s.id = e.stream_id JOIN kinds k ON k.id = e.kind_id WHERE e.id = ?`,
    ).raw(),
    insertEvent: db.prepare(
      `INSERT INTO events (position, stream_id, revision, kind_id, schema_version, recorded_at_ms, id, metadata, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
