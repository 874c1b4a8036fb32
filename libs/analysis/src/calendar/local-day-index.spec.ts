import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { DAY_ms, dayNumber, localDateOfDay } from './local-date.js';
import { LocalDayIndex, localDayIndexOf } from './local-day-index.js';
import { dayBounds_ms, localDateOf, periodBounds_ms } from './local-time.js';
import { isTimeZone } from './zone-offsets.js';

/** Daylight saving north and south, at and around midnight, half and quarter hours, changed offsets, skipped days, none. */
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Europe/Zurich',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'America/Caracas',
  'America/Juneau',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Gaza',
  'Asia/Manila',
  'Asia/Pyongyang',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Antarctica/Troll',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];
const FROM_ms = Date.UTC(1840, 0, 1);
const UNTIL_ms = Date.UTC(2040, 0, 1);

const wallDateByTemporal = (instant_ms: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant_ms).toZonedDateTimeISO(timeZone).toPlainDate().toString();

const instants = fc.integer({ min: FROM_ms, max: UNTIL_ms });
const zones = fc.constantFrom(...ZONES);

describe('LocalDayIndex', () => {
  it('given any instant, when asked in any order, then it agrees with Temporal', () => {
    fc.assert(
      fc.property(zones, fc.array(instants, { minLength: 1, maxLength: 12 }), (timeZone, times) => {
        const index = localDayIndexOf(timeZone);
        for (const instant_ms of times)
          expect(localDateOfDay(index.dayNumberAt(instant_ms))).toBe(wallDateByTemporal(instant_ms, timeZone));
      }),
      { numRuns: 300 },
    );
  });

  it('given the hours around every midnight of a year with clock changes, then it agrees with Temporal', () => {
    const years: [string, number][] = [
      ['America/Sao_Paulo', 2018],
      ['America/St_Johns', 1988],
      ['Australia/Lord_Howe', 2024],
      ['Asia/Gaza', 2011],
      ['Europe/Zurich', 2026],
    ];
    for (const [timeZone, year] of years) {
      const index = new LocalDayIndex(timeZone);
      for (const transition_ms of transitionsOf(timeZone, year))
        for (let shift_ms = -2 * 3_600_000; shift_ms <= 2 * 3_600_000; shift_ms += 450_000)
          for (const nudge_ms of [-1, 0, 1]) {
            const instant_ms = transition_ms + shift_ms + nudge_ms;
            expect([timeZone, instant_ms, localDateOfDay(index.dayNumberAt(instant_ms))]).toEqual([
              timeZone,
              instant_ms,
              wallDateByTemporal(instant_ms, timeZone),
            ]);
          }
    }
  });

  it('given instants that go back in time over a clock change, then the later answer is not taken for the earlier instant', () => {
    const index = new LocalDayIndex('America/New_York');
    for (const change_ms of [Date.UTC(2013, 2, 10, 7), Date.UTC(2013, 10, 3, 6)])
      for (let hour = 30; hour >= -30; hour--) {
        const instant_ms = change_ms + hour * 3_600_000 - 1;
        expect(localDateOfDay(index.dayNumberAt(instant_ms))).toBe(wallDateByTemporal(instant_ms, 'America/New_York'));
      }
  });

  it('given Samoa on the last days of 2011, then 30 December has no instant', () => {
    const index = new LocalDayIndex('Pacific/Apia');
    const transition_ms = Date.UTC(2011, 11, 30, 10);
    expect(localDateOfDay(index.dayNumberAt(transition_ms - 1))).toBe('2011-12-29');
    expect(localDateOfDay(index.dayNumberAt(transition_ms))).toBe('2011-12-31');
    expect(dayBounds_ms('2011-12-30', 'Pacific/Apia')).toEqual({ from_ms: transition_ms, until_ms: transition_ms });
  });

  it('given two days whose slots in the table are the same, then neither answers for the other', () => {
    const index = new LocalDayIndex('Europe/Zurich');
    const summer_ms = Date.UTC(2020, 6, 1, 22, 30);
    const sameSlot_ms = summer_ms + 8192 * DAY_ms;
    for (let round = 0; round < 3; round++) {
      expect(localDateOfDay(index.dayNumberAt(summer_ms))).toBe('2020-07-02');
      expect(localDateOfDay(index.dayNumberAt(sameSlot_ms))).toBe(wallDateByTemporal(sameSlot_ms, 'Europe/Zurich'));
    }
  });

  it('given something that is no instant, then it refuses', () => {
    const index = new LocalDayIndex('UTC');
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, -1e15, 1e15])
      expect(() => index.dayNumberAt(wrong)).toThrow(/is not an instant/);
    expect(() => new LocalDayIndex('Mars/Olympus')).toThrow('"Mars/Olympus" is not a known IANA time zone');
    expect([isTimeZone('Mars/Olympus'), isTimeZone('Asia/Shanghai')]).toEqual([false, true]);
  });

  it('given hourly observations of 20 years, then a second is enough for many millions', () => {
    const index = new LocalDayIndex('America/New_York');
    const start_ms = Date.UTC(2005, 0, 1);
    for (let hour = 0; hour < 175_000; hour++) index.dayNumberAt(start_ms + hour * 3_600_000);
    const began_ms = performance.now();
    let days = 0;
    for (let at_ms = start_ms, n = 0; n < 2_000_000; n++, at_ms += 60_000) days += index.dayNumberAt(at_ms);
    const rate = 2_000_000 / ((performance.now() - began_ms) / 1000);
    expect(days).toBeGreaterThan(0);
    // The goal is 20 M/s; the bound leaves room for a busy machine, and still fails if Intl is asked on the way.
    expect(rate).toBeGreaterThan(4_000_000);
  });
});

describe('day bounds', () => {
  it('given any day, then exactly the instants inside show it, but for an hour set back across midnight', () => {
    fc.assert(
      fc.property(zones, instants, (timeZone, instant_ms) => {
        const date = localDateOf(instant_ms, timeZone);
        const { from_ms, until_ms } = dayBounds_ms(date, timeZone);
        expect(from_ms <= instant_ms && instant_ms < until_ms).toBe(true);
        expect(localDateOf(from_ms, timeZone)).toBe(date);
        expect(localDateOf(until_ms - 1, timeZone)).toBe(date);
        expect(localDateOf(from_ms - 1, timeZone)).not.toBe(date);
        expect(localDateOf(until_ms, timeZone)).not.toBe(date);
      }),
      { numRuns: 300 },
    );
  });

  it('given any date, then it starts where Temporal starts it', () => {
    fc.assert(
      fc.property(
        zones,
        fc.integer({ min: dayNumber('1850-01-01'), max: dayNumber('2039-12-31') }),
        (timeZone, day) => {
          const date = localDateOfDay(day);
          const byTemporal = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone }).epochMilliseconds;
          expect(dayBounds_ms(date, timeZone).from_ms).toBe(byTemporal);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('given the days of a clock change, then they have 23 and 25 hours', () => {
    const hours = (date: string): number => {
      const { from_ms, until_ms } = dayBounds_ms(date, 'America/New_York');
      return (until_ms - from_ms) / 3_600_000;
    };
    expect([hours('2013-03-10'), hours('2013-11-03'), hours('2013-11-04')]).toEqual([23, 25, 24]);
  });

  it('given a day of a clock change that ends with the UTC day, then it ends on the millisecond', () => {
    expect(dayBounds_ms('2024-10-27', 'Europe/London')).toEqual({
      from_ms: Date.parse('2024-10-26T23:00:00Z'),
      until_ms: Date.parse('2024-10-28T00:00:00Z'),
    });
  });

  it('given a period, then its bounds are those of its first and last day', () => {
    expect(periodBounds_ms({ startsOn: '2026-10-01', endsOn: '2026-10-31' }, 'Europe/Zurich')).toEqual({
      from_ms: Date.parse('2026-09-30T22:00:00Z'),
      until_ms: Date.parse('2026-10-31T23:00:00Z'),
    });
  });

  it("given St John's, whose clocks went from 00:01 to 23:01, then the two days share the hour", () => {
    const sunday = dayBounds_ms('1988-10-30', 'America/St_Johns');
    const saturday = dayBounds_ms('1988-10-29', 'America/St_Johns');
    expect(saturday.until_ms).toBeGreaterThan(sunday.from_ms);
    expect(localDateOf(sunday.from_ms, 'America/St_Johns')).toBe('1988-10-30');
    expect(localDateOf(sunday.from_ms + 120_000, 'America/St_Johns')).toBe('1988-10-29');
  });
});

function transitionsOf(timeZone: string, year: number): number[] {
  const found: number[] = [];
  let at = Temporal.ZonedDateTime.from({ timeZone, year, month: 1, day: 1 });
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (!next || next.year > year) break;
    found.push(next.epochMilliseconds);
    at = next;
  }
  expect(found.length).toBeGreaterThan(0);
  return found;
}
