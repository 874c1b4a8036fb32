import type { LocalDate } from '#lib/domain';
import { dayNumber, localDateOfDay } from './local-date.js';
import { type Bounds_ms, localDayIndexOf } from './local-day-index.js';

/** The date that a wall calendar in the time zone shows at the instant (ms since the Unix epoch). Throws `CalendarError`. */
export function localDateOf(instant_ms: number, timeZone: string): LocalDate {
  return localDateOfDay(localDayIndexOf(timeZone).dayNumberAt(instant_ms));
}

/**
 * First instant (inclusive) and end (exclusive) of a local day; both the same for a day that the zone left out.
 * See `LocalDayIndex.boundsOfDay_ms` for the hour that two days can share. Throws `CalendarError`.
 */
export function dayBounds_ms(localDate: LocalDate, timeZone: string): Bounds_ms {
  return localDayIndexOf(timeZone).boundsOfDay_ms(dayNumber(localDate));
}

/** First instant (inclusive) and end (exclusive) of a stretch of local days, both ends included. Throws `CalendarError`. */
export function periodBounds_ms(
  period: { readonly startsOn: LocalDate; readonly endsOn: LocalDate },
  timeZone: string,
): Bounds_ms {
  return {
    from_ms: dayBounds_ms(period.startsOn, timeZone).from_ms,
    until_ms: dayBounds_ms(period.endsOn, timeZone).until_ms,
  };
}
