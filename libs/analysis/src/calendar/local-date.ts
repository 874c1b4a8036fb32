import type { LocalDate } from '#lib/domain';

/** Milliseconds of a day without a clock change. */
export const DAY_ms = 86_400_000;
/** Days and periods are computed for the years 1 to 9999: the ones that `YYYY-MM-DD` can write. */
export const YEAR_MIN = 1;
export const YEAR_MAX = 9999;

/** A date, period label, time zone or wall time that the calendar cannot work with; `code` is stable. */
export class CalendarError extends RangeError {
  override readonly name = 'CalendarError';
  constructor(
    readonly code:
      | 'CALENDAR.DATE'
      | 'CALENDAR.INSTANT'
      | 'CALENDAR.PERIOD_LABEL'
      | 'CALENDAR.PERIODS_TOO_MANY'
      | 'CALENDAR.TIME_ZONE'
      | 'CALENDAR.WALL_TIME'
      | 'CALENDAR.WALL_TIME_SKIPPED',
    message: string,
  ) {
    super(message);
  }
}

/** Year, month (1 to 12) and day of the month of a date in the proleptic Gregorian calendar. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const LOCAL_DATE_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Days of a 400-year cycle of the Gregorian calendar, and from 0000-03-01 to 1970-01-01. */
const CYCLE_days = 146_097;
const EPOCH_OFFSET_days = 719_468;

/** Days of the month (`month` 1 to 12), leap years included. */
export function daysInMonth(year: number, month: number): number {
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_OF_MONTH[month - 1] ?? 0) + (leapDay ? 1 : 0);
}

/** Whether such a day exists and can be written as `YYYY-MM-DD`. */
export function isDate({ year, month, day }: DateParts): boolean {
  return year >= YEAR_MIN && year <= YEAR_MAX && day >= 1 && day <= daysInMonth(year, month);
}

/** Reads `YYYY-MM-DD`; throws `CalendarError` (`CALENDAR.DATE`) for another form or a day that no calendar has. */
export function datePartsOf(localDate: LocalDate): DateParts {
  const match = LOCAL_DATE_PATTERN.exec(localDate);
  const parts = match && { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  if (!parts || !isDate(parts))
    throw new CalendarError('CALENDAR.DATE', `"${localDate}" is not a calendar date of the form YYYY-MM-DD`);
  return parts;
}

/**
 * Days from 1970-01-01 to this date (negative before it), by counting years from 1 March, so that the leap day is the
 * last of its year. Plain arithmetic: `Date` would read a wrong day as the next one.
 */
export function dayNumberOfParts({ year, month, day }: DateParts): number {
  const yearFromMarch = month > 2 ? year : year - 1;
  const cycle = Math.floor(yearFromMarch / 400);
  const yearOfCycle = yearFromMarch - cycle * 400;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfCycle = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * CYCLE_days + dayOfCycle - EPOCH_OFFSET_days;
}

/** The inverse of `dayNumberOfParts`. */
export function datePartsOfDay(dayNumber: number): DateParts {
  const days = dayNumber + EPOCH_OFFSET_days;
  const cycle = Math.floor(days / CYCLE_days);
  const dayOfCycle = days - cycle * CYCLE_days;
  const leapCorrection =
    Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / 146_096);
  const yearOfCycle = Math.floor((dayOfCycle - leapCorrection) / 365);
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** Days since 1970-01-01 of a local date: the key of day rollups. Throws `CalendarError` (`CALENDAR.DATE`). */
export function dayNumber(localDate: LocalDate): number {
  return dayNumberOfParts(datePartsOf(localDate));
}

/** The local date of a day number. Throws `CalendarError` (`CALENDAR.DATE`) outside the years 1 to 9999. */
export function localDateOfDay(day: number): LocalDate {
  const parts = datePartsOfDay(day);
  if (!Number.isInteger(day) || !isDate(parts))
    throw new CalendarError('CALENDAR.DATE', `day number ${day} is not a day of the years ${YEAR_MIN} to ${YEAR_MAX}`);
  return localDateOfParts(parts);
}

/** `YYYY-MM-DD`. */
export function localDateOfParts({ year, month, day }: DateParts): LocalDate {
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** A number with leading zeros. */
export function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
