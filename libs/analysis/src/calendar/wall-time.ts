import { CalendarError, DAY_ms, dayNumberOfParts, digits, isDate } from './local-date.js';
import { type LocalDayIndex, localDayIndexOf } from './local-day-index.js';

/** What a wall clock and calendar show. Hours, minutes, seconds and milliseconds are 0 when absent. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

const WALL_TIME_PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/;
const UNSIGNED_INTEGER = /^\d{1,4}$/;

/**
 * Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:mm`, `…:ss` or `…:ss.sss` (a `T` may stand for the space) as a wall time of the time
 * zone and gives the instant in milliseconds since the Unix epoch. See `instantOfWallTime_ms` for doubled and skipped ones.
 */
export function parseWallTime(text: string, timeZone: string): number {
  const match = WALL_TIME_PATTERN.exec(text);
  if (!match)
    throw new CalendarError('CALENDAR.WALL_TIME', `"${text}" is not a local time of the form YYYY-MM-DD HH:mm:ss`);
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = ''] = match;
  return instantOfWallTime_ms(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      millisecond: Number(fraction.padEnd(3, '0')),
    },
    timeZone,
  );
}

/** The same from columns, each an unsigned decimal number (`2010`, `1`, `1`, `0`); an absent hour or minute is 0. */
export function parseWallTimeParts(
  parts: Readonly<{ year: string; month: string; day: string; hour?: string; minute?: string }>,
  timeZone: string,
): number {
  return instantOfWallTime_ms(
    {
      year: integerOf('year', parts.year),
      month: integerOf('month', parts.month),
      day: integerOf('day', parts.day),
      hour: integerOf('hour', parts.hour ?? '0'),
      minute: integerOf('minute', parts.minute ?? '0'),
    },
    timeZone,
  );
}

/**
 * The instant (ms since the Unix epoch) at which the zone's clocks showed this time.
 *
 * A doubled time (clocks set back) means its first occurrence. A time that never was (clocks set forward, or a day left
 * out) is refused with `CALENDAR.WALL_TIME_SKIPPED`: moving it would put it onto another observation's time, which would
 * then look like a correction. Throws `CalendarError` `CALENDAR.WALL_TIME` for a date or time that no clock can show.
 */
export function instantOfWallTime_ms(wallTime: WallTime, timeZone: string): number {
  const local_ms = millisecondsOf(wallTime);
  const index = localDayIndexOf(timeZone);
  // Any offset in force near this time is in force a day before or after: no zone changed twice within 48 hours.
  const before_ms = local_ms - index.offsetAt_ms(local_ms - DAY_ms);
  const after_ms = local_ms - index.offsetAt_ms(local_ms + DAY_ms);
  for (const instant_ms of [Math.min(before_ms, after_ms), Math.max(before_ms, after_ms)])
    if (shows(index, instant_ms, local_ms)) return instant_ms;
  throw new CalendarError(
    'CALENDAR.WALL_TIME_SKIPPED',
    `${textOf(wallTime)} never was in ${timeZone}: the clocks were set forward over it`,
  );
}

function shows(index: LocalDayIndex, instant_ms: number, local_ms: number): boolean {
  return instant_ms + index.offsetAt_ms(instant_ms) === local_ms;
}

function millisecondsOf(wallTime: WallTime): number {
  const { hour = 0, minute = 0, second = 0, millisecond = 0 } = wallTime;
  if (!isDate(wallTime) || !(hour <= 23 && minute <= 59 && second <= 59 && millisecond <= 999))
    throw new CalendarError('CALENDAR.WALL_TIME', `${textOf(wallTime)} is not a time that a clock can show`);
  return dayNumberOfParts(wallTime) * DAY_ms + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}

function textOf({ year, month, day, hour = 0, minute = 0, second = 0 }: WallTime): string {
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  return `${date} ${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`;
}

function integerOf(name: string, text: string): number {
  if (!UNSIGNED_INTEGER.test(text))
    throw new CalendarError('CALENDAR.WALL_TIME', `${name} "${text}" is not a whole number of at most four digits`);
  return Number(text);
}
