import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plain, sameContent } from './content.js';
import { daysBetween, isInstant, isLocalDate, isTimeZone } from './dates.js';

describe('dates', () => {
  it.each(['2024-02-29', '2000-02-29', '2026-12-31', '0001-01-01'])('knows the day %s', (day) => {
    expect(isLocalDate(day)).toBe(true);
  });

  it.each(['2023-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '2026-04-31', '26-01-01', '', 7, null])(
    'does not know the day %p',
    (day) => {
      expect(isLocalDate(day)).toBe(false);
    },
  );

  it('knows every day that Date knows, and counts days over leap years', () => {
    const at = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 40_000 }), (from, days) => {
        const one = at(from * 86_400_000);
        const other = at((from + days) * 86_400_000);
        expect(isLocalDate(one) && isLocalDate(other)).toBe(true);
        expect(daysBetween(one, other)).toBe(days);
      }),
    );
  });

  it('knows instants in the one form only', () => {
    expect(isInstant('2026-11-24T08:00:00.000Z')).toBe(true);
    for (const other of ['2026-11-24T08:00:00Z', '2026-11-24T08:00:00.000+08:00', '2026-11-31T08:00:00.000Z', 0]) {
      expect(isInstant(other)).toBe(false);
    }
  });

  it('knows IANA time zones', () => {
    expect(['Asia/Shanghai', 'Europe/Zurich', 'UTC'].every(isTimeZone)).toBe(true);
    expect(['Asia/Nowhere', '+01:00', '', undefined].some(isTimeZone)).toBe(false);
  });
});

describe('content', () => {
  it('is the same after its way through JSON', () => {
    fc.assert(
      fc.property(fc.object({ values: [fc.string(), fc.double({ noNaN: true }), fc.constant(undefined)] }), (value) => {
        fc.pre(!JSON.stringify(value).includes('null'));
        const copy = plain(value);
        expect(sameContent(copy, JSON.parse(JSON.stringify(value)))).toBe(true);
        expect(sameContent(value, copy)).toBe(true);
      }),
    );
  });

  it('makes plain objects of instances, leaves out undefined fields and turns -0 into 0', () => {
    class Range {
      min = -0;
      max = undefined;
    }
    expect(plain({ range: new Range(), list: [{ none: undefined }] })).toStrictEqual({ range: { min: 0 }, list: [{}] });
  });

  it('differs in lists, in kinds and in depth', () => {
    expect(sameContent([1, 2], [2, 1])).toBe(false);
    expect(sameContent([1], [1, 2])).toBe(false);
    expect(sameContent({ a: { b: 1 } }, { a: { b: 2 } })).toBe(false);
    expect(sameContent({ a: null }, {})).toBe(false);
    expect(sameContent({}, [])).toBe(false);
    expect(sameContent({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  });
});
