import { describe, expect, it } from '@jest/globals';
import { Clock, FixedClock, SystemClock } from './clock.js';

describe('Clock', () => {
  it('given a fixed clock, then it stands until it is moved', () => {
    const clock = new FixedClock('2026-11-24T22:30:00Z');
    expect([clock.now(), clock.today('UTC'), clock.today('Asia/Shanghai')]).toEqual([
      '2026-11-24T22:30:00.000Z',
      '2026-11-24',
      '2026-11-25',
    ]);
    clock.advance(90 * 60_000);
    expect([clock.now(), clock.today('UTC')]).toEqual(['2026-11-25T00:00:00.000Z', '2026-11-25']);
    clock.set(0);
    expect(clock.now_ms()).toBe(0);
    expect(() => new FixedClock('soon')).toThrow('"soon" is not an instant');
  });

  it("given the system's clock, then it runs with it", () => {
    const before_ms = Date.now();
    const clock = new SystemClock();
    expect(clock).toBeInstanceOf(Clock);
    expect(clock.now_ms()).toBeGreaterThanOrEqual(before_ms);
    expect(Date.parse(clock.now())).toBeLessThanOrEqual(Date.now());
  });
});
