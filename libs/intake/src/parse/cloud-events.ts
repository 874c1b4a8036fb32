import { createHash } from 'node:crypto';
import type { RequestBatch } from '../check/request-batch.js';
import { DoorError } from '../door/door-error.js';
import { type DoorRequest, ITEM_SIZE_MAX_bytes } from '../door/door-request.js';
import type { SourceRegistry } from '../registry/source-registry.js';
import { asCloudEvent, type CloudEventEnvelope } from './cloud-event-schema.js';
import { asMalformedJson, readJsonArray, takeItem } from './json-items.js';
import { JsonScanner, shortened } from './json-scanner.js';
import { asObservationItem } from './observation-schema.js';

/** What a request of CloudEvents is known by when it carries no Idempotency-Key. */
export interface CloudEventsIdentity {
  /** Made from the set of `source` + `id`. */
  readonly key: string;
  /** Made from what the events say, so that the same events in another mode or with other white space are the same. */
  readonly fingerprint: string;
}

/** Structured mode (one event) and batch mode (an array of events). Every event is judged by itself. */
export function readCloudEvents(
  body: Buffer,
  mode: 'cloud-event' | 'cloud-event-batch',
  batch: RequestBatch,
  registry: SourceRegistry,
): CloudEventsIdentity | null {
  const reader = new CloudEventReader(batch, registry);
  const scanner = new JsonScanner(body);
  const isArray = body[scanner.skipSpace(0)] === 0x5b;
  if (isArray !== (mode === 'cloud-event-batch')) {
    const expected = mode === 'cloud-event' ? 'one event as an object' : 'an array of events';
    throw new DoorError('bad-request', 'BAD_CLOUD_EVENT', `the media type promises ${expected}`);
  }
  try {
    readJsonArray(body, (start) => {
      const end = scanner.scan(start);
      reader.takeText(body.subarray(start, end), scanner);
      return end;
    });
  } catch (error) {
    throw asMalformedJson(error);
  }
  return reader.identity();
}

/** Binary mode: attributes in headers, the body is the data. */
export function readBinaryCloudEvent(
  body: Buffer,
  headers: DoorRequest['headers'],
  batch: RequestBatch,
  registry: SourceRegistry,
): CloudEventsIdentity | null {
  const reader = new CloudEventReader(batch, registry);
  const scanner = new JsonScanner(body);
  const attributes = attributesFrom(headers);
  try {
    readWhole(scanner, body);
  } catch (error) {
    throw asMalformedJson(error);
  }
  reader.takeText(body, scanner, attributes);
  return reader.identity();
}

function readWhole(scanner: JsonScanner, body: Buffer): void {
  const end = scanner.skipSpace(scanner.scan(scanner.skipSpace(0)));
  if (end < body.length)
    throw new DoorError('bad-request', 'MALFORMED_JSON', `text after the JSON value at byte ${end}`);
}

class CloudEventReader {
  private readonly seen = new Map<string, string>();

  constructor(
    private readonly batch: RequestBatch,
    private readonly registry: SourceRegistry,
  ) {}

  /** @param attributes binary mode: the envelope, of which `text` is the data */
  takeText(text: Buffer, scanner: JsonScanner, attributes?: Readonly<Record<string, string>>): void {
    if (text.length > ITEM_SIZE_MAX_bytes) {
      this.batch.reject('ITEM_TOO_LARGE', `one event holds at most ${ITEM_SIZE_MAX_bytes} bytes`);
    } else if (scanner.finding !== null) {
      this.batch.reject(scanner.finding.reason, scanner.finding.detail);
    } else {
      const original = text.toString('utf8');
      const parsed: unknown = JSON.parse(original);
      const event = asCloudEvent(attributes === undefined ? parsed : { ...attributes, data: parsed });
      if (typeof event === 'string') this.batch.reject('BAD_CLOUD_EVENT', event);
      else this.take(event, original);
    }
  }

  /** Null when no event has a `source` and an `id`: such deliveries have nothing in common, and nothing to repeat. */
  identity(): CloudEventsIdentity | null {
    if (this.seen.size === 0) return null;
    const identities = [...this.seen.keys()].sort();
    const contents = identities.map((identity) => this.seen.get(identity)!);
    return { key: `cloudevents:${digest(identities)}`, fingerprint: digest(contents) };
  }

  private take(event: CloudEventEnvelope, original: string): void {
    const identity = JSON.stringify([event.source, event.id]);
    if (this.seen.has(identity)) {
      this.batch.duplicate('SAME_CLOUD_EVENT', `the event ${shortened(identity)} stands in this request before it`);
      return;
    }
    const { source, id, type, subject, time, data } = event;
    this.seen.set(identity, JSON.stringify([source, id, type, subject, time, data]));
    const item = asObservationItem(observationIn(event));
    if ('rejected' in item) this.batch.reject(item.rejected, item.detail);
    else takeItem(this.batch, this.registry, item, original);
  }
}

/**
 * The data of an event is an observation: `series` (or `metric`, or the event's subject), `value`, `observedAt` (or the
 * event's time), `unit`, `flag`. Anything else in it is refused like any unknown field.
 */
function observationIn(event: CloudEventEnvelope): unknown {
  const { data } = event;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  const { metric, ...fields } = data as Record<string, unknown>;
  return {
    series: metric ?? event.subject,
    observedAt: event.time,
    ...fields,
  };
}

/**
 * `ce-*` headers as attributes: unquoted, then percent-decoded once, as the HTTP binding says.
 *
 * @throws DoorError `BAD_CLOUD_EVENT` for a repeated header or bytes that are not UTF-8
 */
function attributesFrom(headers: DoorRequest['headers']): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || value === undefined) continue;
    if (typeof value !== 'string') throw badHeader(name, 'appears more than once');
    const attribute = name.slice('ce-'.length);
    if (!/^[a-z0-9]+$/.test(attribute) || attribute === 'data') throw badHeader(name, 'is not an attribute name');
    attributes[attribute] = decoded(name, value);
  }
  const contentType = headers['content-type'];
  if (typeof contentType === 'string') attributes['datacontenttype'] = contentType;
  return attributes;
}

function decoded(name: string, value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1]?.replace(/\\(.)/g, '$1');
  try {
    return decodeURIComponent(quoted ?? value);
  } catch {
    throw badHeader(name, 'is not percent-encoded UTF-8');
  }
}

function badHeader(name: string, what: string): DoorError {
  return new DoorError('bad-request', 'BAD_CLOUD_EVENT', `the header ${name.slice(0, 60)} ${what}`);
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
