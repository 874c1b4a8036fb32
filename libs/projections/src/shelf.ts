import { type Calendar, LocalDayIndex } from '#lib/analysis';
import { type ViewDatabase } from '#lib/read-models';
import { SeriesIndex } from './observations/series-index.js';
import { ORGANISATION_ID } from './records/record-model.js';
import { stateAt } from './records/state-at.js';

/** What days and periods follow until the organisation is established (which is the first event of every real log). */
export const DEFAULT_CALENDAR: Calendar = { timeZone: 'UTC', fiscalYearStartMonth: 1 };

/** The organisation's calendar as of a log position. */
export function calendarAt(database: ViewDatabase, position: number): Calendar {
  const state = stateAt<{ readonly organisation?: Calendar }>(database, 'organisation', ORGANISATION_ID, position);
  return {
    timeZone: state?.organisation?.timeZone ?? DEFAULT_CALENDAR.timeZone,
    fiscalYearStartMonth: state?.organisation?.fiscalYearStartMonth ?? DEFAULT_CALENDAR.fiscalYearStartMonth,
  };
}

/** In-memory knowledge that several projections share while they write. All of it can be read back from the tables. */
export class Shelf {
  readonly series: SeriesIndex;
  private heldCalendar: Calendar;
  private heldDays: LocalDayIndex;

  constructor(database: ViewDatabase) {
    this.series = new SeriesIndex(database);
    this.heldCalendar = calendarAt(database, Number.MAX_SAFE_INTEGER);
    this.heldDays = new LocalDayIndex(this.heldCalendar.timeZone);
  }

  get calendar(): Calendar {
    return this.heldCalendar;
  }

  get days(): LocalDayIndex {
    return this.heldDays;
  }

  /** Called when the organisation is established. True when the time zone changed under observations already counted. */
  setCalendar(calendar: Calendar): boolean {
    const moved = calendar.timeZone !== this.heldCalendar.timeZone;
    this.heldCalendar = calendar;
    if (moved) this.heldDays = new LocalDayIndex(calendar.timeZone);
    return moved;
  }
}
