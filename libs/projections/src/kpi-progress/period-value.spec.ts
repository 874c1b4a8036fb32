import { describe, expect, it } from '@jest/globals';
import { type Calendar, periodFromLabel } from '#lib/analysis';
import { completenessOf, NO_FIGURE } from './period-value.js';

const HOUR_ms = 3_600_000;
const calendar: Calendar = { timeZone: 'Europe/Zurich', fiscalYearStartMonth: 1 };
const march = periodFromLabel('2026-03', calendar);
/** Of one series that is due every hour. */
const hourly = (intervalObservations: number) => ({
  ...NO_FIGURE,
  intervalObservations,
  intervals: [[HOUR_ms, 1] as const],
});
const completeness = (observations: number, now: string): number | null =>
  completenessOf(hourly(observations), march, calendar, Date.parse(now));

describe('completeness of a period', () => {
  it('given a month that is over, then it counts the hours it really had: March loses one to daylight saving', () => {
    expect(completeness(31 * 24 - 1, '2026-05-01T00:00:00Z')).toBe(100);
    expect(completeness((31 * 24 - 1) / 2, '2026-05-01T00:00:00Z')).toBe(50);
  });

  it('given the running month, then only hours that are over are due, and the value of the running hour is no surplus', () => {
    expect(completeness(12, '2026-03-01T23:00:00Z')).toBe(50);
    expect(completeness(25, '2026-03-01T23:30:00Z')).toBe(100);
  });

  it('given a sensor that sends more often than it must, then the month is complete and not more', () => {
    expect(completeness(31 * 24 * 2, '2026-05-01T00:00:00Z')).toBe(100);
  });

  it('given nothing due yet, or no series with an interval, then there is no share', () => {
    expect(completeness(1, '2026-02-28T23:10:00Z')).toBeNull();
    expect(completenessOf({ ...NO_FIGURE, observations: 5 }, march, calendar, Date.now())).toBeNull();
  });
});
