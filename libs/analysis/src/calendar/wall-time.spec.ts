import { describe, expect, it } from '@jest/globals';
import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { instantOfWallTime_ms, parseWallTime, parseWallTimeParts } from './wall-time.js';

const iso = (text: string, timeZone: string): string => new Date(parseWallTime(text, timeZone)).toISOString();

describe('wall time', () => {
  it('given the forms of a local time, then each is read', () => {
    expect(iso('2010-01-01', 'Asia/Shanghai')).toBe('2009-12-31T16:00:00.000Z');
    expect(iso('2010-01-01 05:00', 'Asia/Shanghai')).toBe('2009-12-31T21:00:00.000Z');
    expect(iso('2010-01-01T05:00:07.5', 'Asia/Shanghai')).toBe('2009-12-31T21:00:07.500Z');
    expect(parseWallTimeParts({ year: '2010', month: '1', day: '2', hour: '3' }, 'Asia/Shanghai')).toBe(
      Date.UTC(2010, 0, 1, 19),
    );
  });

  it('given a doubled time, then the first is meant', () => {
    expect(iso('2013-11-03 01:00', 'America/New_York')).toBe('2013-11-03T05:00:00.000Z');
    expect(iso('2013-11-03 02:00', 'America/New_York')).toBe('2013-11-03T07:00:00.000Z');
    expect(iso('2025-04-06 01:45', 'Australia/Lord_Howe')).toBe('2025-04-05T14:45:00.000Z');
  });

  it('given a time that never was, then it is refused and not moved', () => {
    expect(() => parseWallTime('2013-03-10 02:30', 'America/New_York')).toThrow(
      '2013-03-10 02:30:00 never was in America/New_York: the clocks were set forward over it',
    );
    expect(() => parseWallTime('2011-12-30 12:00', 'Pacific/Apia')).toThrow(/never was/);
    expect(iso('2013-03-10 03:00', 'America/New_York')).toBe('2013-03-10T07:00:00.000Z');
  });

  it('given something that no clock shows, then it is refused', () => {
    for (const wrong of [
      '2013-02-29',
      '2013-01-01 24:00',
      '2013-01-01 10:60',
      '2013-01-01 10',
      '2013-01-01T10:00Z',
      '1.1.2013',
    ])
      expect(() => parseWallTime(wrong, 'UTC')).toThrow(RangeError);
    for (const wrong of [
      { hour: 'x' },
      { hour: '-1' },
      { hour: '1e1' },
      { hour: '' },
      { month: '0' },
      { minute: '99' },
    ])
      expect(() => parseWallTimeParts({ year: '2013', month: '1', day: '1', ...wrong }, 'UTC')).toThrow(RangeError);
    expect(() => parseWallTime('2013-01-01', 'Nowhere/City')).toThrow(/time zone/);
  });

  it('given any wall time, then the instant is the one of Temporal, or both refuse', () => {
    const zones = [
      'Europe/Zurich',
      'America/St_Johns',
      'Pacific/Apia',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Africa/Monrovia',
    ];
    const wallTimes = fc.record({
      year: fc.integer({ min: 1850, max: 2039 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), wallTimes, (timeZone, wallTime) => {
        expect(outcome(() => instantOfWallTime_ms(wallTime, timeZone))).toEqual(
          outcome(() => byTemporal(wallTime, timeZone)),
        );
      }),
      { numRuns: 300 },
    );
    for (let minute = 0; minute < 180; minute++) {
      const wallTime = { year: 2026, month: 3, day: 29, hour: 1 + Math.floor(minute / 60), minute: minute % 60 };
      expect(outcome(() => instantOfWallTime_ms(wallTime, 'Europe/Zurich'))).toEqual(
        outcome(() => byTemporal(wallTime, 'Europe/Zurich')),
      );
    }
  });
});

function byTemporal(
  wallTime: { year: number; month: number; day: number; hour: number; minute: number },
  timeZone: string,
): number {
  const options = { disambiguation: 'earlier' } as const;
  const found = Temporal.ZonedDateTime.from({ ...wallTime, timeZone }, options);
  if (!found.toPlainDateTime().equals(Temporal.PlainDateTime.from(wallTime))) throw new RangeError('skipped');
  return found.epochMilliseconds;
}

function outcome(compute: () => number): number | 'refused' {
  try {
    return compute();
  } catch {
    return 'refused';
  }
}
