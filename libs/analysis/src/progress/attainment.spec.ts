import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attainment, attainmentRuleOf, meetsTarget } from './attainment.js';

const VECTORS = join(process.cwd(), '..', 'shared', 'vectors', 'attainment-oslo-okr.json');
interface OsloCase {
  readonly start: number;
  readonly target: number;
  readonly current: number | null;
  readonly expected_percent: number;
}

const ours = (vector: OsloCase): number | null =>
  attainment({
    value: vector.current,
    baseline: vector.start,
    target: { value: vector.target },
    direction: vector.target >= vector.start ? 'up' : 'down',
  });

describe("attainment beside Oslo kommune's published cases", () => {
  const found = existsSync(VECTORS);
  if (!found) process.stderr.write(`tests skipped: ${VECTORS} is not there\n`);
  const withVectors = found ? it : it.skip;
  const cases = found ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as { cases: OsloCase[] }).cases : [];
  const departs = (vector: OsloCase): boolean => vector.start === vector.target || vector.current === null;

  withVectors('given a value and a way to go, then all their cases hold', () => {
    const kept = cases.filter((vector) => !departs(vector));
    expect(kept).toHaveLength(15);
    for (const vector of kept)
      expect([vector, Math.round(ours(vector)! * 100) / 100]).toEqual([vector, vector.expected_percent]);
  });

  withVectors('given their other three cases, then ours departs as its docstring says', () => {
    expect(cases.filter(departs).map((vector) => [vector, ours(vector)])).toEqual([
      // They: 0, although the target is met. Here: met is 100.
      [{ start: 0, target: 0, current: 0, expected_percent: 0 }, 100],
      // They take the start for a missing value. Here: no data.
      [{ start: 0, target: 100, current: null, expected_percent: 0 }, null],
      [{ start: 100, target: 0, current: null, expected_percent: 0 }, null],
    ]);
  });
});

describe('attainment', () => {
  it('given target and baseline alike, then it is 100 when met and else not defined', () => {
    const keep = (value: number, direction: 'up' | 'down'): number | null =>
      attainment({ value, baseline: 50, target: { value: 50 }, direction });
    expect([keep(50, 'up'), keep(51, 'up'), keep(49, 'up')]).toEqual([100, 100, null]);
    expect([keep(50, 'down'), keep(49, 'down'), keep(51, 'down')]).toEqual([100, 100, null]);
  });

  it('given no baseline, then it is v/T upwards and T/v downwards', () => {
    const plain = (value: number, target: number, direction: 'up' | 'down'): number | null =>
      attainment({ value, target: { value: target }, direction });
    expect([plain(45, 90, 'up'), plain(-45, 90, 'up'), plain(120, 90, 'up')]).toEqual([50, -50, (100 * 120) / 90]);
    expect([plain(20, 10, 'down'), plain(5, 10, 'down'), plain(5, 0, 'down')]).toEqual([50, 200, 0]);
    // Where the quotient says nothing, only "met" can be told.
    expect([plain(-20, -10, 'up'), plain(-5, -10, 'up'), plain(0, 0, 'up')]).toEqual([null, 100, 100]);
    expect([plain(0, 10, 'down'), plain(5, -5, 'down'), plain(-6, -5, 'down')]).toEqual([100, null, 100]);
  });

  it('given a range, then it is 100 inside and falls to 0 over the tolerance', () => {
    const range = { low: 18, high: 24, tolerance: 4 };
    const at = (value: number, tolerance = 4): number | null =>
      attainment({ value, baseline: 3, target: { range: { ...range, tolerance } }, direction: 'range' });
    expect([at(18), at(21), at(24), at(17), at(26), at(14), at(2)]).toEqual([100, 100, 100, 75, 50, 0, 0]);
    expect([at(24, 0), at(24.1, 0)]).toEqual([100, 0]);
    expect([at(32, 10), at(27, 10)]).toEqual([20, 70]);
  });

  it('given no value, no target or a target of the other form, then it is null', () => {
    expect(attainment({ value: null, target: { value: 1 }, direction: 'up' })).toBeNull();
    expect(attainment({ value: 1, target: null, direction: 'up' })).toBeNull();
    expect(attainment({ value: 1, target: { value: 1 }, direction: 'range' })).toBeNull();
    expect(attainmentRuleOf({ target: { range: { low: 1, high: 2, tolerance: 0 } }, direction: 'up' })).toBeNull();
    expect(attainment({ value: 1e308, baseline: -1e308, target: { value: 1 }, direction: 'up' })).toBeNull();
  });

  it('given any way, then the baseline is 0, the target 100, and met means at least 100', () => {
    const figure = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((tenths) => tenths / 10);
    fc.assert(
      fc.property(figure, figure, figure, (baseline, target, value) => {
        fc.pre(baseline !== target);
        const direction = target > baseline ? 'up' : 'down';
        const at = (figureNow: number): number =>
          attainment({ value: figureNow, baseline, target: { value: target }, direction })!;
        expect([at(baseline), at(target)]).toEqual([0, 100]);
        expect(at(value) >= 100).toBe(meetsTarget({ value, target: { value: target }, direction }));
      }),
    );
  });
});
