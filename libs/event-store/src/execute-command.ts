/**
 * The one way in which a decision gets into the log: load the stream, fold it, decide, append at the revision that was
 * read, and decide again when somebody was faster. Nothing is locked; the store's expected revision is the fence.
 *
 * A command id gives the ids of its events (`eventIdFrom`), so a repeated command is found in its own stream while loading
 * and answered as the first time. Deciding again would be wrong: the state is no longer the one it was decided on.
 */
import { setTimeout } from 'node:timers/promises';
import { type Decider, type DomainEventOf } from '#lib/domain';
import { followStored, type Upcasters } from './decode-event.js';
import { CommandIdConflict, ConcurrencyExhausted, EventIdConflict, WrongExpectedRevision } from './errors.js';
import { eventIdFrom, toNewEvents } from './event-ids.js';
import type { EventMetadata, EventStore, Position, Revision, StoredEvent } from './port.js';

/** Attempts to decide and append before a command is given up with `ConcurrencyExhausted`. */
export const COMMAND_ATTEMPTS_MAX = 8;
/** Upper bound of the first pause; each further one doubles it. The pause itself is random below the bound (full jitter). */
export const COMMAND_RETRY_BASE_ms = 4;
export const COMMAND_RETRY_CAP_ms = 200;

export interface CommandToExecute<Command, State, Event extends DomainEventOf<string, unknown>> {
  readonly store: EventStore;
  readonly decider: Decider<Command, State, Event>;
  readonly stream: string;
  readonly command: Command;
  /** Unique for ever for this command: an idempotency key, a CloudEvents `source`+`id`, or a new UUID. */
  readonly commandId: string;
  readonly metadata: EventMetadata;
  readonly upcasters?: Upcasters;
  /** The version in which new events of a type are written. Default: 1 for all. */
  readonly schemaVersionOf?: (type: string) => number;
  /** A number in [0, 1) for the jitter; tests give their own. */
  readonly random?: () => number;
}

export interface CommandResult<State, Event> {
  /**
   * - `appended`: the events are in the log now
   * - `replayed`: this command id took effect earlier; everything else is as it was then
   * - `unchanged`: there was nothing to decide; events is empty
   */
  readonly outcome: 'appended' | 'replayed' | 'unchanged';
  readonly events: readonly Event[];
  /** The state after these events. */
  readonly state: State;
  /** Of the last of these events; for `unchanged` of the stream's last event, null when it has none. */
  readonly revision: Revision | null;
  readonly position: Position | null;
}

/**
 * Executes a command against a stream.
 * @throws DomainError when the decider refuses
 * @throws ConcurrencyExhausted when every attempt lost a race
 * @throws CommandIdConflict when the id was used on this stream for a request with another fingerprint
 * @throws EventIdConflict when the id was used on another stream
 * @throws StreamUnreadable when the stream holds an event that cannot be followed
 * @throws StoreUnavailable when the store cannot take it now
 */
export async function executeCommand<Command, State, Event extends DomainEventOf<string, unknown>>(
  task: CommandToExecute<Command, State, Event>,
): Promise<CommandResult<State, Event>> {
  for (let attempt = 1; attempt <= COMMAND_ATTEMPTS_MAX; attempt += 1) {
    const result = await attemptCommand(task);
    if (result !== null) return result;
    if (attempt < COMMAND_ATTEMPTS_MAX) await setTimeout(retryPause_ms(attempt, task.random ?? Math.random));
  }
  throw new ConcurrencyExhausted(task.stream, COMMAND_ATTEMPTS_MAX);
}

/** One round; null when the stream changed in between and the command must be decided again. */
async function attemptCommand<Command, State, Event extends DomainEventOf<string, unknown>>(
  task: CommandToExecute<Command, State, Event>,
): Promise<CommandResult<State, Event> | null> {
  const loaded = await loadStream(task);
  if (loaded.earlier !== null) return loaded.earlier;
  const { state, revision, position } = loaded;
  const events = task.decider.decide(task.command, state);
  if (events.length === 0) return { outcome: 'unchanged', events, state, revision, position };
  const appended = await appendOrLose(task, events, revision);
  if (appended === null) return null;
  return {
    outcome: 'appended',
    events,
    state: events.reduce((before, event) => task.decider.evolve(before, event), state),
    revision: appended.revision,
    position: appended.position,
  };
}

/** Appends at the revision that was read; null when another append came first (or a twin of this very command did). */
async function appendOrLose<Command, State, Event extends DomainEventOf<string, unknown>>(
  task: CommandToExecute<Command, State, Event>,
  events: readonly Event[],
  revision: Revision | null,
): Promise<{ revision: Revision; position: Position } | null> {
  const newEvents = toNewEvents(events, task.commandId, task.metadata, task.schemaVersionOf);
  try {
    const result = await task.store.append(task.stream, revision ?? 'no-stream', newEvents);
    // A twin was faster: what it met when it was decided is read from the stream, not taken from this attempt.
    return result.outcome === 'replayed' ? null : { revision: result.lastRevision, position: result.position };
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return null;
    if (error instanceof EventIdConflict && error.stream === task.stream) return null;
    throw error;
  }
}

interface LoadedStream<State, Event> {
  readonly state: State;
  readonly revision: Revision | null;
  readonly position: Position | null;
  /** The result of this command id, when it is in the stream already. */
  readonly earlier: CommandResult<State, Event> | null;
}

/** Folds the stream; stops after this command's own events when it finds them. */
async function loadStream<Command, State, Event extends DomainEventOf<string, unknown>>(
  task: CommandToExecute<Command, State, Event>,
): Promise<LoadedStream<State, Event>> {
  let state = task.decider.initialState;
  let last: StoredEvent | null = null;
  const own: Event[] = [];
  let nextOwnId = eventIdFrom(task.commandId, 0);
  for await (const stored of task.store.readStream(task.stream)) {
    const isOwn = stored.id === nextOwnId;
    if (!isOwn && own.length > 0) break;
    const followed = followStored(task.decider, state, stored, task.upcasters);
    state = followed.state;
    last = stored;
    if (!isOwn) continue;
    if (own.length === 0) refuseOtherRequest(task, stored);
    own.push(followed.event);
    nextOwnId = eventIdFrom(task.commandId, own.length);
  }
  const revision = last?.revision ?? null;
  const position = last?.position ?? null;
  if (own.length === 0) return { state, revision, position, earlier: null };
  return { state, revision, position, earlier: { outcome: 'replayed', events: own, state, revision, position } };
}

function refuseOtherRequest(
  task: { readonly stream: string; readonly commandId: string; readonly metadata: EventMetadata },
  stored: StoredEvent,
): void {
  const now = task.metadata.request?.fingerprint;
  const then = stored.metadata.request?.fingerprint;
  if (now !== undefined && then !== undefined && now !== then) throw new CommandIdConflict(task.stream, task.commandId);
}

function retryPause_ms(attempt: number, random: () => number): number {
  return random() * Math.min(COMMAND_RETRY_CAP_ms, COMMAND_RETRY_BASE_ms * 2 ** (attempt - 1));
}
