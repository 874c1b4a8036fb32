import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { judgeEffect } from './judge-effect.js';

describe('judgeEffect', () => {
  it.each([
    [50, 40, 40, 'down', 'yes'],
    [50, 40, 30, 'down', 'yes'],
    [50, 40, 45, 'down', 'partly'],
    [50, 40, 50, 'down', 'no'],
    [50, 40, 60, 'down', 'no'],
    [50, 60, 61, 'up', 'yes'],
    [50, 60, 51, 'up', 'partly'],
    [50, 60, 49, 'up', 'no'],
    // Towards a range from above: the sign of what was planned decides, not the direction.
    [50, 45, 46, 'range', 'partly'],
    // Holding a value: the direction says which side is good.
    [50, 50, 55, 'up', 'yes'],
    [50, 50, 55, 'down', 'no'],
    [50, 50, 50, 'range', 'yes'],
    [50, 50, 51, 'range', 'no'],
  ] as const)('from %d to %d, now %d (%s): %s', (before, expected, now, direction, worked) => {
    expect(judgeEffect(before, expected, now, direction)).toBe(worked);
  });

  it('does not judge without figures', () => {
    expect(judgeEffect(null, 40, 30, 'down')).toBe('unknown');
    expect(judgeEffect(50, 40, null, 'down')).toBe('unknown');
  });

  it('says the same of a mirrored world', () => {
    const figure = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(figure, figure, figure, (before, expected, now) => {
        expect(judgeEffect(-before, -expected, -now, 'down')).toBe(judgeEffect(before, expected, now, 'up'));
      }),
    );
  });
});
