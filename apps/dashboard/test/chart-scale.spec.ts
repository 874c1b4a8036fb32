import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  labelsApart,
  labelSpan,
  dateTicks,
  dayNumber,
  extent,
  linearScale,
  linePath,
  lonelyPoints,
  niceTicks,
  sparklinePoints,
  tickDecimals,
} from '../src/chart-scale.js';

describe('scales', () => {
  it('map a span to pixels, also upside down, and a point to the middle', () => {
    expect(linearScale([0, 10], [100, 0])(2.5)).toBe(75);
    expect(linearScale([5, 5], [0, 80])(5)).toBe(40);
  });

  it('know the extent of what is there', () => {
    expect(extent([null, 3, undefined, -1, Number.NaN])).toEqual([-1, 3]);
    expect(extent([null])).toBeNull();
  });
});

describe('ticks', () => {
  it('are round', () => {
    expect(niceTicks(37, 71.9, 5)).toEqual([30, 40, 50, 60, 70, 80]);
    expect(niceTicks(0.1, 0.32, 5)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
    expect(tickDecimals([0.1, 0.15, 0.2])).toBe(2);
  });

  it('cover what they are for, in order and without a flood, whatever the figures are', () => {
    const figure = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => Math.round(value * 1e4) / 1e4);
    fc.assert(
      fc.property(figure, figure, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = niceTicks(low, high, 5);
        const slack = Math.max(1e-9, (high - low) * 1e-6, Math.abs(high) * 1e-9);
        expect(ticks[0]).toBeLessThanOrEqual(low + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect([...ticks].sort((x, y) => x - y)).toEqual(ticks);
      }),
    );
  });

  it('on the time axis are few enough to be read', () => {
    const [from, until] = [dayNumber('2024-10-01'), dayNumber('2027-12-31')];
    const ticks = dateTicks(from, until, 8);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.map(({ day }) => day)).toContain(dayNumber('2025-01-01'));
    expect(dateTicks(from, until, 2).every(({ kind }) => kind === 'year')).toBe(true);
    expect(dateTicks(dayNumber('1026-01-01'), until, 4).length).toBeLessThanOrEqual(5);
  });

  it('have labels only where they do not run into each other', () => {
    const spans = [labelSpan(10, 30, 'start'), labelSpan(55, 30, 'middle'), labelSpan(100, 30, 'middle')];
    expect(spans).toEqual([
      [10, 40],
      [40, 70],
      [85, 115],
    ]);
    expect(labelsApart([...spans, labelSpan(130, 30, 'end')], 8)).toEqual([true, false, true, false]);
  });
});

describe('lines', () => {
  it('break where a value is missing', () => {
    const points = [{ x: 0, y: 1 }, null, { x: 2, y: 3.14 }, { x: 3, y: 4 }];
    expect(linePath(points)).toBe('M0 1M2 3.1L3 4');
    expect(lonelyPoints(points)).toEqual([{ x: 0, y: 1 }]);
  });

  it('put the lowest value at the bottom of a sparkline and a constant one in the middle', () => {
    expect(sparklinePoints([1, null, 3], 100, 20)).toEqual([{ x: 0, y: 20 }, null, { x: 100, y: 0 }]);
    expect(sparklinePoints([7, 7], 100, 20)).toEqual([
      { x: 0, y: 10 },
      { x: 100, y: 10 },
    ]);
    expect(sparklinePoints([null], 100, 20)).toEqual([null]);
  });
});
