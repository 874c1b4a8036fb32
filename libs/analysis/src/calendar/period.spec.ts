import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { dayNumber, localDateOfDay } from './local-date.js';
import {
  type Calendar,
  PERIODS_BETWEEN_MAX,
  nextPeriod,
  periodFromLabel,
  periodOf,
  periodsBetween,
  previousPeriod,
} from './period.js';

const april: Calendar = { timeZone: 'Europe/London', fiscalYearStartMonth: 4 };
const kinds = fc.constantFrom('month', 'quarter', 'year', 'fiscal-year');
const calendars = fc.integer({ min: 1, max: 12 }).map((month) => ({ timeZone: 'UTC', fiscalYearStartMonth: month }));
const days = fc.integer({ min: dayNumber('1800-01-01'), max: dayNumber('2200-12-31') });

describe('local dates', () => {
  it('given any day number, then it is the date that Temporal counts, and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayNumber('0001-01-01'), max: dayNumber('9999-12-31') }), (day) => {
        const date = localDateOfDay(day);
        expect(date).toBe(Temporal.PlainDate.from('1970-01-01').add({ days: day }).toString());
        expect(dayNumber(date)).toBe(day);
      }),
    );
    expect([dayNumber('1970-01-01'), dayNumber('1969-12-31'), dayNumber('2000-02-29')]).toEqual([0, -1, 11_016]);
  });

  it('given a day that no calendar has, then it is refused', () => {
    for (const wrong of [
      '2025-02-29',
      '1900-02-29',
      '2025-13-01',
      '2025-00-10',
      '2025-04-31',
      '0000-01-01',
      '2025-1-1',
      '',
      ' 2025-01-01',
    ])
      expect(() => dayNumber(wrong)).toThrow(/is not a calendar date/);
    for (const wrong of [Number.NaN, 0.5, dayNumber('9999-12-31') + 1])
      expect(() => localDateOfDay(wrong)).toThrow(RangeError);
  });
});

describe('periods', () => {
  it('given a date, then each kind has its label and days', () => {
    const at = (date: string): unknown[] =>
      (['month', 'quarter', 'year', 'fiscal-year'] as const).map((kind) => Object.values(periodOf(date, kind, april)));
    expect(at('2026-03-31')).toEqual([
      ['month', '2026-03', '2026-03-01', '2026-03-31'],
      ['quarter', '2026-Q1', '2026-01-01', '2026-03-31'],
      ['year', '2026', '2026-01-01', '2026-12-31'],
      ['fiscal-year', 'FY2026', '2025-04-01', '2026-03-31'],
    ]);
    expect(periodOf('2026-04-01', 'fiscal-year', april).label).toBe('FY2027');
    expect(periodOf('2024-02-10', 'month', april).endsOn).toBe('2024-02-29');
  });

  it('given a fiscal year that starts in January, then it is the calendar year of its name', () => {
    const january = { ...april, fiscalYearStartMonth: 1 };
    expect(periodOf('2026-06-01', 'fiscal-year', january)).toEqual({
      kind: 'fiscal-year',
      label: 'FY2026',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
    });
  });

  it('given any date, then its period contains it, its label leads back, and its neighbours touch it', () => {
    fc.assert(
      fc.property(days, kinds, calendars, (day, kind, calendar) => {
        const period = periodOf(localDateOfDay(day), kind, calendar);
        expect(dayNumber(period.startsOn) <= day && day <= dayNumber(period.endsOn)).toBe(true);
        expect(periodFromLabel(period.label, calendar)).toEqual(period);
        const next = nextPeriod(period, calendar);
        expect(dayNumber(next.startsOn)).toBe(dayNumber(period.endsOn) + 1);
        expect(previousPeriod(next, calendar)).toEqual(period);
        expect(period.startsOn.slice(8)).toBe('01');
      }),
    );
  });

  it('given two periods, then all between are listed, oldest first', () => {
    const [first, last] = [periodFromLabel('2025-11', april), periodFromLabel('2026-02', april)];
    expect(periodsBetween(first, last, april).map((period) => period.label)).toEqual([
      '2025-11',
      '2025-12',
      '2026-01',
      '2026-02',
    ]);
    expect(periodsBetween(last, first, april)).toEqual([]);
    expect(periodsBetween(first, first, april)).toEqual([first]);
    expect(() => periodsBetween(periodFromLabel('0001-01', april), last, april)).toThrow(
      `at most ${PERIODS_BETWEEN_MAX} are listed`,
    );
  });

  it('given something that is no label, then the error says how to write one', () => {
    for (const wrong of [
      '',
      '2026-13',
      '2026-00',
      '2026-Q5',
      'FY26',
      '2026-1',
      'fy2026',
      '2026-11-01',
      '0000',
      'FY0000',
      ' 2026',
    ])
      expect(() => periodFromLabel(wrong, april)).toThrow(/is not a period: write a month as 2026-11/);
    expect(() => previousPeriod(periodFromLabel('0001', april), april)).toThrow(/is not a calendar date/);
    expect(() => periodFromLabel('FY0001', april)).toThrow(RangeError);
  });
});
