/**
 * Which appends of a group can be written together, and what must hold for that. Pure, and without a clock.
 *
 * A group is first planned blind: every event is taken to be new, and what the callers expect of the streams becomes a
 * condition that the database checks. That is right nearly always, and costs no question. When the database says that it was
 * not, the group is planned again with the facts, by the rules that all stores share (`judgeAppend`).
 *
 * Refusals and replays of a plan are given out only when its rest is written (or nothing is left to write): until then an
 * append before them may still come to nothing.
 */
import {
  judgeAppend,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  type PlacedEvent,
  type Revision,
} from '#lib/event-store';
import { CONDITION } from './schema.js';
import type { StoredText } from './stored-text.js';

export interface EventToWrite extends Pick<NewEvent, 'id' | 'type' | 'schemaVersion' | 'data'> {
  readonly stored: StoredText;
  readonly metadata: string;
}

export interface AppendToWrite {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToWrite[];
  /** It was sent, and no answer came: what is found of it in the log may be its own. */
  readonly isInDoubt: boolean;
}

export interface KnownEvent extends PlacedEvent {
  readonly metadata: string;
}

export interface Facts {
  findEvent(id: string): KnownEvent | null;
  lastRevision(stream: string): Revision | null;
}

export interface StreamPlan {
  readonly name: string;
  condition: number;
  revision: Revision;
  /** Events that the plan adds to the stream. */
  events: number;
}

export interface PlannedWrite<Append> {
  readonly append: Append;
  /** Index into the streams of the plan. */
  readonly stream: number;
  /** Events that the plan adds to the stream before this append. */
  readonly offset: number;
}

export interface GroupPlan<Append> {
  readonly streams: StreamPlan[];
  readonly writes: PlannedWrite<Append>[];
  /** Known without writing. */
  readonly answered: { readonly append: Append; readonly answer: AppendResult | Error }[];
  /**
   * They repeat an id of an append that is to be written here, so what they amount to depends on it. They never write
   * themselves once that one is in the log; that is why it is no matter that they are judged after their neighbours.
   */
  readonly postponed: Append[];
}

const REVISION_MAX = 2n ** 63n - 1n;

/** @returns null when what the callers expect cannot be said as conditions: then facts are needed */
export function planBlind<Append extends AppendToWrite>(group: readonly Append[]): GroupPlan<Append> | null {
  const drafting = new Drafting<Append>();
  for (const append of group) {
    if (drafting.postpone(append)) continue;
    const { expected } = append;
    if (!drafting.has(append.stream)) {
      if (typeof expected === 'bigint' && (expected < 0n || expected > REVISION_MAX)) return null;
      drafting.add(append, conditionOf(expected));
    } else if (expected === 'any' || expected === 'stream-exists') drafting.add(append, null);
    else return null;
  }
  return drafting.plan;
}

/** @param firstRevision where a new stream begins to count */
export function planKnowing<Append extends AppendToWrite>(
  group: readonly Append[],
  facts: Facts,
  firstRevision: Revision,
): GroupPlan<Append> {
  const drafting = new Drafting<Append>();
  for (const append of group) {
    if (drafting.postpone(append)) continue;
    const { stream, expected, events } = append;
    const base = facts.lastRevision(stream);
    const added = drafting.eventsOf(stream);
    const lastRevision = added === 0 ? base : (base ?? firstRevision - 1n) + BigInt(added);
    try {
      const lookups = { findEvent: facts.findEvent, lastRevision: () => lastRevision };
      const judgement = judgeAppend(stream, expected, events, lookups);
      if (judgement.outcome === 'append') drafting.add(append, conditionKnowing(expected, base));
      else drafting.plan.answered.push({ append, answer: replayOf(append, judgement, facts) });
    } catch (error) {
      drafting.plan.answered.push({ append, answer: error as Error });
    }
  }
  return drafting.plan;
}

interface Condition {
  readonly condition: number;
  readonly revision: Revision;
}

class Drafting<Append extends AppendToWrite> {
  readonly plan: GroupPlan<Append> = { streams: [], writes: [], answered: [], postponed: [] };
  readonly #indexes = new Map<string, number>();
  readonly #ids = new Set<string>();

  has(stream: string): boolean {
    return this.#indexes.has(stream);
  }

  eventsOf(stream: string): number {
    const index = this.#indexes.get(stream);
    return index === undefined ? 0 : this.plan.streams[index]!.events;
  }

  postpone(append: Append): boolean {
    if (!append.events.some((event) => this.#ids.has(event.id))) return false;
    this.plan.postponed.push(append);
    return true;
  }

  /** A condition counts where it is the first of its stream, or stricter than the one before. */
  add(append: Append, condition: Condition | null): void {
    let index = this.#indexes.get(append.stream);
    if (index === undefined) {
      index = this.plan.streams.length;
      this.#indexes.set(append.stream, index);
      this.plan.streams.push({ name: append.stream, condition: CONDITION.any, revision: 0n, events: 0 });
    }
    const stream = this.plan.streams[index]!;
    if (condition !== null && condition.condition !== CONDITION.any) Object.assign(stream, condition);
    this.plan.writes.push({ append, stream: index, offset: stream.events });
    stream.events += append.events.length;
    for (const event of append.events) this.#ids.add(event.id);
  }
}

function conditionOf(expected: ExpectedRevision): Condition {
  if (expected === 'any') return { condition: CONDITION.any, revision: 0n };
  if (expected === 'no-stream') return { condition: CONDITION.noStream, revision: 0n };
  if (expected === 'stream-exists') return { condition: CONDITION.streamExists, revision: 0n };
  return { condition: CONDITION.revision, revision: expected };
}

/**
 * Who expects a revision needs the stream to stand still until the commit; who does not, must not be made to: a busy stream
 * would hold it up for as long as it is busy.
 */
function conditionKnowing(expected: ExpectedRevision, base: Revision | null): Condition | null {
  if (expected === 'any' || expected === 'stream-exists') return null;
  return conditionOf(base ?? 'no-stream');
}

/**
 * An append that finds itself in the log is told `appended`, not `replayed`, when it was sent before without an answer: its
 * caller asked once, and what it shows only once (a new key) would be lost. A repetition by the caller has metadata of its own.
 */
function replayOf(
  append: AppendToWrite,
  { first, last }: { readonly first: PlacedEvent; readonly last: PlacedEvent },
  facts: Facts,
): AppendResult {
  const isOwn =
    append.isInDoubt && append.events.every(({ id, metadata }) => facts.findEvent(id)?.metadata === metadata);
  return {
    outcome: isOwn ? 'appended' : 'replayed',
    firstRevision: first.revision,
    lastRevision: last.revision,
    position: last.position,
    recordedAt_ms: last.recordedAt_ms,
  };
}
