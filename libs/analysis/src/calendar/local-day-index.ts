import { CalendarError, DAY_ms } from './local-date.js';
import { INSTANT_MAX_ms, INSTANT_MIN_ms, type OffsetSpan, ZoneOffsets } from './zone-offsets.js';

/** UTC days whose offset is remembered: 22 years, in a table of fixed size in which a newer day takes an older one's place. */
const REMEMBERED_DAYS = 8192;
const SLOT_MASK = REMEMBERED_DAYS - 1;
/** A local day lies within this many UTC days before and after the UTC day of the same date (offsets are below 24 h). */
const DAYS_AROUND = 1;

/** First instant (inclusive) and end (exclusive) in milliseconds since the Unix epoch. */
export interface Bounds_ms {
  readonly from_ms: number;
  readonly until_ms: number;
}

/**
 * Finds the local day of instants, fast: an answer for the same stretch of day as the last one is two comparisons, for
 * another remembered day a table look-up; Intl is asked once for each UTC day. Right across daylight saving, odd offsets,
 * local mean time and days that a zone left out, because it only relies on the offset in force at the instant.
 */
export class LocalDayIndex {
  private readonly offsets: ZoneOffsets;
  private readonly slotDay = new Float64Array(REMEMBERED_DAYS).fill(Number.NaN);
  private readonly slotOffset_ms = new Float64Array(REMEMBERED_DAYS);
  /** Spans of the slot's UTC day if the clock changed in it; undefined for all others. */
  private readonly slotSpans: (readonly OffsetSpan[] | undefined)[] = new Array(REMEMBERED_DAYS).fill(undefined);
  private from_ms = 0;
  private until_ms = 0;
  private day = 0;

  /** Throws `CalendarError` (`CALENDAR.TIME_ZONE`) for a time zone that the platform does not know. */
  constructor(readonly timeZone: string) {
    this.offsets = new ZoneOffsets(timeZone);
  }

  /**
   * The day, as days since 1970-01-01, that a wall calendar in the time zone shows at this instant (milliseconds since the
   * Unix epoch). Throws `CalendarError` (`CALENDAR.INSTANT`) for NaN and outside the years 1 to 9999.
   */
  dayNumberAt(instant_ms: number): number {
    if (instant_ms >= this.from_ms && instant_ms < this.until_ms) return this.day;
    return this.locate(instant_ms);
  }

  /** How far the local clock is ahead of UTC at the instant, in milliseconds. */
  offsetAt_ms(instant_ms: number): number {
    const slot = this.slotOf(instant_ms);
    const spans = this.slotSpans[slot];
    return spans ? spanAt(spans, instant_ms).offset_ms : this.slotOffset_ms[slot]!;
  }

  /**
   * From the first to the last instant at which a wall calendar shows this day; `from_ms === until_ms` for a day that the
   * zone left out (Samoa, 2011-12-30). Where a clock was set back from after to before midnight (St John's until 2011), the
   * bounds of the two days overlap by what was repeated: `dayNumberAt` decides which day such an instant belongs to.
   */
  boundsOfDay_ms(day: number): Bounds_ms {
    let from_ms = Number.NaN;
    let until_ms = Number.NaN;
    let nextFrom_ms = Number.NaN;
    for (let utcDay = day - DAYS_AROUND; utcDay <= day + DAYS_AROUND; utcDay++)
      for (const span of this.spansOf(utcDay)) {
        const start_ms = Math.max(span.from_ms, day * DAY_ms - span.offset_ms);
        const end_ms = Math.min(span.until_ms, (day + 1) * DAY_ms - span.offset_ms);
        if (start_ms < end_ms) {
          if (Number.isNaN(from_ms)) from_ms = start_ms;
          until_ms = end_ms;
        } else if (Number.isNaN(nextFrom_ms) && span.from_ms + span.offset_ms >= (day + 1) * DAY_ms)
          nextFrom_ms = span.from_ms;
      }
    return Number.isNaN(from_ms) ? { from_ms: nextFrom_ms, until_ms: nextFrom_ms } : { from_ms, until_ms };
  }

  private locate(instant_ms: number): number {
    const slot = this.slotOf(instant_ms);
    const spans = this.slotSpans[slot];
    const utcDay = this.slotDay[slot]!;
    const span = spans ? spanAt(spans, instant_ms) : undefined;
    const offset_ms = span ? span.offset_ms : this.slotOffset_ms[slot]!;
    const day = Math.floor((instant_ms + offset_ms) / DAY_ms);
    this.from_ms = Math.max(span ? span.from_ms : utcDay * DAY_ms, day * DAY_ms - offset_ms);
    this.until_ms = Math.min(span ? span.until_ms : (utcDay + 1) * DAY_ms, (day + 1) * DAY_ms - offset_ms);
    this.day = day;
    return day;
  }

  /** The slot in which the instant's UTC day is remembered, filled if it was not. */
  private slotOf(instant_ms: number): number {
    if (!(instant_ms >= INSTANT_MIN_ms && instant_ms <= INSTANT_MAX_ms))
      throw new CalendarError(
        'CALENDAR.INSTANT',
        `${instant_ms} is not an instant of the years 1 to 9999 (Unix epoch, ms)`,
      );
    const utcDay = Math.floor(instant_ms / DAY_ms);
    const slot = utcDay & SLOT_MASK;
    if (this.slotDay[slot] !== utcDay) {
      const spans = this.offsets.spansOfUtcDay(utcDay);
      this.slotSpans[slot] = spans.length > 1 ? spans : undefined;
      this.slotOffset_ms[slot] = spans[0]!.offset_ms;
      this.slotDay[slot] = utcDay;
    }
    return slot;
  }

  private spansOf(utcDay: number): readonly OffsetSpan[] {
    const from_ms = utcDay * DAY_ms;
    const slot = this.slotOf(from_ms);
    return this.slotSpans[slot] ?? [{ from_ms, until_ms: from_ms + DAY_ms, offset_ms: this.slotOffset_ms[slot]! }];
  }
}

function spanAt(spans: readonly OffsetSpan[], instant_ms: number): OffsetSpan {
  let index = spans.length - 1;
  while (index > 0 && spans[index]!.from_ms > instant_ms) index--;
  return spans[index]!;
}

/** Indexes that are kept for the helper functions; a process serves one organisation, so one is usual. */
const SHARED_INDEXES_MAX = 16;
const sharedIndexes = new Map<string, LocalDayIndex>();

/** The shared index of a time zone: the cache behind the pure helpers of the calendar. */
export function localDayIndexOf(timeZone: string): LocalDayIndex {
  const known = sharedIndexes.get(timeZone);
  if (known) return known;
  const index = new LocalDayIndex(timeZone);
  const oldest = sharedIndexes.keys().next();
  if (sharedIndexes.size >= SHARED_INDEXES_MAX && !oldest.done) sharedIndexes.delete(oldest.value);
  sharedIndexes.set(timeZone, index);
  return index;
}
