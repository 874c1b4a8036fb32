import { CalendarError, DAY_ms, YEAR_MAX, YEAR_MIN, dayNumberOfParts } from './local-date.js';

/** A stretch of time in which the local clock is `offset_ms` ahead of UTC: `from_ms` inclusive, `until_ms` exclusive. */
export interface OffsetSpan {
  readonly from_ms: number;
  readonly until_ms: number;
  readonly offset_ms: number;
}

const SECOND_ms = 1000;
/** First and last instant for which a local date can be written in every time zone (a day's margin at both ends). */
export const INSTANT_MIN_ms = (dayNumberOfParts({ year: YEAR_MIN, month: 1, day: 1 }) + 1) * DAY_ms;
export const INSTANT_MAX_ms = dayNumberOfParts({ year: YEAR_MAX, month: 12, day: 31 }) * DAY_ms - 1;

/** Whether the platform knows the IANA time zone, for example `Asia/Shanghai`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/**
 * How far a time zone's clock is ahead of UTC, from the platform's own time zone data (Intl).
 *
 * Reading it costs microseconds, so callers keep what they were told by whole UTC days (`spansOfUtcDay`). Temporal's
 * polyfill was rejected here: it asks the same Intl, and needs about a hundred questions to find one transition.
 */
export class ZoneOffsets {
  private readonly format: Intl.DateTimeFormat;

  /** Throws `CalendarError` (`CALENDAR.TIME_ZONE`) for a name that the platform does not know. */
  constructor(readonly timeZone: string) {
    try {
      this.format = new Intl.DateTimeFormat('en-US', {
        timeZone,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      });
    } catch {
      throw new CalendarError(
        'CALENDAR.TIME_ZONE',
        `"${timeZone}" is not a known IANA time zone such as Asia/Shanghai`,
      );
    }
  }

  /** Local time minus UTC at an instant, in milliseconds (whole seconds; local mean times have odd ones). */
  offsetAt_ms(instant_ms: number): number {
    const second_ms = Math.floor(instant_ms / SECOND_ms) * SECOND_ms;
    // en-US writes `MM/DD/YYYY, HH:mm:ss`, the year with as many digits as it has.
    const [month, day, year, hour, minute, second] = this.format.format(second_ms).match(/\d+/g) ?? [];
    const local_days = dayNumberOfParts({ year: Number(year), month: Number(month), day: Number(day) });
    const local_ms = local_days * DAY_ms + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * SECOND_ms;
    return local_ms - second_ms;
  }

  /**
   * The offsets in force during one UTC day (`utcDay` = days since 1970-01-01), in order and without gaps. A day whose
   * offset is the same at both ends is taken to have one span: no zone ever changed twice within 24 hours.
   */
  spansOfUtcDay(utcDay: number): readonly OffsetSpan[] {
    const end_ms = (utcDay + 1) * DAY_ms;
    const spans: OffsetSpan[] = [];
    let from_ms = utcDay * DAY_ms;
    let offset_ms = this.offsetAt_ms(from_ms);
    const endOffset_ms = this.offsetAt_ms(end_ms - SECOND_ms);
    while (offset_ms !== endOffset_ms) {
      const until_ms = this.endOfOffset_ms(from_ms, end_ms - SECOND_ms, offset_ms);
      spans.push({ from_ms, until_ms, offset_ms });
      from_ms = until_ms;
      offset_ms = this.offsetAt_ms(from_ms);
    }
    spans.push({ from_ms, until_ms: end_ms, offset_ms });
    return spans;
  }

  /** Bisects to the second at which `offset_ms`, in force at `from_ms` and no longer at `until_ms`, ends. */
  private endOfOffset_ms(from_ms: number, until_ms: number, offset_ms: number): number {
    let in_s = from_ms / SECOND_ms;
    let out_s = until_ms / SECOND_ms;
    while (out_s - in_s > 1) {
      const middle_s = Math.floor((in_s + out_s) / 2);
      if (this.offsetAt_ms(middle_s * SECOND_ms) === offset_ms) in_s = middle_s;
      else out_s = middle_s;
    }
    return out_s * SECOND_ms;
  }
}
