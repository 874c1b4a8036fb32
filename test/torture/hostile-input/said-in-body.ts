import { Temporal } from '@js-temporal/polyfill';
import { type Located, type LosslessJson, readLosslessly } from './lossless-json.js';
import { CSV_FEEDS, CSV_HEADER } from './world.js';

/** An observation as its sender wrote it. */
export interface SaidObservation {
  readonly series: string;
  readonly at_ms: number;
  /** The number as text, null when the value is no number. */
  readonly value: string | null;
  readonly flag: string | null;
}

/** One item of a request: its own characters, and what it says when it says anything. */
export interface SaidItem {
  readonly written: string;
  readonly observation: SaidObservation | null;
}

const FIELDS = new Set(['series', 'observedAt', 'value', 'unit', 'flag']);
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** The items of a JSON body, in order; null when it is no JSON. */
export function saidInJson(text: string): SaidItem[] | null {
  return itemsOf(text, (item) => observationIn(membersOf(item.value)));
}

/** The same for lines; a line that is no JSON says nothing. */
export function saidInLines(text: string): SaidItem[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''))
    .filter((line) => line !== '')
    .map((line) => {
      const item = readLosslessly(line);
      return { written: line, observation: item === null ? null : observationIn(membersOf(item.value)) };
    });
}

/** CloudEvents in structured or batch mode. */
export function saidInCloudEvents(text: string): SaidItem[] | null {
  return itemsOf(text, (item) => {
    const event = membersOf(item.value);
    if (event === null) return null;
    const data = event.get('data');
    return observationInEvent(data === undefined ? null : membersOf(data.value), (name) => textOf(event.get(name)));
  });
}

/** A CloudEvent in binary mode: the attributes stand in headers. */
export function saidInBinaryEvent(text: string, header: (name: string) => string | undefined): SaidItem[] | null {
  const body = readLosslessly(text);
  if (body === null) return null;
  const attribute = (name: string): string | null => {
    const value = header(`ce-${name}`);
    return value === undefined ? null : decodeURIComponent(value.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1'));
  };
  return [{ written: text, observation: observationInEvent(membersOf(body.value), attribute) }];
}

/** Every observation that a row of a CSV body says; which of them are counted is not said by the body. */
export function saidInCsv(text: string): SaidObservation[] {
  const [header, ...rows] = csvRecords(text);
  if (header === undefined) return [];
  const column = (index: number): number => header.indexOf(CSV_HEADER[index]!);
  const station = column(2);
  return rows.flatMap((cells) =>
    CSV_FEEDS.filter((feed) => feed.station === null || cells[station] === feed.station).map((feed) => {
      const time = (cells[column(feed.timeColumn)] ?? '').trim();
      const at_ms = feed.timeColumn === 1 ? Number(time) : instantIn(time);
      return { series: feed.series, at_ms, value: (cells[column(feed.valueColumn)] ?? '').trim(), flag: null };
    }),
  );
}

function itemsOf(text: string, observation: (item: Located) => SaidObservation | null): SaidItem[] | null {
  const body = readLosslessly(text);
  if (body === null) return null;
  const items = body.value.kind === 'list' ? body.value.items : [body];
  return items.map((item) => ({ written: item.written, observation: observation(item) }));
}

/** The members of an object, null for anything else and for an object in which something hides. */
function membersOf(value: LosslessJson): Map<string, Located> | null {
  if (value.kind !== 'object') return null;
  const members = new Map<string, Located>();
  for (const member of value.members) {
    if (members.has(member.key) || FORBIDDEN.has(member.key)) return null;
    members.set(member.key, member.value);
  }
  return members;
}

function observationIn(members: Map<string, Located> | null): SaidObservation | null {
  if (members === null || [...members.keys()].some((key) => !FIELDS.has(key))) return null;
  return observationFrom(textOf(members.get('series')), members.get('observedAt'), members);
}

function observationInEvent(
  data: Map<string, Located> | null,
  attribute: (name: string) => string | null,
): SaidObservation | null {
  if (data === null || [...data.keys()].some((key) => !FIELDS.has(key) && key !== 'metric')) return null;
  const series = data.has('series') ? textOf(data.get('series')) : (textOf(data.get('metric')) ?? attribute('subject'));
  const time = attribute('time');
  const observedAt = data.get('observedAt') ?? (time === null ? undefined : asText(time));
  return observationFrom(series, observedAt, data);
}

function observationFrom(
  series: string | null,
  observedAt: Located | undefined,
  members: Map<string, Located>,
): SaidObservation | null {
  const value = members.get('value');
  if (series === null || observedAt === undefined || value === undefined) return null;
  const time = observedAt.value;
  const at_ms = time.kind === 'number' ? Number(time.text) : time.kind === 'text' ? instantIn(time.text) : NaN;
  return {
    series,
    at_ms,
    value: value.value.kind === 'number' ? value.value.text : null,
    flag: textOf(members.get('flag')),
  };
}

const asText = (text: string): Located => ({ value: { kind: 'text', text }, written: text });

function textOf(located: Located | undefined): string | null {
  return located?.value.kind === 'text' ? located.value.text : null;
}

const PLAIN_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** Milliseconds since the epoch, NaN for what is no whole millisecond. Temporal judges all but the plainest form. */
function instantIn(text: string): number {
  if (PLAIN_UTC.test(text)) {
    const at_ms = Date.parse(text);
    if (Number.isNaN(at_ms)) return NaN;
    return new Date(at_ms).toISOString() === (text.length === 20 ? `${text.slice(0, 19)}.000Z` : text) ? at_ms : NaN;
  }
  try {
    const { epochNanoseconds, epochMilliseconds } = Temporal.Instant.from(text);
    return epochNanoseconds === BigInt(epochMilliseconds) * 1_000_000n ? epochMilliseconds : NaN;
  } catch {
    return NaN;
  }
}

/** RFC 4180 by a plain state machine, without any limit. */
function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  const endRecord = (): void => {
    if (cells.length > 0 || cell !== '') records.push([...cells, cell]);
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[(at += 1)]!;
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') endRecord();
    else cell += character;
  }
  endRecord();
  return records;
}
