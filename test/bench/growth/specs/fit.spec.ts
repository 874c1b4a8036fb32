import { describe, expect, it } from '@jest/globals';
import { classOf, fitExponent } from '../fit.js';

const sizes = [100, 200, 400, 800, 1_600, 3_200];
const grown = (cost: (size: number) => number) => sizes.map((size) => ({ size, cost: cost(size) }));

describe('the fit of a growth', () => {
  it.each([0, 0.5, 1, 2])('finds the exponent %p again, whatever the unit', (exponent) => {
    expect(fitExponent(grown((size) => 3.7 * size ** exponent))).toBeCloseTo(exponent, 9);
  });

  it('calls growths by their names', () => {
    const named = (cost: (size: number) => number) => classOf(fitExponent(grown(cost)));
    expect(named(() => 5)).toBe('constant');
    expect(named((size) => 10 / size)).toBe('constant');
    expect(named((size) => Math.log(size))).toBe('logarithmic');
    expect(named((size) => Math.sqrt(size))).toBe('below linear');
    expect(named((size) => 40 * size + 1_000)).toBe('linear');
    expect(named((size) => size * Math.log(size))).toBe('linear');
    expect(named((size) => size ** 1.2)).toBe('worse than linear');
    expect(named((size) => size ** 2)).toBe('worse than linear');
  });

  it('looks at the upper half, because a fixed cost hides the growth at small sizes', () => {
    const points = grown((size) => 50_000 + size ** 2);
    const onlySmall = fitExponent(points.slice(0, 3));
    expect(fitExponent(points)).toBeGreaterThan(1.5);
    expect(onlySmall).toBeLessThan(1);
  });

  it('does not depend on the order of the points', () => {
    const points = grown((size) => size ** 1.3);
    expect(fitExponent([...points].reverse())).toBeCloseTo(fitExponent(points), 12);
  });

  it('refuses what has no growth', () => {
    expect(() => fitExponent([{ size: 1, cost: 1 }])).toThrow(RangeError);
    expect(() =>
      fitExponent([
        { size: 1, cost: 0 },
        { size: 2, cost: 1 },
      ]),
    ).toThrow(RangeError);
  });
});
