/**
 * Puts events of another log into one in PostgreSQL as they are. Each page is judged without a lock, by the rules that all
 * stores share, and written by one call that takes the lock of the log and goes on only if nothing was committed since. So a
 * service that appends at the same time is never overwritten and never held up; it makes the next page refused.
 */
import {
  EventStoreError,
  idTaken,
  judgePlacing,
  LogImport,
  type Position,
  type Revision,
  type StoredEvent,
} from '#lib/event-store';
import { pauseAfterFailure } from './backoff.js';
import { Connection, type Question } from './connection.js';
import { arrayOf, EventColumns } from './event-columns.js';
import { isRolledBack, kindOfFailure, textOf, unavailable } from './failures.js';
import { KindIds } from './kind-ids.js';
import { checkedUrl, NUMBERING_DEFAULT, prepareLog, quotedSchema, SCHEMA_DEFAULT } from './open-log.js';
import { storedText } from './stored-text.js';

/** How long a page is tried again. */
export const PLACE_PATIENCE_ms = 10_000;

export interface PostgresLogImportOptions {
  readonly url: string;
  /** Default `tallystick`. */
  readonly schema?: string;
}

interface Facts {
  readonly head: { readonly position: Position; readonly recordedAt_ms: number } | null;
  readonly revisions: ReadonlyMap<string, Revision>;
  readonly taken: ReadonlySet<string>;
}

export class PostgresLogImport extends LogImport {
  override readonly keepsPositions = true;
  readonly #connection: Connection;
  readonly #kinds: KindIds;
  readonly #questions: ReturnType<typeof questionsFor>;
  #isClosed = false;

  private constructor(url: string, schema: string) {
    super();
    const quoted = quotedSchema(schema);
    this.#kinds = new KindIds(quoted);
    this.#questions = questionsFor(quoted);
    this.#connection = new Connection(
      { url, applicationName: 'tallystick log import' },
      { onLoss: () => this.#kinds.forget() },
    );
  }

  /**
   * Opens the log, and makes its schema when it is not there.
   * @throws StoreUnavailable, EventStoreError `STORE_NEWER_THAN_PROGRAM`, Error as `PostgresEventStore.open`
   */
  static async open({ url, schema = SCHEMA_DEFAULT }: PostgresLogImportOptions): Promise<PostgresLogImport> {
    const options = { url: checkedUrl(url), applicationName: 'tallystick log import' };
    quotedSchema(schema);
    await prepareLog(options, schema, NUMBERING_DEFAULT);
    return new PostgresLogImport(url, schema);
  }

  override async place(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return;
    const patientUntil_ms = performance.now() + PLACE_PATIENCE_ms;
    let isInDoubt = false;
    for (let failures = 0; ; failures += 1) {
      if (this.#isClosed) throw unavailable('the log import is closed');
      try {
        return await this.#placeOnce(events, isInDoubt);
      } catch (error) {
        if (error instanceof EventStoreError) throw error;
        isInDoubt ||= !isRolledBack(error);
        if (kindOfFailure(error) !== 'passing' || performance.now() > patientUntil_ms)
          throw unavailable(`PostgreSQL cannot take the events now: ${textOf(error)}`);
        await pauseAfterFailure(failures);
      }
    }
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection.close();
  }

  async #placeOnce(events: readonly StoredEvent[], isInDoubt: boolean): Promise<void> {
    for (;;) {
      const { head, revisions, taken } = await this.#facts(events);
      // An attempt whose answer was lost may have placed them. A page is placed whole or not at all.
      if (isInDoubt && events.every(({ id }) => taken.has(id))) return;
      judgePlacing(events, { head, lastRevision: (stream) => revisions.get(stream) ?? null });
      const seen = new Set(taken);
      for (const event of events) {
        if (seen.has(event.id)) throw idTaken(event);
        seen.add(event.id);
      }
      await this.#kinds.learn(this.#connection, events);
      const values = parametersOf(events, head?.position ?? null, this.#kinds);
      const [row] = await this.#connection.ask<[boolean]>(this.#questions.place, values);
      if (row![0]) return;
    }
  }

  /** The head first: what is committed behind it is noticed under the lock. */
  async #facts(events: readonly StoredEvent[]): Promise<Facts> {
    const [head] = await this.#connection.ask<[bigint, bigint]>(this.#questions.head);
    const rows = await this.#connection.ask<[string | null, string | null, bigint | null]>(this.#questions.facts, [
      [...new Set(events.map((event) => event.stream))],
      // Ids out of form are refused by the judgement, with the right error; they are not the database's business.
      arrayOf(events.map((event) => event.id).filter((id) => UUID_PATTERN.test(id))),
    ]);
    const revisions = new Map<string, Revision>();
    const taken = new Set<string>();
    for (const [id, stream, revision] of rows)
      if (id !== null) taken.add(id);
      else revisions.set(stream!, revision!);
    return { head: head ? { position: head[0], recordedAt_ms: Number(head[1]) } : null, revisions, taken };
  }
}

const UUID_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parametersOf(events: readonly StoredEvent[], head: Position | null, kinds: KindIds): unknown[] {
  const streams = new Map<string, number>();
  const columns = new EventColumns();
  for (const event of events) {
    const { id, stream, type, schemaVersion, revision } = event;
    const index = streams.get(stream) ?? streams.size + 1;
    streams.set(stream, index);
    const metadata = JSON.stringify(event.metadata);
    columns.add(
      { id, schemaVersion, stored: storedText(event.data), metadata },
      index,
      revision,
      kinds.of(stream, type),
    );
  }
  const times = arrayOf(events.map((event) => event.recordedAt_ms));
  return [head, events[0]!.position - 1n, times, [...streams.keys()], ...columns.parameters()];
}

function questionsFor(schema: string): Readonly<Record<'head' | 'facts' | 'place', Question>> {
  return {
    head: {
      name: 'head',
      text: `SELECT e.position, e.recorded_at_ms FROM ${schema}.events e ORDER BY e.position DESC LIMIT 1`,
    },
    facts: {
      name: 'placing_facts',
      text: `SELECT NULL::uuid, n.name, l.revision
        FROM unnest($1::text[]) n (name) JOIN ${schema}.streams s ON s.name = n.name
        CROSS JOIN LATERAL (
          SELECT e.revision FROM ${schema}.events e WHERE e.stream_id = s.id ORDER BY e.revision DESC LIMIT 1
        ) l
        UNION ALL
        SELECT e.id, NULL, NULL FROM ${schema}.events e WHERE e.id = ANY ($2::uuid[])`,
    },
    place: {
      name: 'place_events',
      text: `SELECT ${schema}.place_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    },
  };
}
