/**
 * The rules of `append` as pure functions, so that every adapter that can look into its own log inside its own
 * transaction (memory, SQLite, PostgreSQL) judges alike. Identity is judged before the expected revision: a caller that
 * repeats an append after a lost answer must hear `replayed`, not that it lost a race against itself.
 */
import { EventIdConflict, EventStoreError, WrongExpectedRevision } from './errors.js';
import {
  EVENT_DATA_SIZE_MAX_bytes,
  EVENTS_PER_APPEND_MAX,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type Revision,
} from './port.js';

/** Longest name of a stream or an event type, in UTF-16 code units. */
export const NAME_LENGTH_MAX = 256;

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
// A lone surrogate has no UTF-8 form, so it would read back as another name; control characters have no place in a name.
const NAME_PATTERN = /^[^\p{Surrogate}\p{Cc}]+$/u;
/** UTF-8 takes at most so many bytes for one UTF-16 code unit. */
const UTF8_PER_CODE_UNIT_MAX_bytes = 3;

/** An event that is in the log already, as far as identity is concerned. */
export interface PlacedEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  readonly recordedAt_ms: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
}

/** What an adapter must be able to tell about its log, from inside the transaction that will append. */
export interface LogLookups {
  findEvent(id: string): PlacedEvent | null;
  lastRevision(stream: string): Revision | null;
}

export type AppendJudgement =
  | { readonly outcome: 'replayed'; readonly first: PlacedEvent; readonly last: PlacedEvent }
  | { readonly outcome: 'append'; readonly lastRevision: Revision | null };

/**
 * Refuses what no store may take: an empty or oversized batch, names, ids and versions out of form, too large data.
 * @throws EventStoreError with `EMPTY_APPEND`, `INVALID_EVENT` or `EVENT_TOO_LARGE`
 */
export function validateAppend(stream: string, events: readonly NewEvent[]): void {
  if (events.length === 0) throw new EventStoreError('EMPTY_APPEND', 'an append needs at least one event');
  if (events.length > EVENTS_PER_APPEND_MAX)
    throw invalidEvent(`${events.length} events in one append, at most ${EVENTS_PER_APPEND_MAX} are taken`);
  if (!isName(stream)) throw invalidEvent(`stream name ${JSON.stringify(stream)} is empty, too long or not plain text`);
  for (const event of events) validateEvent(event);
  if (events.length > 1 && new Set(events.map((event) => event.id)).size < events.length)
    throw invalidEvent('the same event id is there twice in one append');
}

function validateEvent(event: NewEvent): void {
  if (!UUID_PATTERN.test(event.id)) throw invalidEvent(`event id ${JSON.stringify(event.id)} is not a lower-case UUID`);
  if (!isName(event.type)) throw invalidEvent(`event type ${JSON.stringify(event.type)} is empty or not plain text`);
  if (!Number.isSafeInteger(event.schemaVersion) || event.schemaVersion < 1)
    throw invalidEvent(`schema version ${String(event.schemaVersion)} of ${event.type} is not a whole number from 1`);
  if (isTooLarge(event.data))
    throw new EventStoreError(
      'EVENT_TOO_LARGE',
      `data of ${event.type} ${event.id} is larger than ${EVENT_DATA_SIZE_MAX_bytes} bytes`,
    );
}

/** Counts bytes only where the length leaves a doubt: counting costs a pass over the text. */
function isTooLarge(data: string): boolean {
  if (data.length > EVENT_DATA_SIZE_MAX_bytes) return true;
  if (data.length * UTF8_PER_CODE_UNIT_MAX_bytes <= EVENT_DATA_SIZE_MAX_bytes) return false;
  return Buffer.byteLength(data) > EVENT_DATA_SIZE_MAX_bytes;
}

const isName = (text: string): boolean => text.length <= NAME_LENGTH_MAX && NAME_PATTERN.test(text);
const invalidEvent = (message: string): EventStoreError => new EventStoreError('INVALID_EVENT', message);

/**
 * Decides what an append amounts to, before anything of it is written.
 * @throws EventIdConflict, WrongExpectedRevision as the port says
 */
export function judgeAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly Pick<NewEvent, 'id' | 'type' | 'schemaVersion' | 'data'>[],
  log: LogLookups,
): AppendJudgement {
  const placed = events.map((event) => log.findEvent(event.id));
  const taken = placed.findIndex((place) => place !== null);
  if (taken >= 0) return judgeRepeat(stream, events, placed, taken);
  const lastRevision = log.lastRevision(stream);
  if (!meetsExpectation(expected, lastRevision)) throw new WrongExpectedRevision(stream, expected, lastRevision);
  return { outcome: 'append', lastRevision };
}

function judgeRepeat(
  stream: string,
  events: readonly Pick<NewEvent, 'id' | 'type' | 'schemaVersion' | 'data'>[],
  placed: readonly (PlacedEvent | null)[],
  taken: number,
): AppendJudgement {
  const first = placed[0];
  const isSame = events.every((event, index) => {
    const place = placed[index];
    return (
      first &&
      place &&
      place.stream === stream &&
      place.revision === first.revision + BigInt(index) &&
      place.type === event.type &&
      place.schemaVersion === event.schemaVersion &&
      place.data === event.data
    );
  });
  if (isSame && first) return { outcome: 'replayed', first, last: placed[placed.length - 1] ?? first };
  const obstacle = placed[taken]!;
  throw new EventIdConflict(events[taken]!.id, obstacle.stream, obstacle.revision, obstacle.position);
}

function meetsExpectation(expected: ExpectedRevision, actual: Revision | null): boolean {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return actual === null;
  if (expected === 'stream-exists') return actual !== null;
  return actual === expected;
}
