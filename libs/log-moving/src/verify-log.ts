import type { Position, Revision, StoredEvent, Upcasters } from '#lib/event-store';
import { DeepCheck } from './deep-check.js';
import { eventsUpTo } from './digest-log.js';
import { LogDigest, type LogDigestValue } from './event-digest.js';
import { IdFilter } from './id-check.js';
import { eventsBetween, headOf, type LogSide } from './log-side.js';
import { silent, type OnProgress } from './progress.js';
import { Stopped } from './errors.js';

export interface LogProblem {
  /**
   * - `POSITION`: a gap, a repetition or a step back; `REVISION`: the same within a stream; `TIME`: recorded before its
   *   predecessor; `ID`: an id that is there twice; `DATA`: no JSON
   * - `UNFOLLOWABLE` (deep): the program cannot decode it, or its decider does not know what to do with it
   * - `UNREADABLE`: the store could not read on; nothing beyond was verified
   */
  readonly code: 'POSITION' | 'REVISION' | 'TIME' | 'ID' | 'DATA' | 'UNFOLLOWABLE' | 'UNREADABLE';
  readonly position: Position | null;
  readonly message: string;
}

export interface VerifyResult {
  readonly digest: LogDigestValue;
  readonly streams: number;
  /** The first ones, at most `PROBLEMS_LISTED_MAX`. */
  readonly problems: readonly LogProblem[];
  readonly problemCount: number;
  /** False when the log has so many events that not all suspected ids could be counted. */
  readonly areIdsComplete: boolean;
  /** Deep only: events of types that this program does not know. That is no problem of the log. */
  readonly unknownTypes: ReadonlyMap<string, number>;
}

export interface VerifyOptions {
  /** Also decode every event and fold every stream. */
  readonly isDeep?: boolean;
  readonly upcasters?: Upcasters;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export const PROBLEMS_LISTED_MAX = 100;
/** Where the id filter does not know how long the log is. */
const EVENTS_EXPECTED_OTHERWISE = 10_000_000;
const FIRST_POSITION: Position = 1n;
const FIRST_REVISION: Revision = 0n;

/**
 * Reads a log from its beginning to its newest event and says what is wrong with it. Memory grows with the number of
 * streams (about 100 bytes each), not of events.
 * @throws Stopped
 */
export async function verifyLog(side: LogSide, options: VerifyOptions = {}): Promise<VerifyResult> {
  const until = await headOf(side);
  const verification = new Verification(side, eventsUpTo(side, until), options);
  try {
    for await (const event of eventsBetween(side, undefined, until, options.signal)) verification.take(event);
    await verification.countSuspects(eventsBetween(side, undefined, until, options.signal));
  } catch (error) {
    if (error instanceof Stopped) throw error;
    verification.report('UNREADABLE', null, `reading stopped after ${verification.place}: ${(error as Error).message}`);
  }
  return verification.result();
}

class Verification {
  readonly #digest = new LogDigest();
  readonly #ids: IdFilter;
  readonly #deep: DeepCheck | null;
  readonly #revisions = new Map<string, Revision>();
  readonly #problems: LogProblem[] = [];
  #problemCount = 0;
  #last: StoredEvent | null = null;

  constructor(
    readonly side: LogSide,
    readonly eventsTotal: number | null,
    readonly options: VerifyOptions,
  ) {
    this.#ids = new IdFilter(eventsTotal ?? EVENTS_EXPECTED_OTHERWISE);
    this.#deep = options.isDeep ? new DeepCheck(options.upcasters) : null;
  }

  /** Where the reading is, in words. */
  get place(): string {
    return this.#last === null ? 'nothing' : `position ${this.#last.position}`;
  }

  report(code: LogProblem['code'], position: Position | null, message: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_LISTED_MAX) this.#problems.push({ code, position, message });
  }

  take(event: StoredEvent): void {
    this.#checkPlace(event);
    this.#checkData(event);
    this.#ids.add(event.id);
    this.#digest.add(event);
    this.#last = event;
    const { onProgress = silent } = this.options;
    onProgress({ phase: 'checking', ...this.#digest.counts(), eventsTotal: this.eventsTotal });
  }

  #checkPlace({ position, stream, revision, recordedAt_ms }: StoredEvent): void {
    const before = this.#last;
    if (this.side.hasDensePositions) {
      const expected = before === null ? FIRST_POSITION : before.position + 1n;
      if (position !== expected) this.report('POSITION', position, `position ${position} where ${expected} is due`);
    } else if (before !== null && position <= before.position)
      this.report('POSITION', position, `position ${position} after ${before.position}`);
    const last = this.#revisions.get(stream);
    const due = last === undefined ? FIRST_REVISION : last + 1n;
    if (revision !== due) this.report('REVISION', position, `${stream} has revision ${revision} where ${due} is due`);
    this.#revisions.set(stream, revision);
    if (before !== null && recordedAt_ms < before.recordedAt_ms)
      this.report('TIME', position, `recorded at ${recordedAt_ms}, before its predecessor at ${before.recordedAt_ms}`);
  }

  #checkData(event: StoredEvent): void {
    const problem = this.#deep?.problemOf(event) ?? null;
    if (problem !== null) return this.report('UNFOLLOWABLE', event.position, `${event.type} ${event.id}: ${problem}`);
    try {
      JSON.parse(event.data);
    } catch (error) {
      this.report('DATA', event.position, `data of ${event.type} ${event.id} are no JSON: ${(error as Error).message}`);
    }
  }

  /** Reads the log again when ids may be there twice, and reports those that are. */
  async countSuspects(events: AsyncIterable<StoredEvent>): Promise<void> {
    const { suspects } = this.#ids;
    if (suspects.size === 0) return;
    const firstPlaces = new Map<string, Position>();
    for await (const { id, position } of events) {
      if (!suspects.has(id)) continue;
      const first = firstPlaces.get(id);
      if (first === undefined) firstPlaces.set(id, position);
      else this.report('ID', position, `id ${id} is at position ${first} already`);
    }
  }

  result(): VerifyResult {
    return {
      digest: this.#digest.value(),
      streams: this.#revisions.size,
      problems: this.#problems,
      problemCount: this.#problemCount,
      areIdsComplete: this.#ids.isComplete,
      unknownTypes: this.#deep?.unknownTypes ?? new Map(),
    };
  }
}
