import { instantOfWallTime_ms } from './time-zone.js';

/** What a reader typed into "show as of": a log position or a moment, as the API takes it, or why it is neither. */
export type AsOfInput =
  { readonly kind: 'now' } | { readonly kind: 'as-of'; readonly value: string } | { readonly kind: 'not-understood' };

const DATE_AND_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;
/** A position is a signed 64-bit number: 19 digits. */
const POSITION = /^\d{1,19}$/;

/**
 * Reads digits as a log position, RFC 3339 as it is, and a date with or without time in the organisation's time zone, in
 * which all times are shown; a date alone means the end of that day, because "as of 30 June" includes what was recorded on 30 June.
 */
export function readAsOf(typed: string, zone: string): AsOfInput {
  const text = typed.trim();
  if (text === '') return { kind: 'now' };
  if (POSITION.test(text)) return { kind: 'as-of', value: text };
  if (WITH_OFFSET.test(text)) return fromDate(new Date(text));
  const parts = DATE_AND_TIME.exec(text);
  if (parts === null) return { kind: 'not-understood' };
  const [year = 0, month = 0, day = 0] = parts.slice(1, 4).map(Number);
  if (!isCalendarDate(year, month, day)) return { kind: 'not-understood' };
  const [hour, minute, second] = [parts[4] ?? 23, parts[5] ?? 59, parts[6] ?? (parts[4] === undefined ? 59 : 0)].map(
    Number,
  );
  if (hour! > 23 || minute! > 59 || second! > 59) return { kind: 'not-understood' };
  const instant_ms = instantOfWallTime_ms(Date.UTC(year, month - 1, day, hour, minute, second), zone);
  return fromDate(new Date(parts[4] === undefined ? instant_ms + 999 : instant_ms));
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function fromDate(date: Date): AsOfInput {
  return Number.isNaN(date.getTime()) ? { kind: 'not-understood' } : { kind: 'as-of', value: date.toISOString() };
}

/** The position before this one, as decimal text: what was known just before a decision. Positions exceed 2^53. */
export function positionBefore(position: string): string {
  const number = BigInt(position);
  return (number > 0n ? number - 1n : 0n).toString();
}
