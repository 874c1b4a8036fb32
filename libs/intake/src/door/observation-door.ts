import type { EventStore } from '#lib/event-store';
import { packEvents } from '../check/event-packing.js';
import { RequestBatch } from '../check/request-batch.js';
import { type CloudEventsIdentity, readBinaryCloudEvent, readCloudEvents } from '../parse/cloud-events.js';
import { readCsvBody } from '../parse/csv-body.js';
import { readJsonBody, readNdjsonBody } from '../parse/json-items.js';
import type { SourceRegistry } from '../registry/source-registry.js';
import { AppendQueue, type AppendQueueLimits } from './append-queue.js';
import { DoorError } from './door-error.js';
import type { DoorAnswer, DoorCounts, DoorRequest, OnAnswer } from './door-request.js';
import { fingerprintOf, KeyedAppends, normalisedKey } from './idempotency.js';
import { type BodyFormat, formatOf } from './media-types.js';
import { plainBody } from './plain-body.js';

export interface ObservationDoorOptions {
  readonly store: EventStore;
  readonly registry: SourceRegistry;
  /** Milliseconds since the Unix epoch; for time windows. */
  readonly now_ms?: () => number;
  readonly onAnswer?: OnAnswer;
  readonly limits?: AppendQueueLimits;
}

/**
 * The one way in for observations: bytes of a request → parsed → checked → one atomic append → counts.
 * Resolves after the durable commit and never before.
 */
export class ObservationDoor {
  private readonly registry: SourceRegistry;
  private readonly queue: AppendQueue;
  private readonly keyed: KeyedAppends;
  private readonly now_ms: () => number;
  private readonly onAnswer: OnAnswer | undefined;

  constructor(options: ObservationDoorOptions) {
    this.registry = options.registry;
    this.queue = new AppendQueue(options.store, options.limits);
    this.keyed = new KeyedAppends(options.store, this.queue);
    this.now_ms = options.now_ms ?? Date.now;
    this.onAnswer = options.onAnswer;
  }

  /**
   * Stores the observations of one request, all of them in one append, and says what became of each kind. A request in
   * which at least one observation was accepted or quarantined succeeds; one in which all were rejected is refused.
   *
   * @throws DoorError when the request as a whole is refused; then nothing of it was stored
   */
  async receive(request: DoorRequest): Promise<DoorAnswer> {
    const started_ms = performance.now();
    const format = formatOf(request);
    const { sourceId } = request.source;
    const key = request.idempotencyKey === undefined ? null : normalisedKey(request.idempotencyKey);
    const answer =
      key === null
        ? await this.receiveOnce(request, format, null)
        : await this.keyed.exclusively(sourceId, key, () => this.receiveOnce(request, format, key));
    this.report(sourceId, answer, answer.replayed === true, started_ms);
    return answer;
  }

  private async receiveOnce(request: DoorRequest, format: BodyFormat, key: string | null): Promise<DoorAnswer> {
    const plain = plainBody(request.body, request.contentEncoding);
    const body = Buffer.isBuffer(plain) ? plain : await plain;
    const batch = new RequestBatch(request.source.sourceId, this.now_ms());
    if (key !== null) return await this.receiveKeyed(request, format, key, batch, body);
    const identity = this.read(request, format, body, batch);
    if (identity === null) return await this.storeUnkeyed(batch, body.length);
    return await this.keyed.exclusively(batch.sourceId, identity.key, () =>
      this.storeKeyed(batch, identity, body.length),
    );
  }

  /** A request that cannot be read any more, because registrations have changed, is still answered as it was then. */
  private async receiveKeyed(
    request: DoorRequest,
    format: BodyFormat,
    key: string,
    batch: RequestBatch,
    body: Buffer,
  ): Promise<DoorAnswer> {
    const fingerprint = fingerprintOf(request.body, request.contentType, request.contentEncoding);
    const identity = { key, fingerprint };
    try {
      this.read(request, format, body, batch);
    } catch (error) {
      const before = await this.keyed.answerOf({ sourceId: batch.sourceId, ...identity });
      if (before === null) throw error;
      return before;
    }
    return await this.storeKeyed(batch, identity, body.length);
  }

  private read(
    request: DoorRequest,
    format: BodyFormat,
    body: Buffer,
    batch: RequestBatch,
  ): CloudEventsIdentity | null {
    const { registry } = this;
    switch (format) {
      case 'json':
        readJsonBody(body, batch, registry);
        return null;
      case 'ndjson':
        readNdjsonBody(body, batch, registry);
        return null;
      case 'csv':
        readCsvBody(body, batch, registry);
        return null;
      case 'cloud-event':
      case 'cloud-event-batch':
        return readCloudEvents(body, format, batch, registry);
      case 'cloud-event-binary':
        return readBinaryCloudEvent(body, { ...request.headers, 'content-type': request.contentType }, batch, registry);
    }
  }

  /** @param size_bytes of the body after inflating: what waits for the log is as large as that, however small it came */
  private async storeUnkeyed(batch: RequestBatch, size_bytes: number): Promise<DoorAnswer> {
    const counts = batch.counts();
    const position = hasSomething(counts) ? await this.queue.add(batch, size_bytes) : this.nothingStored(batch, counts);
    return { ...counts, position, problems: batch.problems };
  }

  private async storeKeyed(
    batch: RequestBatch,
    { key, fingerprint }: CloudEventsIdentity,
    size_bytes: number,
  ): Promise<DoorAnswer> {
    const counts = batch.counts();
    const answer = { ...counts, problems: batch.problems };
    const identity = { sourceId: batch.sourceId, key, fingerprint };
    if (hasSomething(counts)) {
      return await this.keyed.append(identity, packEvents(batch.sourceId, [batch]), answer, size_bytes);
    }
    const before = await this.keyed.answerOf(identity);
    return before ?? { ...answer, position: this.nothingStored(batch, counts) };
  }

  /** An empty list is a success with nothing to show; rejections alone are the sender's mistake and he must hear of it. */
  private nothingStored(batch: RequestBatch, counts: DoorCounts): null {
    if (counts.sent === 0) return null;
    this.report(batch.sourceId, counts, false, performance.now());
    const problems = batch.problems.map(({ index, reason, detail }) => ({
      where: `item ${index}`,
      reason,
      what: detail,
    }));
    throw new DoorError('bad-request', 'NOTHING_ACCEPTABLE', 'none of what was sent is an observation', { problems });
  }

  private report(sourceId: string, counts: DoorCounts, replayed: boolean, started_ms: number): void {
    this.onAnswer?.({ sourceId, counts, replayed, duration_seconds: (performance.now() - started_ms) / 1000 });
  }
}

function hasSomething(counts: DoorCounts): boolean {
  return counts.accepted > 0 || counts.quarantined > 0;
}
