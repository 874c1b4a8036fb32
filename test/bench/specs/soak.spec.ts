import { describe, expect, it } from '@jest/globals';
import { endOf_ms } from '../load/batch-stream.js';
import { memoryCourse } from '../soak/memory-course.js';
import { soakPlan } from '../soak/soak-plan.js';

const MINUTE_MS = 60_000;
const TEN_MINUTES_MS = 10 * MINUTE_MS;
const course = (memoryAt: (second: number) => number, seconds = 600) =>
  memoryCourse(
    Array.from({ length: seconds }, (_, second) => ({ at_ms: (second + 1) * 1_000, memory_MiB: memoryAt(second) })),
  );

describe('the memory of a soak', () => {
  it('is flat when it only swings', () => {
    const swinging = course((second) => 300 + (second % 7) * 5);
    expect(swinging).toMatchObject({ firstThird_MiB: 315, lastThird_MiB: 315, isFlat: true });
    expect(Math.abs(swinging.slope_MiB_per_min)).toBeLessThan(0.1);
  });

  it('is not flat when it grows by 5 MiB a minute', () => {
    const growing = course((second) => 300 + (second / 60) * 5);
    expect(growing.isFlat).toBe(false);
    expect(growing.slope_MiB_per_min).toBeCloseTo(5, 6);
  });

  it('leaves the warm-up out', () => {
    expect(course((second) => (second < 55 ? 100 + second * 4 : 320))).toMatchObject({
      firstThird_MiB: 320,
      lastThird_MiB: 320,
      slope_MiB_per_min: 0,
      isFlat: true,
    });
  });

  it('says nothing from two samples', () => {
    expect(() => course(() => 300, 2)).toThrow(RangeError);
  });
});

describe('the plan of a soak', () => {
  it('is full load where the disk holds it, with times that end in the past', () => {
    const { rate, batches_max, times } = soakPlan(TEN_MINUTES_MS, 100e9);
    expect(rate).toBeUndefined();
    expect(batches_max).toBe(900_000);
    expect(endOf_ms(times, batches_max)).toBeLessThanOrEqual(Date.UTC(2026, 0, 1));
  });

  it('sends less where the disk does not hold it', () => {
    const { rate, batches_max } = soakPlan(TEN_MINUTES_MS, 30e9);
    expect(rate).toBe(800);
    expect(batches_max * 1_000 * 50).toBeLessThanOrEqual(30e9);
    expect(() => soakPlan(TEN_MINUTES_MS, 1e6)).toThrow(RangeError);
  });

  it('puts the readings closer together when there are more of them than minutes', () => {
    expect(soakPlan(TEN_MINUTES_MS, 1e15).times.interval_ms).toBe(60_000);
    expect(soakPlan(60 * MINUTE_MS, 1e15).times.interval_ms).toBe(10_000);
    expect(() => soakPlan(10_000 * MINUTE_MS, 1e15)).toThrow(RangeError);
  });
});
