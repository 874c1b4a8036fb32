import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '../src/chart-scale.js';
import { changeDays, onTheWay, targetBands, targetPaths } from '../src/trajectory.js';

const baseline = { value: 60, date: '2025-01-01' };
const first = { target: { value: 30, date: '2027-01-01' }, effectiveFrom: '2025-01-01' };
const second = { target: { value: 36, date: '2028-01-01' }, effectiveFrom: '2026-01-01' };

describe('the drawn target path', () => {
  it('is halfway at half time and stays at the target after its date', () => {
    expect(onTheWay(baseline, first.target, dayNumber('2026-01-01'), 'linear')).toBeCloseTo(45, 9);
    expect(onTheWay(baseline, first.target, dayNumber('2031-01-01'), 'linear')).toBe(30);
  });

  it('bends at a constant rate, but not through zero', () => {
    expect(onTheWay(baseline, { value: 15, date: '2027-01-01' }, dayNumber('2026-01-01'), 'geometric')).toBeCloseTo(
      30,
      9,
    );
    expect(onTheWay(baseline, { value: -60, date: '2027-01-01' }, dayNumber('2026-01-01'), 'geometric')).toBeCloseTo(
      0,
      9,
    );
  });

  it('keeps the earlier target, from the baseline to its own date', () => {
    const [old, current] = targetPaths(baseline, [first, second], 'linear');
    expect(old?.inForce).toBe(false);
    expect(old?.points[0]).toEqual({ day: dayNumber('2025-01-01'), value: 60 });
    expect(old?.points.at(-1)).toEqual({ day: dayNumber('2027-01-01'), value: 30 });
    expect(current?.inForce).toBe(true);
    expect(current?.points[0]?.day).toBe(dayNumber('2026-01-01'));
    expect(changeDays([first, second])).toEqual([dayNumber('2026-01-01')]);
  });

  it('is level without a baseline', () => {
    const [only] = targetPaths(null, [first], 'linear');
    expect(new Set(only?.points.map(({ value }) => value))).toEqual(new Set([30]));
  });

  it('is a band for a range, until the next one takes effect', () => {
    const range = { low: 6, high: 8, tolerance: 1 };
    const bands = targetBands([
      { target: { range, date: '2027-01-01' }, effectiveFrom: '2025-01-01' },
      { target: { range: { ...range, high: 7 }, date: '2027-01-01' }, effectiveFrom: '2026-01-01' },
    ]);
    expect(bands.map(({ untilDay, inForce, high }) => [untilDay, inForce, high])).toEqual([
      [dayNumber('2026-01-01'), false, 8],
      [dayNumber('2027-01-01'), true, 7],
    ]);
    expect(
      targetPaths(null, [{ target: { range, date: '2027-01-01' }, effectiveFrom: '2025-01-01' }], 'linear'),
    ).toEqual([]);
  });
});
