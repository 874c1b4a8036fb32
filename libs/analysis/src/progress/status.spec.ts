import { describe, expect, it } from '@jest/globals';
import { type StatusInput, gapToPath, isStale, statusOf } from './status.js';

const base: StatusInput = { value: 50, expected: 50, baseline: 0, target: { value: 100 }, direction: 'up' };
const status = (change: Partial<StatusInput>): string => statusOf({ ...base, ...change });

describe('statusOf', () => {
  it('given a lag behind the path, then 5 % of the way is on track and 20 % at risk, bounds included', () => {
    expect([50, 60, 45, 44.9, 30, 29.9].map((value) => status({ value }))).toEqual([
      'on-track',
      'on-track',
      'on-track',
      'at-risk',
      'at-risk',
      'off-track',
    ]);
    // 0.6 − 0.65 is a little less than −0.05 in binary; the figure lags by 5 % all the same.
    expect(status({ value: 0.6, expected: 0.65, target: { value: 1 } })).toBe('on-track');
  });

  it('given a KPI that should fall, then above the path is behind', () => {
    const down = { direction: 'down', baseline: 100, target: { value: 0 } } as const;
    expect([50, 55, 56, 70, 71, 10].map((value) => status({ ...down, value }))).toEqual([
      'on-track',
      'on-track',
      'at-risk',
      'at-risk',
      'off-track',
      'on-track',
    ]);
  });

  it('given no fresh value, then there is no data, whatever the target', () => {
    expect(status({ value: null })).toBe('no-data');
    expect(status({ value: Number.NaN })).toBe('no-data');
    expect(status({ stale: true })).toBe('no-data');
    expect(status({ value: null, target: null })).toBe('no-data');
  });

  it('given a value without a fitting target, then there is no target', () => {
    expect(status({ target: null, expected: null })).toBe('no-target');
    expect(status({ direction: 'range' })).toBe('no-target');
    expect(status({ target: { range: { low: 1, high: 2, tolerance: 1 } } })).toBe('no-target');
  });

  it('given a range, then inside is on track, within the tolerance at risk', () => {
    const range = {
      direction: 'range',
      expected: null,
      target: { range: { low: 10, high: 20, tolerance: 2 } },
    } as const;
    expect([10, 20, 8, 22, 7.9, 22.1].map((value) => status({ ...range, value }))).toEqual([
      'on-track',
      'on-track',
      'at-risk',
      'at-risk',
      'off-track',
      'off-track',
    ]);
  });

  it('given a way without length, then only met or not can be told', () => {
    const keep = { baseline: 100, expected: 100 };
    expect([status({ ...keep, value: 100 }), status({ ...keep, value: 99.9 })]).toEqual(['on-track', 'off-track']);
    const zero = { baseline: null, expected: 0, target: { value: 0 }, direction: 'down' } as const;
    expect([status({ ...zero, value: 0 }), status({ ...zero, value: 1 })]).toEqual(['on-track', 'off-track']);
  });

  it('given no baseline, then the gap is a share of the target', () => {
    expect(gapToPath({ ...base, baseline: null, value: 90, expected: 100 })).toBeCloseTo(-0.1, 12);
    expect(status({ baseline: null, value: 90, expected: 100 })).toBe('at-risk');
  });
});

describe('isStale', () => {
  it('given a limit in days, then the value is stale from that many days on', () => {
    const stale = (onDay: string, staleAfter_days?: number): boolean =>
      isStale({ lastObservedOn: '2026-02-27', onDay, staleAfter_days });
    expect([stale('2026-03-01', 3), stale('2026-03-02', 3), stale('2030-01-01')]).toEqual([false, true, false]);
  });
});
