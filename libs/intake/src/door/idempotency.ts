import { createHash } from 'node:crypto';
import { eventIdFrom, type EventStore, EventStoreError, type NewEvent, type StoredEvent } from '#lib/event-store';
import type { PackedEvent } from '../check/event-packing.js';
import { type AppendQueue, asUnavailable, observationStream } from './append-queue.js';
import { DoorError } from './door-error.js';
import { type DoorAnswer, IDEMPOTENCY_KEY_LENGTH_MAX } from './door-request.js';

/** What makes two requests the same one. */
export interface RequestIdentity {
  readonly sourceId: string;
  readonly key: string;
  /** SHA-256 (hex) of what must be the same when the key is the same. */
  readonly fingerprint: string;
}

type Unplaced = Omit<DoorAnswer, 'position' | 'replayed'>;

/** Held in the metadata of the first event of a request; its other events hold null. */
interface StoredResponse {
  readonly answer: Unplaced;
  /** How many events the request became: they stand one after another in the stream. */
  readonly events: number;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const OBSERVATION_SCHEMA_VERSION = 1;
/** No stream gets here: an append that expects it writes nothing, but the store looks for the event id first. */
const REVISION_NEVER_REACHED = 2n ** 62n;

/**
 * The key as it counts: a structured-field string (`"abc"`, as the Internet-Draft writes it) and the bare text are the
 * same key.
 *
 * @throws DoorError `IDEMPOTENCY_KEY_INVALID`
 */
export function normalisedKey(header: string): string {
  const text = header.trim();
  const key = text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  if (key.length === 0 || key.length > IDEMPOTENCY_KEY_LENGTH_MAX || !PRINTABLE_ASCII.test(key)) {
    throw new DoorError(
      'bad-request',
      'IDEMPOTENCY_KEY_INVALID',
      `an Idempotency-Key is 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} printable ASCII characters`,
    );
  }
  return key;
}

/** SHA-256 of the bytes as they came and of how they were to be read. */
export function fingerprintOf(body: Buffer, contentType: string | undefined, contentEncoding = ''): string {
  return createHash('sha256').update(`${contentType}\n${contentEncoding}\n`).update(body).digest('hex');
}

/**
 * Requests that carry a key. The log itself remembers them: the key makes the event ids, ids are unique for ever, and the
 * first event's metadata holds fingerprint and answer. So a repetition is recognised after restarts and by other
 * processes, and in a race one append wins and the other reads what the winner stored. A key whose request stored nothing
 * (all rejected, or refused as a whole) is not used up.
 */
export class KeyedAppends {
  private readonly running = new Set<string>();

  constructor(
    private readonly store: EventStore,
    private readonly queue: AppendQueue,
  ) {}

  /**
   * Lets one request with this key through at a time.
   *
   * @throws DoorError `IDEMPOTENCY_KEY_IN_PROGRESS` while another with this key is being worked on in this process
   */
  async exclusively<Result>(sourceId: string, key: string, work: () => Promise<Result>): Promise<Result> {
    const seed = seedOf(sourceId, key);
    if (this.running.has(seed)) {
      throw new DoorError('conflict', 'IDEMPOTENCY_KEY_IN_PROGRESS', 'a request with this key is being worked on', {
        retryAfter_ms: 1000,
      });
    }
    this.running.add(seed);
    try {
      return await work();
    } finally {
      this.running.delete(seed);
    }
  }

  /**
   * Stores the events under ids made from the key, or finds that they (or, because registrations have changed since, other
   * ones) were stored under this key before and gives the answer of then.
   *
   * @throws DoorError `IDEMPOTENCY_KEY_REUSED` when the first request with this key was another one
   */
  async append(
    identity: RequestIdentity,
    packed: readonly PackedEvent[],
    answer: Unplaced,
    size_bytes: number,
  ): Promise<DoorAnswer> {
    const events = keyedEvents(identity, packed, { answer, events: packed.length });
    try {
      const result = await this.queue.append(identity.sourceId, events, size_bytes);
      if (result.outcome === 'appended') return { ...answer, position: String(result.position) };
      return await this.answerStoredAt(identity, result.firstRevision);
    } catch (error) {
      if (!isIdConflict(error)) throw error;
      return await this.answerStoredAt(identity, error.revision);
    }
  }

  /**
   * The answer that the first request with this key got, or null when the key was never used: for requests that have
   * nothing to append. It asks with an append that cannot succeed, because the log finds event ids only while appending.
   */
  async answerOf(identity: RequestIdentity): Promise<DoorAnswer | null> {
    const [probe] = keyedEvents(identity, [{ type: 'ObservationsQuarantined', data: '{}' }], null);
    try {
      await this.store.append(observationStream(identity.sourceId), REVISION_NEVER_REACHED, [probe!]);
    } catch (error) {
      if (isIdConflict(error)) return await this.answerStoredAt(identity, error.revision);
      if (error instanceof EventStoreError && error.code === 'WRONG_EXPECTED_REVISION') return null;
      throw asUnavailable(error);
    }
    throw new Error('the store let an append pass whose expected revision no stream has');
  }

  /** @param revision of the request's first event: ids are looked up in order, and no request is stored without its first */
  private async answerStoredAt(identity: RequestIdentity, revision: bigint): Promise<DoorAnswer> {
    const stream = observationStream(identity.sourceId);
    const first = await this.eventAt(stream, revision);
    const request = first?.metadata.request;
    if (first === null || request?.key !== identity.key || request.response === null) {
      throw new Error(`${stream}@${revision} has the id of a keyed request, but not its answer`);
    }
    if (request.fingerprint !== identity.fingerprint) throw keyReused();
    const { answer, events } = request.response as StoredResponse;
    const last = events === 1 ? first : await this.eventAt(stream, revision + BigInt(events - 1));
    return { ...answer, position: String((last ?? first).position), replayed: true };
  }

  private async eventAt(stream: string, revision: bigint): Promise<StoredEvent | null> {
    for await (const event of this.store.readStream(stream, { from: revision, limit: 1 })) return event;
    return null;
  }
}

function keyedEvents(
  identity: RequestIdentity,
  packed: readonly PackedEvent[],
  response: StoredResponse | null,
): NewEvent[] {
  const { sourceId, key, fingerprint } = identity;
  const seed = seedOf(sourceId, key);
  const correlationId = eventIdFrom(seed, 0);
  return packed.map(({ type, data }, index) => ({
    id: index === 0 ? correlationId : eventIdFrom(seed, index),
    type,
    schemaVersion: OBSERVATION_SCHEMA_VERSION,
    data,
    metadata: {
      actor: { kind: 'source', id: sourceId, role: 'source' },
      correlationId,
      request: { key, fingerprint, response: index === 0 ? response : null },
    },
  }));
}

/** Source ids have no `|`, so two different pairs never give the same seed. */
function seedOf(sourceId: string, key: string): string {
  return `${sourceId}|${key}`;
}

function isIdConflict(error: unknown): error is EventStoreError & { readonly revision: bigint } {
  return error instanceof EventStoreError && error.code === 'EVENT_ID_CONFLICT' && 'revision' in error;
}

function keyReused(): DoorError {
  return new DoorError(
    'unprocessable',
    'IDEMPOTENCY_KEY_REUSED',
    'this key was used for a request with another content; a new request needs a new key',
  );
}
