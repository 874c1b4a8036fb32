import { describe, expect, it } from '@jest/globals';
import { positionBefore, readAsOf } from '../src/as-of.js';

describe('"show as of"', () => {
  it('takes digits as a log position and nothing as now', () => {
    expect(readAsOf(' 4711 ')).toEqual({ kind: 'as-of', value: '4711' });
    expect(readAsOf('')).toEqual({ kind: 'now' });
  });

  it('takes RFC 3339 as it is', () => {
    expect(readAsOf('2026-11-01T12:00:00+08:00')).toEqual({ kind: 'as-of', value: '2026-11-01T04:00:00.000Z' });
  });

  it('takes a date and time in the reader’s own time zone', () => {
    const expected = new Date(2026, 10, 1, 12, 30).toISOString();
    expect(readAsOf('2026-11-01 12:30')).toEqual({ kind: 'as-of', value: expected });
  });

  it('takes a date alone as the end of that day', () => {
    const expected = new Date(2026, 5, 30, 23, 59, 59, 999).toISOString();
    expect(readAsOf('2026-06-30')).toEqual({ kind: 'as-of', value: expected });
  });

  it.each(['yesterday', '2026-13-01', '2026-02-30', '12:00', '-5', '4.5', '2026-11-01T99:00:00Z'])(
    'refuses %s',
    (typed) => {
      expect(readAsOf(typed)).toEqual({ kind: 'not-understood' });
    },
  );

  it('counts positions beyond 2^53 exactly and stops at zero', () => {
    expect(positionBefore('9007199254740993')).toBe('9007199254740992');
    expect(positionBefore('0')).toBe('0');
  });
});
