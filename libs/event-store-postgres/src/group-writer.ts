/**
 * Writes a group of appends in one transaction that begins and ends in the server: one question, one answer. Nothing is ever
 * open between two messages, so a process that stands still (or is killed) holds no lock. When the group turns out to hold
 * repetitions or conflicts, the facts are asked for and the rest is written by a second question.
 */
import type { AppendResult, Position, Revision } from '#lib/event-store';
import type { Connection, Question } from './connection.js';
import {
  planBlind,
  planKnowing,
  type AppendToWrite,
  type Facts,
  type GroupPlan,
  type KnownEvent,
  type StreamPlan,
} from './group-plan.js';
import { KindIds } from './kind-ids.js';
import { parametersOf, resultsOf, type GroupAnswer } from './group-request.js';
import { originalText } from './stored-text.js';

export interface WrittenGroup<Append> {
  readonly answered: { readonly append: Append; readonly answer: AppendResult | Error }[];
  /** They must come again, with the next group. */
  readonly postponed: Append[];
  /** Of what was written; zero when there was nothing to write. */
  readonly appends: number;
  readonly events: number;
  /** The newest position after this group; null when nothing was written. */
  readonly head: Position | null;
}

type FactRow = [
  id: string | null,
  stream: string,
  revision: bigint,
  position: bigint,
  recordedAt_ms: bigint,
  type: string,
  schemaVersion: bigint,
  form: number,
  data: string | null,
  metadata: string,
];

export class GroupWriter {
  readonly #connection: Connection;
  readonly #questions: ReturnType<typeof questionsFor>;
  readonly #firstRevision: Revision;
  readonly #kinds: KindIds;

  /** @param schema quoted */
  constructor(connection: Connection, schema: string, firstRevision: Revision) {
    this.#connection = connection;
    this.#questions = questionsFor(schema);
    this.#kinds = new KindIds(schema);
    this.#firstRevision = firstRevision;
  }

  /** Another server may have taken over, and lack what the old one had not yet told it. */
  forget(): void {
    this.#kinds.forget();
  }

  /**
   * Answers each append of the group after the durable commit.
   * @throws Error of the driver when the group came to nothing, or when nobody knows (see failures.ts)
   */
  async write<Append extends AppendToWrite>(group: readonly Append[]): Promise<WrittenGroup<Append>> {
    let plan = planBlind(group);
    // Ends: whoever is found refused or repeated stays so, and an append that expects nothing of its stream is always taken.
    for (;;) {
      const answer = plan === null ? null : await this.#ask(plan);
      if (plan !== null && answer !== null) return written(plan, answer, this.#firstRevision);
      plan = planKnowing(group, await this.#facts(group), this.#firstRevision);
      if (plan.writes.length === 0) return unwritten(plan);
    }
  }

  async #ask<Append extends AppendToWrite>(plan: GroupPlan<Append>): Promise<GroupAnswer | null> {
    await this.#kinds.learn(this.#connection, eventsOf(plan));
    const values = parametersOf(plan, this.#kinds);
    const [row] = await this.#connection.ask<[GroupAnswer | null]>(this.#questions.append, values);
    return row![0];
  }

  async #facts(group: readonly AppendToWrite[]): Promise<Facts> {
    const events = group.flatMap((append) => append.events);
    const rows = await this.#connection.ask<FactRow>(this.#questions.facts, [
      [...new Set(group.map((append) => append.stream))],
      `{${events.map((event) => event.id).join()}}`,
      `{${events.map((event) => Buffer.byteLength(event.stored.text)).join()}}`,
    ]);
    const byId = new Map<string, KnownEvent>();
    const byStream = new Map<string, Revision>();
    for (const row of rows)
      if (row[0] === null) byStream.set(row[1], row[2]);
      else byId.set(row[0], knownEvent(row));
    return {
      findEvent: (id) => byId.get(id) ?? null,
      lastRevision: (stream) => byStream.get(stream) ?? null,
    };
  }
}

function* eventsOf({ writes }: GroupPlan<AppendToWrite>): Generator<{ stream: string; type: string }> {
  for (const { append } of writes) for (const { type } of append.events) yield { stream: append.stream, type };
}

function knownEvent(row: FactRow): KnownEvent {
  const [, stream, revision, position, recordedAt_ms, type, schemaVersion, form, data, metadata] = row;
  return {
    stream,
    revision,
    position,
    recordedAt_ms: Number(recordedAt_ms),
    type,
    schemaVersion: Number(schemaVersion),
    data: data === null ? OTHER_SIZE : originalText(data, form),
    metadata,
  };
}

/**
 * Stands for data that was not fetched, because its size alone shows that it is another. It is longer than any data may be,
 * so that no data equals it.
 */
const OTHER_SIZE = ' '.repeat(1024 * 1024);

const countEvents = (streams: readonly StreamPlan[]): number => streams.reduce((sum, { events }) => sum + events, 0);

function written<Append extends AppendToWrite>(
  plan: GroupPlan<Append>,
  answer: GroupAnswer,
  firstRevision: Revision,
): WrittenGroup<Append> {
  const { streams, writes, answered, postponed } = plan;
  const events = countEvents(streams);
  const head = answer[0] + BigInt(events);
  const results = resultsOf(writes, answer, firstRevision);
  return { answered: [...answered, ...results], postponed, appends: writes.length, events, head };
}

const unwritten = <Append>({ answered, postponed }: GroupPlan<Append>): WrittenGroup<Append> => ({
  answered,
  postponed,
  appends: 0,
  events: 0,
  head: null,
});

function questionsFor(schema: string): Readonly<Record<'append' | 'facts', Question>> {
  return {
    append: {
      name: 'append_group',
      text: `SELECT ${schema}.append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    },
    // One statement, one snapshot: a repetition that moved a stream is seen together with the stream.
    facts: {
      name: 'facts',
      text: `SELECT NULL::uuid, n.name, l.revision, NULL::bigint, NULL::bigint, NULL, NULL::bigint, NULL::smallint,
          NULL, NULL
        FROM unnest($1::text[]) n (name) JOIN ${schema}.streams s ON s.name = n.name
        CROSS JOIN LATERAL (
          SELECT e.revision FROM ${schema}.events e WHERE e.stream_id = s.id ORDER BY e.revision DESC LIMIT 1
        ) l
        UNION ALL
        SELECT e.id, s.name, e.revision, e.position, e.recorded_at_ms, k.type, e.schema_version, e.data_form,
          CASE WHEN octet_length(e.data) = i.size THEN e.data END, e.metadata
        FROM unnest($2::uuid[], $3::integer[]) i (id, size) JOIN ${schema}.events e ON e.id = i.id
        JOIN ${schema}.streams s ON s.id = e.stream_id JOIN ${schema}.kinds k ON k.id = e.kind_id`,
    },
  };
}
