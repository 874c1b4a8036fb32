import { describe, expect, it } from '@jest/globals';
import { positionBefore, readAsOf as readAsOfIn } from '../src/as-of.js';

const readAsOf = (typed: string, zone = 'Asia/Shanghai') => readAsOfIn(typed, zone);

describe('"show as of"', () => {
  it('takes digits as a log position and nothing as now', () => {
    expect(readAsOf(' 4711 ')).toEqual({ kind: 'as-of', value: '4711' });
    expect(readAsOf('')).toEqual({ kind: 'now' });
  });

  it('takes RFC 3339 as it is', () => {
    expect(readAsOf('2026-11-01T12:00:00+08:00')).toEqual({ kind: 'as-of', value: '2026-11-01T04:00:00.000Z' });
  });

  it('takes a date and time in the organisation’s time zone, on both sides of a change of its clocks', () => {
    expect(readAsOf('2026-11-01 12:30')).toEqual({ kind: 'as-of', value: '2026-11-01T04:30:00.000Z' });
    const zurich = (typed: string) => readAsOf(typed, 'Europe/Zurich');
    expect(zurich('2026-10-25 01:30')).toEqual({ kind: 'as-of', value: '2026-10-24T23:30:00.000Z' });
    expect(zurich('2026-10-25 03:30:15')).toEqual({ kind: 'as-of', value: '2026-10-25T02:30:15.000Z' });
  });

  it('takes a date alone as the end of that day', () => {
    expect(readAsOf('2026-06-30')).toEqual({ kind: 'as-of', value: '2026-06-30T15:59:59.999Z' });
  });

  it.each(['yesterday', '2026-13-01', '2026-02-30', '12:00', '-5', '4.5', '2026-11-01T99:00:00Z', '2026-11-01 24:00'])(
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
