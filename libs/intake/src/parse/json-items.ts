import type { SourceRegistry } from '../registry/source-registry.js';
import { type QuarantineFinding, type RequestBatch, seriesFor } from '../check/request-batch.js';
import { DoorError } from '../door/door-error.js';
import { ITEM_SIZE_MAX_bytes } from '../door/door-request.js';
import { epochNumberFault, isInstant, parseInstant } from './instant.js';
import { JsonProblem, JsonScanner, shortened } from './json-scanner.js';
import { asObservationItem, type ObservationItem } from './observation-schema.js';
import { PlainObservationReader } from './plain-observation-reader.js';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

/** Reads observations in JSON into a batch, item by item: plainly where possible, carefully where not. */
class JsonItemReader {
  private readonly plain: PlainObservationReader;
  private readonly body: Buffer;

  /** @param body valid UTF-8 */
  constructor(
    body: Buffer,
    private readonly batch: RequestBatch,
    private readonly registry: SourceRegistry,
  ) {
    this.body = body;
    this.plain = new PlainObservationReader(body, body.toString('latin1'));
  }

  /**
   * Books the item that starts at `start` and may not cross `end`.
   *
   * @returns the offset after it
   * @throws JsonProblem when there is no JSON value; then nothing was booked
   */
  read(start: number, end: number): number {
    if (this.body[start] === OPEN_OBJECT) {
      const next = this.plain.read(start);
      if (next > 0 && next <= end && this.takePlain(start, next)) return next;
    }
    return this.readCarefully(start, new JsonScanner(this.body, end));
  }

  /** The same for an item that must fill the line up to `end`, white space aside. */
  readLine(start: number, end: number): void {
    const scanner = new JsonScanner(this.body, end);
    if (this.body[start] === OPEN_OBJECT) {
      const next = this.plain.read(start);
      if (next > 0 && scanner.skipSpace(next) === end && this.takePlain(start, next)) return;
    }
    const rest = scanner.skipSpace(scanner.scan(start));
    if (rest < end) throw new JsonProblem('NOT_JSON', `text after the JSON value at byte ${rest}`, rest);
    this.readCarefully(start, scanner);
  }

  /** False when the item does not fit a series of this source: the careful way finds the words for it. */
  private takePlain(start: number, end: number): boolean {
    const { plain, batch } = this;
    const series = this.registry.findSeries(plain.seriesKey);
    if (series === undefined || series.sourceId !== batch.sourceId || series.retired) return false;
    if (plain.unit !== null && plain.unit !== series.unitOfMeasure) return false;
    if (end - start > ITEM_SIZE_MAX_bytes || !isInstant(plain.at_ms)) return false;
    const finding = batch.offer(series, plain.at_ms, plain.value, plain.flag);
    if (finding !== null) {
      batch.quarantine(finding, this.body.toString('utf8', start, end), series.seriesKey, plain.at_ms);
    }
    return true;
  }

  private readCarefully(start: number, scanner: JsonScanner): number {
    const next = scanner.scan(start);
    if (next - start > ITEM_SIZE_MAX_bytes) {
      this.batch.reject('ITEM_TOO_LARGE', `one observation holds at most ${ITEM_SIZE_MAX_bytes} bytes`);
    } else if (scanner.finding !== null) {
      this.batch.reject(scanner.finding.reason, scanner.finding.detail);
    } else {
      const original = this.body.toString('utf8', start, next);
      const item = asObservationItem(JSON.parse(original));
      if ('rejected' in item) this.batch.reject(item.rejected, item.detail);
      else takeItem(this.batch, this.registry, item, original);
    }
    return next;
  }
}

/** Judges an observation of right shape and books it. `original` is kept when it goes to quarantine. */
export function takeItem(batch: RequestBatch, registry: SourceRegistry, item: ObservationItem, original: string): void {
  const { observedAt } = item;
  const at_ms = typeof observedAt === 'number' ? observedAt : parseInstant(observedAt);
  const fault = typeof observedAt === 'number' ? epochNumberFault(observedAt) : textTimeFault(observedAt, at_ms);
  if (fault !== null) return batch.reject('BAD_TIME', fault);
  const finding = offerItem(batch, registry, item, at_ms);
  if (finding !== null) batch.quarantine(finding, original, item.series, at_ms);
}

function textTimeFault(text: string, at_ms: number): string | null {
  return isInstant(at_ms) ? null : `${shortened(text)} is no RFC 3339 time such as 2026-11-24T06:00:00Z`;
}

function offerItem(
  batch: RequestBatch,
  registry: SourceRegistry,
  item: ObservationItem,
  at_ms: number,
): QuarantineFinding | null {
  const series = seriesFor(registry, batch.sourceId, item.series);
  if ('reason' in series) return series;
  if (item.unit !== undefined && item.unit !== series.unitOfMeasure) {
    const detail = `the unit ${shortened(item.unit)} is not the registered ${shortened(series.unitOfMeasure)}`;
    return { reason: 'unit-mismatch', detail };
  }
  if (typeof item.value !== 'number' || !Number.isFinite(item.value)) {
    return { reason: 'not-finite', detail: `${shortened(String(item.value))} is not a finite number` };
  }
  return batch.offer(series, at_ms, item.value, item.flag ?? null);
}

/** `application/json`: one observation or an array of them. */
export function readJsonBody(body: Buffer, batch: RequestBatch, registry: SourceRegistry): void {
  const reader = new JsonItemReader(body, batch, registry);
  try {
    readJsonArray(body, (start) => reader.read(start, body.length));
  } catch (error) {
    throw asMalformedJson(error);
  }
}

/**
 * Calls `item` with the offset of each element of the array that the body is, or once when the body is no array.
 * `item` returns the offset after it.
 *
 * @throws JsonProblem
 */
export function readJsonArray(body: Buffer, item: (start: number) => number): void {
  const text = new JsonScanner(body);
  let at = text.skipSpace(0);
  if (body[at] === OPEN_ARRAY) {
    at = text.skipSpace(at + 1);
    if (body[at] === CLOSE_ARRAY) return expectEnd(text, at + 1, body);
    for (;;) {
      at = text.skipSpace(item(at));
      if (body[at] === CLOSE_ARRAY) return expectEnd(text, at + 1, body);
      if (body[at] !== COMMA) throw new JsonProblem('NOT_JSON', `expected a comma or ] at byte ${at}`, at);
      at = text.skipSpace(at + 1);
    }
  }
  expectEnd(text, item(at), body);
}

function expectEnd(text: JsonScanner, at: number, body: Buffer): void {
  const end = text.skipSpace(at);
  if (end < body.length) throw new JsonProblem('NOT_JSON', `text after the end of the JSON value at byte ${end}`, end);
}

/** A `JsonProblem` becomes the refusal of the whole request; everything else stays what it is. */
export function asMalformedJson(error: unknown): unknown {
  if (!(error instanceof JsonProblem)) return error;
  const code = error.code === 'NESTED_TOO_DEEP' ? 'NESTED_TOO_DEEP' : 'MALFORMED_JSON';
  return new DoorError('bad-request', code, `the body is not usable JSON: ${error.message}`);
}

/** `application/x-ndjson`: one observation a line. A line that is no JSON is rejected, the others go on. */
export function readNdjsonBody(body: Buffer, batch: RequestBatch, registry: SourceRegistry): void {
  const reader = new JsonItemReader(body, batch, registry);
  const text = new JsonScanner(body);
  // A line feed is JSON white space: this passes over any number of empty lines at once.
  for (let start = text.skipSpace(0); start < body.length;) {
    const feed = body.indexOf(LINE_FEED, start);
    const end = feed < 0 ? body.length : feed;
    try {
      reader.readLine(start, end);
    } catch (error) {
      if (!(error instanceof JsonProblem)) throw error;
      batch.reject(error.code, error.message);
    }
    start = text.skipSpace(end);
  }
}
