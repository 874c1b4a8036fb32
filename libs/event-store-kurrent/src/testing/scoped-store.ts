/**
 * A part of a log that cannot be emptied, as an empty store of its own: stream names get a prefix, ids are changed by it,
 * and positions are counted 1, 2, 3 … within the part. So the contract suite and the memory model can be run on a server
 * that holds other events too.
 */
import {
  EventIdConflict,
  EventStore,
  eventIdFrom,
  validateAppend,
  WrongExpectedRevision,
  type AppendResult,
  type EventBatch,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '#lib/event-store';

/** Further than any position that a test names. */
const BEYOND = 1_000_000n;

/** What outlives the store when it is reopened. */
export interface Scope {
  readonly prefix: string;
  /** Stays open when the store under test is closed: tells where the events of the scope stand. */
  readonly reader: EventStore;
  /** The newest position when the scope began: everything of the scope comes behind it. */
  readonly base: Position;
  /** By the changed id. */
  readonly originalIds: Map<string, string>;
  readonly places: { readonly position: Position; readonly recordedAt_ms: number }[];
  /** Appends one after the other, in the order of the calls, as the memory model does. */
  readonly isSerial: boolean;
}

export async function newScope(reader: EventStore, prefix: string, isSerial: boolean): Promise<Scope> {
  const base = (await reader.head())?.position ?? 0n;
  return { prefix, reader, isSerial, base, originalIds: new Map(), places: [] };
}

export class ScopedStore extends EventStore {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly inner: EventStore,
    readonly scope: Scope,
  ) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    validateAppend(stream, events);
    const work = (): Promise<AppendResult> => this.#append(stream, expected, events);
    if (!this.scope.isSerial) return await work();
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return await result;
  }

  async #append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    try {
      const changed = events.map((event) => ({ ...event, id: this.#changedId(event.id) }));
      const result = await this.inner.append(this.scope.prefix + stream, expected, changed);
      return { ...result, position: await this.#counted(result.position) };
    } catch (error) {
      throw await this.#restoredError(error, stream, expected);
    }
  }

  override async *readStream(stream: string, options?: ReadStreamOptions): AsyncGenerator<StoredEvent> {
    for await (const event of this.inner.readStream(this.scope.prefix + stream, options))
      yield await this.#restored(event);
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    for await (const event of this.inner.readAll({ ...options, ...(await this.#innerRange(options)) })) {
      if (event.position <= this.scope.base) return;
      yield await this.#restored(event);
      // Backwards nothing of the scope comes behind its first event, but perhaps much of others.
      if (options.direction === 'backwards' && event.position === this.scope.places[0]?.position) return;
    }
  }

  override async *subscribe(options: SubscribeOptions): AsyncGenerator<EventBatch> {
    // Never before the place that was asked for, also when that is beyond the end.
    const begin = options.after ?? 0n;
    let told: Position = -1n;
    let wasCaughtUp = false;
    const range = await this.#innerRange(options);
    for await (const batch of this.inner.subscribe({ ...options, ...range })) {
      const counted = await this.#counted(batch.checkpoint);
      const checkpoint = counted > begin ? counted : begin;
      // What others wrote is no news here.
      if (checkpoint <= told && (!batch.caughtUp || wasCaughtUp)) continue;
      told = checkpoint;
      wasCaughtUp = batch.caughtUp;
      const events: StoredEvent[] = [];
      for (const event of batch.events) events.push(await this.#restored(event));
      yield { events, checkpoint, caughtUp: batch.caughtUp };
    }
  }

  override async head(): Promise<{ position: Position; recordedAt_ms: number } | null> {
    await this.#learn();
    const last = this.scope.places.at(-1);
    return last === undefined
      ? null
      : { position: BigInt(this.scope.places.length), recordedAt_ms: last.recordedAt_ms };
  }

  override close(): Promise<void> {
    return this.inner.close();
  }

  async #innerRange({ after, direction, streamPrefix = '' }: ReadAllOptions): Promise<ReadAllOptions> {
    await this.#learn();
    const { base, places, prefix } = this.scope;
    const isFromEnd = after === undefined && direction === 'backwards';
    const inner = after === undefined || after <= 0n ? base : places[Number(after) - 1]?.position;
    const end = (places.at(-1)?.position ?? base) + BEYOND;
    return { after: isFromEnd ? undefined : (inner ?? end), streamPrefix: prefix + streamPrefix };
  }

  /** Reads on to the end of the log: where the events of the scope stand. */
  async #learn(): Promise<void> {
    const { base, places, prefix, reader } = this.scope;
    const known = places.at(-1)?.position ?? base;
    for await (const { position, recordedAt_ms } of reader.readAll({ after: known, streamPrefix: prefix }))
      if (position > (places.at(-1)?.position ?? base)) places.push({ position, recordedAt_ms });
  }

  /** How many events of the scope stand up to this position. */
  async #counted(position: Position): Promise<Position> {
    if (position > (this.scope.places.at(-1)?.position ?? this.scope.base)) await this.#learn();
    return BigInt(this.scope.places.filter((place) => place.position <= position).length);
  }

  async #restored(event: StoredEvent): Promise<StoredEvent> {
    return {
      ...event,
      id: this.scope.originalIds.get(event.id) ?? event.id,
      stream: event.stream.slice(this.scope.prefix.length),
      position: await this.#counted(event.position),
    };
  }

  #changedId(id: string): string {
    const changed = eventIdFrom(`${this.scope.prefix}\n${id}`, 0);
    this.scope.originalIds.set(changed, id);
    return changed;
  }

  async #restoredError(error: unknown, stream: string, expected: ExpectedRevision): Promise<unknown> {
    if (error instanceof WrongExpectedRevision) return new WrongExpectedRevision(stream, expected, error.actual);
    if (!(error instanceof EventIdConflict)) return error;
    const id = this.scope.originalIds.get(error.eventId) ?? error.eventId;
    const home = error.stream.slice(this.scope.prefix.length);
    return new EventIdConflict(id, home, error.revision, await this.#counted(error.position));
  }
}
