import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localDateOfDay } from '../calendar/local-date.js';
import { expectedValue, shapeInUse, shareOfWay } from './trajectory.js';

const baseline = { value: 100, date: '2024-01-01' };
const target = { value: 25, date: '2026-01-01' };
const days = fc.integer({ min: 0, max: 40_000 });

describe('expectedValue', () => {
  it('given a straight path, then it follows the actual days, leap day included', () => {
    const on = (date: string): number | null => expectedValue({ baseline, target, date, shape: 'linear' });
    // 2024 has 366 of the 731 days.
    expect(on('2025-01-01')).toBeCloseTo(100 - 75 * (366 / 731), 12);
    expect([on('2023-06-01'), on('2024-01-01'), on('2026-01-01'), on('2030-01-01')]).toEqual([100, 100, 25, 25]);
  });

  it('given a geometric path, then equal stretches have equal factors', () => {
    const end = { value: 25, date: '2024-01-11' };
    const on = (date: string): number => expectedValue({ baseline, target: end, date, shape: 'geometric' })!;
    expect(on('2024-01-06')).toBeCloseTo(50, 12);
    expect(on('2024-01-02') / on('2024-01-01')).toBeCloseTo(on('2024-01-10') / on('2024-01-09'), 12);
  });

  it('given a path that growth cannot take, then it is straight and says so', () => {
    for (const [from, to] of [
      [0, 10],
      [10, 0],
      [-5, 5],
    ] as const) {
      const path = {
        baseline: { value: from, date: '2024-01-01' },
        target: { value: to, date: '2024-01-11' },
        shape: 'geometric' as const,
      };
      expect(shapeInUse(path)).toBe('linear');
      expect(expectedValue({ ...path, date: '2024-01-06' })).toBe((from + to) / 2);
    }
    expect(shapeInUse({ baseline, target, shape: 'geometric' })).toBe('geometric');
    expect(
      expectedValue({
        baseline: { ...baseline, value: -100 },
        target: { ...target, value: -25 },
        date: '2025-01-01',
        shape: 'geometric',
      }),
    ).toBeLessThan(0);
  });

  it('given no baseline, no target or a range, then the target at once, or nothing', () => {
    expect(expectedValue({ baseline: null, target, date: '2020-01-01', shape: 'linear' })).toBe(25);
    expect(expectedValue({ baseline, target: null, date: '2020-01-01', shape: 'linear' })).toBeNull();
    const range = { range: { low: 1, high: 2, tolerance: 1 }, date: '2026-01-01' };
    expect(expectedValue({ baseline, target: range, date: '2025-01-01', shape: 'linear' })).toBeNull();
  });

  it('given an end that is not after the start, then everything is due from the start', () => {
    expect([
      shareOfWay('2024-01-02', '2024-01-02', '2024-01-01'),
      shareOfWay('2024-01-02', '2024-01-01', '2024-01-02'),
    ]).toEqual([0, 1]);
  });

  it('given any path, then the expected value never leaves it and never turns back', () => {
    const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, positive, days, days, days, days, (from, to, start, end, one, other) => {
        const path = {
          baseline: { value: from, date: localDateOfDay(start) },
          target: { value: to, date: localDateOfDay(end) },
        };
        const [early, late] = [Math.min(one, other), Math.max(one, other)].map(localDateOfDay) as [string, string];
        for (const shape of ['linear', 'geometric'] as const) {
          const first = expectedValue({ ...path, date: early, shape })!;
          const second = expectedValue({ ...path, date: late, shape })!;
          const ends = [path.baseline.date, path.target.date].map((date) => expectedValue({ ...path, date, shape }));
          if (start < end) expect(ends).toEqual([from, to]);
          const slack = Math.max(from, to) * 1e-12;
          expect(first).toBeGreaterThanOrEqual(Math.min(from, to) - slack);
          expect(first).toBeLessThanOrEqual(Math.max(from, to) + slack);
          expect((second - first) * Math.sign(to - from)).toBeGreaterThanOrEqual(-slack);
        }
      }),
    );
  });
});
