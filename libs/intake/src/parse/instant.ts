import { INSTANT_MAX_ms as CALENDAR_MAX_ms, INSTANT_MIN_ms as CALENDAR_MIN_ms } from '#lib/analysis';

/**
 * Times on the hot path. The fixed UTC form that machines send (`2026-11-24T06:00:00Z`, with or without `.sss`) is read
 * digit by digit: `Date.parse` is eight times slower and accepts `2026-02-30` and a dozen private forms.
 */

const DAY_ms = 86_400_000;
/** The views look at the days and periods around an observation, fiscal years and the years before them included. */
const AROUND_ms = 3 * 366 * DAY_ms;

/**
 * What can be an observed time: some years within the bounds of the calendar that the views count days with (the years 1 to
 * 9999). An event that came in with an instant beyond them would be put aside there, with everything else in it.
 */
export const INSTANT_MIN_ms = CALENDAR_MIN_ms + AROUND_ms;
export const INSTANT_MAX_ms = CALENDAR_MAX_ms - AROUND_ms;

/**
 * Smallest number that is read as epoch milliseconds: 1973-03-03T09:46:40Z. A sender that counts seconds would land in
 * January 1970 otherwise, accepted and out of sight. Times before can be sent as RFC 3339.
 */
export const EPOCH_NUMBER_MIN_ms = 100_000_000_000;

const ZERO = 48;

const GENERAL_FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Strict RFC 3339 → milliseconds since the epoch, or NaN. Refused besides what the RFC refuses: digits finer than a
 * millisecond that are not zero (they would not come back), leap seconds (the epoch count has no room for them) and
 * instants before INSTANT_MIN_ms and after INSTANT_MAX_ms.
 */
export function parseInstant(text: string): number {
  const match = GENERAL_FORM.exec(text);
  if (match === null) return NaN;
  const fraction = match[7] ?? '';
  if (fraction.length > 3 && !/^0*$/.test(fraction.slice(3))) return NaN;
  const offset_minutes = match[8] === undefined ? 0 : offsetMinutes(match[8], Number(match[9]), Number(match[10]));
  const local_ms = instantOf(
    Number(match[1]),
    Number(match[2]),
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6]),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  const at_ms = local_ms - offset_minutes * 60_000;
  return isInstant(at_ms) ? at_ms : NaN;
}

/** Whether a number can be an observed time: whole milliseconds within INSTANT_MIN_ms and INSTANT_MAX_ms. */
export function isInstant(at_ms: number): boolean {
  return Number.isInteger(at_ms) && at_ms >= INSTANT_MIN_ms && at_ms <= INSTANT_MAX_ms;
}

/** Why a number is not read as epoch milliseconds, in words; null when it is. */
export function epochNumberFault(number: number): string | null {
  if (number < EPOCH_NUMBER_MIN_ms) {
    return `${number} looks like seconds: send milliseconds since the Unix epoch, and times before 1973-03-04 as RFC 3339`;
  }
  return isInstant(number)
    ? null
    : `${number} is no whole number of milliseconds since the Unix epoch, or too far away`;
}

/** The fixed form between two offsets of a body, or NaN: then the general form may still fit. */
export function parseFixedInstant(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length !== 20 && length !== 24) return NaN;
  const punctuated =
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a &&
    bytes[end - 1] === 0x5a;
  if (!punctuated) return NaN;
  let millisecond = 0;
  if (length === 24) {
    if (bytes[start + 19] !== 0x2e) return NaN;
    millisecond = digit(bytes, start + 20) * 100 + twoDigits(bytes, start + 21);
  }
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  if (!(year >= 1)) return NaN;
  return instantOf(
    year,
    twoDigits(bytes, start + 5),
    twoDigits(bytes, start + 8),
    twoDigits(bytes, start + 11),
    twoDigits(bytes, start + 14),
    twoDigits(bytes, start + 17),
    millisecond,
  );
}

/** NaN when a part is out of its range; comparisons are written so that a NaN part fails them. */
function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  return daysSinceEpoch(year, month, day) * DAY_ms + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that a leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Minutes east of UTC, NaN outside ±23:59. */
function offsetMinutes(sign: string, hours: number, minutes: number): number {
  if (hours > 23 || minutes > 59) return NaN;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

function digit(bytes: Uint8Array, at: number): number {
  const value = bytes[at]! - ZERO;
  return value >= 0 && value <= 9 ? value : NaN;
}

/** Whether a text is an RFC 3339 time, of whatever precision. */
export function isRfc3339(text: string): boolean {
  return !Number.isNaN(parseInstant(text.replace(/(\.\d{3})\d+/, '$1')));
}
