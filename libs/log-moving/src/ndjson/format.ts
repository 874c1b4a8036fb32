/**
 * The archive: text in UTF-8, one JSON value a line.
 *
 *     {"format":"tallystick-log","version":1,"positions":"dense","head":"2"}
 *     {"position":"1","stream":…,"revision":"0","id":…,"type":…,"schemaVersion":1,"recordedAt_ms":…,"metadata":{…},"data":"{…}","chain":…}
 *     …
 *     {"footer":true,"events":2,"observations":0,"chain":…,"sum":…}
 *
 * `data` is the text of the event, in a string: as a JSON value it would be printed anew on the way back, and numbers beyond
 * doubles would change. `chain` is the digest of the log up to and with this event (`LogDigest`), so a damaged, missing
 * or exchanged line is found where it stands, before anything of it is placed. Nothing in it depends on when or where the
 * archive was made: the same log gives the same bytes.
 */
import type { EventMetadata, Position, StoredEvent } from '#lib/event-store';
import { LogMovingError } from '../errors.js';
import type { LogDigestValue } from '../event-digest.js';

export const ARCHIVE_FORMAT = 'tallystick-log';
export const ARCHIVE_VERSION = 1;

export interface ArchiveHeader {
  readonly hasDensePositions: boolean;
  /** Of the newest event of the log that was exported; null for an empty log. */
  readonly head: Position | null;
}

export interface ArchiveEvent {
  readonly event: StoredEvent;
  readonly chain: string;
}

export type ArchiveFooter = Omit<LogDigestValue, 'size_bytes'>;

export const headerLine = ({ hasDensePositions, head }: ArchiveHeader): string =>
  line({
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    positions: hasDensePositions ? 'dense' : 'own',
    head: head === null ? null : String(head),
  });

export function eventLine(event: StoredEvent, chain: string): string {
  const { position, stream, revision, id, type, schemaVersion, recordedAt_ms, metadata, data } = event;
  const place = { position: String(position), stream, revision: String(revision) };
  return line({ ...place, id, type, schemaVersion, recordedAt_ms, metadata, data, chain });
}

export const footerLine = ({ events, observations, chain, sum }: ArchiveFooter): string =>
  line({ footer: true, events, observations, chain, sum });

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** @throws LogMovingError `BAD_JSON`, `UNKNOWN_FORMAT`, `UNKNOWN_VERSION`, `BAD_HEADER` */
export function readHeader(text: string, number: number): ArchiveHeader {
  const { format, version, positions, head } = objectIn(text, number);
  if (format !== ARCHIVE_FORMAT)
    throw new LogMovingError(
      'UNKNOWN_FORMAT',
      `this is no archive of a log: its format is not ${ARCHIVE_FORMAT}`,
      number,
    );
  if (version !== ARCHIVE_VERSION)
    throw new LogMovingError(
      'UNKNOWN_VERSION',
      `the archive has version ${JSON.stringify(version)}, this program knows ${ARCHIVE_VERSION}`,
      number,
    );
  if ((positions !== 'dense' && positions !== 'own') || (head !== null && !isWholeNumber(head)))
    throw new LogMovingError('BAD_HEADER', 'the header does not say how the log numbers', number);
  return { hasDensePositions: positions === 'dense', head: head === null ? null : BigInt(head) };
}

/**
 * Reads a line that is an event or the footer.
 * @throws LogMovingError `BAD_JSON`, `BAD_EVENT`, `BAD_FOOTER`
 */
export function readLine(text: string, number: number): ArchiveEvent | ArchiveFooter {
  const fields = objectIn(text, number);
  return 'footer' in fields ? footerIn(fields, number) : eventIn(fields, number);
}

export const isFooter = (read: ArchiveEvent | ArchiveFooter): read is ArchiveFooter => 'sum' in read;

function footerIn({ events, observations, chain, sum }: Record<string, unknown>, number: number): ArchiveFooter {
  if (!isCount(events) || !isCount(observations) || !isDigest(chain) || !isDigest(sum))
    throw new LogMovingError('BAD_FOOTER', 'the footer lacks a count or a digest', number);
  return { events, observations, chain, sum };
}

function eventIn(fields: Record<string, unknown>, number: number): ArchiveEvent {
  const { position, stream, revision, id, type, schemaVersion, recordedAt_ms, metadata, data, chain } = fields;
  const bad = (name: string): LogMovingError =>
    new LogMovingError('BAD_EVENT', `${name} of the event is missing or no ${name}`, number);
  if (!isWholeNumber(position)) throw bad('position');
  if (typeof stream !== 'string') throw bad('stream');
  if (!isWholeNumber(revision)) throw bad('revision');
  if (typeof id !== 'string') throw bad('id');
  if (typeof type !== 'string') throw bad('type');
  if (!isCount(schemaVersion)) throw bad('schemaVersion');
  if (!Number.isSafeInteger(recordedAt_ms)) throw bad('recordedAt_ms');
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) throw bad('metadata');
  if (typeof data !== 'string') throw bad('data');
  if (!isDigest(chain)) throw bad('chain');
  const event: StoredEvent = {
    id,
    type,
    schemaVersion,
    data,
    metadata: metadata as EventMetadata,
    stream,
    revision: BigInt(revision),
    position: BigInt(position),
    recordedAt_ms: recordedAt_ms as number,
  };
  return { event, chain };
}

function objectIn(text: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LogMovingError('BAD_JSON', `no JSON: ${(error as Error).message}`, number);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new LogMovingError('BAD_JSON', 'no JSON object', number);
}

const isWholeNumber = (value: unknown): value is string => typeof value === 'string' && /^\d{1,20}$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
