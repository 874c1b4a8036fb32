import type { KpiPeriod, LocalDate } from '#lib/domain';
import { CalendarError, datePartsOf, daysInMonth, digits, localDateOfParts } from './local-date.js';

/** The organisation's calendar: everything that is dated follows it. */
export interface Calendar {
  /** IANA time zone, for example `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Month in which the fiscal year starts, 1 to 12. */
  readonly fiscalYearStartMonth: number;
}

/** A reporting period; both days belong to it. Labels: `2026-11`, `2026-Q4`, `2026`, `FY2026`. */
export interface Period {
  readonly kind: KpiPeriod;
  readonly label: string;
  readonly startsOn: LocalDate;
  readonly endsOn: LocalDate;
}

/** Most periods that `periodsBetween` lists: two centuries of months. */
export const PERIODS_BETWEEN_MAX = 2400;

const MONTHS_OF_YEAR = 12;
const MONTHS_OF: Readonly<Record<KpiPeriod, number>> = { month: 1, quarter: 3, year: 12, 'fiscal-year': 12 };

/** The period of this kind that contains the local date. Throws `CalendarError` (`CALENDAR.DATE`). */
export function periodOf(localDate: LocalDate, kind: KpiPeriod, calendar: Calendar): Period {
  const { year, month } = datePartsOf(localDate);
  const months = year * MONTHS_OF_YEAR + month - 1 - firstMonthOf(kind, calendar);
  return periodAt(Math.floor(months / MONTHS_OF[kind]), kind, calendar);
}

/**
 * Reads a label. A fiscal year is named after the calendar year in which it ends: with a start in April, `FY2026` is
 * 2025-04-01 to 2026-03-31. Quarters are those of the calendar year. Throws `CalendarError` (`CALENDAR.PERIOD_LABEL`).
 */
export function periodFromLabel(label: string, calendar: Calendar): Period {
  const match = /^(?:(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?|FY(\d{4}))$/.exec(label);
  const year = Number(match?.[1] ?? match?.[4] ?? 0);
  if (!match || year === 0)
    throw new CalendarError(
      'CALENDAR.PERIOD_LABEL',
      `"${label}" is not a period: write a month as 2026-11, a quarter as 2026-Q4, a year as 2026, a fiscal year as FY2026`,
    );
  if (match[2]) return periodAt(year * MONTHS_OF_YEAR + Number(match[2]) - 1, 'month', calendar);
  if (match[3]) return periodAt(year * 4 + Number(match[3]) - 1, 'quarter', calendar);
  if (match[4]) return periodOf(`${match[4]}-${digits(lastFiscalMonth(calendar), 2)}-01`, 'fiscal-year', calendar);
  return periodAt(year, 'year', calendar);
}

/** The period before. Throws `CalendarError` (`CALENDAR.DATE`) before the year 1. */
export function previousPeriod(period: Period, calendar: Calendar): Period {
  return periodAt(indexOf(period, calendar) - 1, period.kind, calendar);
}

/** The period after. Throws `CalendarError` (`CALENDAR.DATE`) after the year 9999. */
export function nextPeriod(period: Period, calendar: Calendar): Period {
  return periodAt(indexOf(period, calendar) + 1, period.kind, calendar);
}

/**
 * All periods from `first` to `last`, both included and of one kind, oldest first; empty if `last` is before `first`.
 * Throws `CalendarError` (`CALENDAR.PERIODS_TOO_MANY`) for more than `PERIODS_BETWEEN_MAX`.
 */
export function periodsBetween(first: Period, last: Period, calendar: Calendar): Period[] {
  const start = indexOf(first, calendar);
  const end = indexOf({ kind: first.kind, startsOn: last.startsOn }, calendar);
  if (end - start + 1 > PERIODS_BETWEEN_MAX)
    throw new CalendarError(
      'CALENDAR.PERIODS_TOO_MANY',
      `${first.label} to ${last.label} are ${end - start + 1} periods; at most ${PERIODS_BETWEEN_MAX} are listed at once`,
    );
  return Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => periodAt(start + i, first.kind, calendar));
}

/** Months by which periods of this kind are shifted against the calendar year. */
function firstMonthOf(kind: KpiPeriod, calendar: Calendar): number {
  return kind === 'fiscal-year' ? calendar.fiscalYearStartMonth - 1 : 0;
}

function lastFiscalMonth(calendar: Calendar): number {
  return calendar.fiscalYearStartMonth === 1 ? MONTHS_OF_YEAR : calendar.fiscalYearStartMonth - 1;
}

/** Periods of the kind since the year 0. */
function indexOf({ kind, startsOn }: Pick<Period, 'kind' | 'startsOn'>, calendar: Calendar): number {
  const { year, month } = datePartsOf(startsOn);
  return Math.floor((year * MONTHS_OF_YEAR + month - 1 - firstMonthOf(kind, calendar)) / MONTHS_OF[kind]);
}

function periodAt(index: number, kind: KpiPeriod, calendar: Calendar): Period {
  const startMonths = index * MONTHS_OF[kind] + firstMonthOf(kind, calendar);
  const start = yearAndMonth(startMonths);
  const end = yearAndMonth(startMonths + MONTHS_OF[kind] - 1);
  const startsOn = localDateOfParts({ ...start, day: 1 });
  const endsOn = localDateOfParts({ ...end, day: daysInMonth(end.year, end.month) });
  datePartsOf(startsOn);
  datePartsOf(endsOn);
  return { kind, label: labelOf(kind, start, end), startsOn, endsOn };
}

function labelOf(kind: KpiPeriod, start: { year: number; month: number }, end: { year: number }): string {
  const year = digits(start.year, 4);
  switch (kind) {
    case 'month':
      return `${year}-${digits(start.month, 2)}`;
    case 'quarter':
      return `${year}-Q${(start.month + 2) / 3}`;
    case 'year':
      return year;
    case 'fiscal-year':
      return `FY${digits(end.year, 4)}`;
  }
}

function yearAndMonth(months: number): { year: number; month: number } {
  const year = Math.floor(months / MONTHS_OF_YEAR);
  return { year, month: months - year * MONTHS_OF_YEAR + 1 };
}
