import { type Instant, type LocalDate } from '../common.js';

const LOCAL_DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const TIME_ZONE_LENGTH_MAX = 64;
const MILLISECONDS_PER_DAY = 86_400_000;

/** Is this text a day that exists, written `YYYY-MM-DD`? The 30th of February does not. */
export function isLocalDate(value: unknown): value is LocalDate {
  if (typeof value !== 'string' || !LOCAL_DATE_PATTERN.test(value)) return false;
  const midnight = new Date(`${value}T00:00:00.000Z`);
  // Date rolls 2026-02-30 over into March, so a day that does not come back unchanged does not exist.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(value);
}

/** Is this text an instant that exists, in UTC with milliseconds: `YYYY-MM-DDTHH:mm:ss.sssZ`? */
export function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !INSTANT_PATTERN.test(value)) return false;
  const instant = new Date(value);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === value;
}

/** Is this an IANA time zone name that this runtime knows? Bare offsets such as `+08:00` have no history and are refused. */
export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > TIME_ZONE_LENGTH_MAX || !/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Days from one calendar date to another; negative when `to` is earlier. Both must be real dates. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_PER_DAY;
}
