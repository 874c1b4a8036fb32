import { describe, expect, it } from '@jest/globals';
import { type Calendar, periodFromLabel } from '#lib/analysis';
import { completenessOf, NO_FIGURE } from './period-value.js';

const HOUR_ms = 3_600_000;
const calendar: Calendar = { timeZone: 'Europe/Zurich', fiscalYearStartMonth: 1 };
const march = periodFromLabel('2026-03', calendar);
const DAY_ms = 24 * HOUR_ms;
/** Of one series that is due every hour. */
const hourly = (observations: number) => ({ ...NO_FIGURE, due: [[HOUR_ms, observations, 1] as const] });
const completeness = (observations: number, now: string): number | null =>
  completenessOf(hourly(observations), march, calendar, Date.parse(now));

describe('completeness of a period', () => {
  it('given a month that is over, then it counts the hours it really had: March loses one to daylight saving', () => {
    expect(completeness(31 * 24 - 1, '2026-05-01T00:00:00Z')).toBe(100);
    expect(completeness((31 * 24 - 1) / 2, '2026-05-01T00:00:00Z')).toBe(50);
  });

  it('given the running month, then the value of its first instant is due, and one more with each hour', () => {
    expect(completeness(12, '2026-03-01T22:59:00Z')).toBe(50);
    expect(completeness(25, '2026-03-01T23:30:00Z')).toBe(100);
    const daily = { ...NO_FIGURE, due: [[DAY_ms, 0, 1] as const] };
    expect(completenessOf(daily, march, calendar, Date.parse('2026-03-01T06:00:00Z'))).toBe(0);
  });

  it('given two series, then the surplus of one does not stand for what the other is missing', () => {
    const due = [[HOUR_ms, 0, 1] as const, [HOUR_ms, 2 * (31 * 24 - 1), 1] as const];
    expect(completenessOf({ ...NO_FIGURE, due }, march, calendar, Date.parse('2026-05-01T00:00:00Z'))).toBe(50);
  });

  it.each([28, 30, 31])('given a value every %d days, then one is due each month, whatever its length', (days) => {
    const of = (observations: number, label: string) => {
      const due = [[days * DAY_ms, observations, 1] as const];
      return completenessOf(
        { ...NO_FIGURE, due },
        periodFromLabel(label, calendar),
        calendar,
        Date.parse('2026-11-24'),
      );
    };
    expect([of(1, '2026-02'), of(0, '2026-02'), of(12, '2025'), of(6, '2025'), of(1, '2026-11')]).toEqual([
      100, 0, 100, 50, 100,
    ]);
    expect(of(11, '2026')).toBe(100);
  });

  it('given a daily value, then the day that the clocks are set back asks for no second one', () => {
    const october = periodFromLabel('2026-10', calendar);
    const daily = { ...NO_FIGURE, due: [[DAY_ms, 31, 1] as const] };
    expect(completenessOf(daily, october, calendar, Date.parse('2026-11-24'))).toBe(100);
  });

  it('given a sensor that sends more often than it must, then the month is complete and not more', () => {
    expect(completeness(31 * 24 * 2, '2026-05-01T00:00:00Z')).toBe(100);
  });

  it('given nothing due yet, or no series with an interval, then there is no share', () => {
    expect(completeness(1, '2026-02-28T22:10:00Z')).toBeNull();
    expect(completenessOf({ ...NO_FIGURE, observations: 5 }, march, calendar, Date.now())).toBeNull();
  });
});
