/** What a reader typed into "show as of": a log position or a moment, as the API takes it, or why it is neither. */
export type AsOfInput =
  { readonly kind: 'now' } | { readonly kind: 'as-of'; readonly value: string } | { readonly kind: 'not-understood' };

const DATE_AND_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;
/** A position is a signed 64-bit number: 19 digits. */
const POSITION = /^\d{1,19}$/;

/**
 * Reads digits as a log position, RFC 3339 as it is, and a date with or without time in the reader's own time zone; a date
 * alone means the end of that day, because "as of 30 June" includes what was recorded on 30 June.
 */
export function readAsOf(typed: string): AsOfInput {
  const text = typed.trim();
  if (text === '') return { kind: 'now' };
  if (POSITION.test(text)) return { kind: 'as-of', value: text };
  if (WITH_OFFSET.test(text)) return fromDate(new Date(text));
  const parts = DATE_AND_TIME.exec(text);
  if (parts === null) return { kind: 'not-understood' };
  const [year = 0, month = 0, day = 0] = parts.slice(1, 4).map(Number);
  if (!isCalendarDate(year, month, day)) return { kind: 'not-understood' };
  if (parts[4] === undefined) return fromDate(new Date(year, month - 1, day, 23, 59, 59, 999));
  return fromDate(new Date(year, month - 1, day, Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)));
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
