import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalDayIndex } from '#lib/analysis';
import { INSTANT_MAX_ms, INSTANT_MIN_ms, isInstant, isRfc3339, parseFixedInstant, parseInstant } from './instant.js';

const fixed = (text: string): number => parseFixedInstant(Buffer.from(text), 0, text.length);

describe('RFC 3339 times', () => {
  it.each([
    ['2026-11-24T06:00:00Z', Date.UTC(2026, 10, 24, 6)],
    ['2026-11-24T06:00:00.5Z', Date.UTC(2026, 10, 24, 6, 0, 0, 500)],
    ['2026-11-24T06:00:00.123000Z', Date.UTC(2026, 10, 24, 6, 0, 0, 123)],
    ['2026-11-24t06:00:00z', Date.UTC(2026, 10, 24, 6)],
    ['2026-11-24T06:00:00+08:00', Date.UTC(2026, 10, 23, 22)],
    ['2026-11-24T06:00:00-00:30', Date.UTC(2026, 10, 24, 6, 30)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['1969-12-31T23:59:59Z', -1000],
    ['0004-01-05T00:00:00Z', INSTANT_MIN_ms],
    ['9996-12-27T23:59:59.999Z', INSTANT_MAX_ms],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    '2026-11-24',
    '2026-11-24 06:00:00Z',
    '2026-11-24T06:00:00',
    '2026-11-24T06:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234Z',
    '2026-01-01T00:00:00+24:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '2026-01-01T00:00:00Z ',
    'yesterday',
    '',
    '２０２６-01-01T00:00:00Z',
  ])('refuses %p', (text) => {
    expect(parseInstant(text)).toBeNaN();
    expect(fixed(text)).toBeNaN();
  });

  it('law: the fixed form is read as the general form and as the platform do', () => {
    fc.assert(
      fc.property(fc.integer({ min: INSTANT_MIN_ms, max: INSTANT_MAX_ms }), fc.boolean(), (at_ms, whole) => {
        const text = new Date(whole ? at_ms - (((at_ms % 1000) + 1000) % 1000) : at_ms).toISOString();
        const short = whole ? text.replace('.000Z', 'Z') : text;
        expect(fixed(short)).toBe(Date.parse(text));
        expect(parseInstant(short)).toBe(Date.parse(text));
      }),
    );
  });

  it('law: one changed byte never makes the fixed form say what the general form does not', () => {
    const near = fc.tuple(fc.nat(23), fc.integer({ min: 0x20, max: 0x7e }), fc.boolean());
    fc.assert(
      fc.property(near, ([at, byte, long]) => {
        const text = long ? '2026-11-24T06:07:08.901Z' : '2026-11-24T06:07:08Z';
        const changed = text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1);
        const quick = fixed(changed);
        if (!Number.isNaN(quick)) expect(quick).toBe(parseInstant(changed));
      }),
    );
  });

  it.each(['0004-01-04T23:59:59.999Z', '9996-12-28T00:00:00.000Z'])(
    'refuses %s, which is too near to the ends of the calendar, in numbers as in texts',
    (text) => {
      expect(parseInstant(text)).toBeNaN();
      expect(isInstant(Date.parse(text))).toBe(false);
      expect(isInstant(fixed(text))).toBe(false);
    },
  );

  it('takes no instant that the calendar of the views cannot place with the days around it', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Niue', 'UTC']) {
      const days = new LocalDayIndex(timeZone);
      for (const at_ms of [INSTANT_MIN_ms, INSTANT_MAX_ms])
        expect(Number.isInteger(days.dayNumberAt(at_ms))).toBe(true);
    }
  });

  it('knows which numbers can be instants', () => {
    expect([0, INSTANT_MIN_ms, INSTANT_MAX_ms].every(isInstant)).toBe(true);
    expect([0.5, INSTANT_MIN_ms - 1, INSTANT_MAX_ms + 1, NaN, Infinity].some(isInstant)).toBe(false);
    expect(isRfc3339('2026-01-01T00:00:00.123456789Z')).toBe(true);
    expect(isRfc3339('yesterday')).toBe(false);
  });
});
