import { type Instant, type LocalDate } from '../common.js';

const LOCAL_DATE_PATTERN = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const SHORT_MONTHS: ReadonlySet<string> = new Set(['04', '06', '09', '11']);
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const TIME_ZONE_LENGTH_MAX = 64;
const MILLISECONDS_PER_DAY = 86_400_000;

/** Is this text a day that exists, written `YYYY-MM-DD`? The 30th of February does not. */
export function isLocalDate(value: unknown): value is LocalDate {
  if (typeof value !== 'string' || !LOCAL_DATE_PATTERN.test(value)) return false;
  // Only days after the 28th need the calendar. (A Date and its text were rejected: a rebuild asks this of every event.)
  const day = value.slice(8);
  if (day <= '28') return true;
  const month = value.slice(5, 7);
  if (month === '02') return day === '29' && isLeapYear(Number(value.slice(0, 4)));
  return day <= '30' || !SHORT_MONTHS.has(month);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
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
