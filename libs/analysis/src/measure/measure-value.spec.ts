import { describe, expect, it } from '@jest/globals';
import type { Measure, SimpleStatistic } from '#lib/domain';
import { rollupOf } from '../statistics/day-rollup.js';
import { attainmentFormula, expectedFormula, formulaFor } from './formula.js';
import { isAccumulating, type MeasureInput, neededInputs, valueOfMeasure } from './measure-value.js';
import { METHODS, methodOfAttainment, methodOfMeasure, methodOfTrajectory } from './methods.js';

const HOUR_ms = 3_600_000;
const dayOf = (day: number, values: number[]): MeasureInput['days'][number] => ({
  day,
  rollup: rollupOf(
    values.map((_, hour) => day * 24 * HOUR_ms + hour * HOUR_ms),
    values,
  ),
});
const series = ['air/pm25/*'];
const value = { days: [dayOf(0, [80, 90]), dayOf(1, [10]), dayOf(2, [70, 70])], values: [80, 90, 10, 70, 70] };

describe('valueOfMeasure', () => {
  it('given a statistic, then all days are pooled', () => {
    const measured = (statistic: 'mean' | 'sum' | 'min' | 'max' | 'last' | 'count'): number | null =>
      valueOfMeasure({ kind: 'statistic', statistic, series }, { value }).value;
    expect((['mean', 'sum', 'min', 'max', 'last', 'count'] as const).map(measured)).toEqual([64, 320, 10, 90, 70, 5]);
    const result = valueOfMeasure({ kind: 'statistic', statistic: 'mean', series }, { value });
    expect(result).toMatchObject({ observations: 5, lastAt_ms: 49 * HOUR_ms });
    expect(result.quantities[0]).toMatchObject({ name: 'value', statistic: 'mean', series, value: 64 });
  });

  it('given exceedance days, then only days with enough observations count', () => {
    const days = (minimumObservations: number, threshold = 75): ReturnType<typeof valueOfMeasure> =>
      valueOfMeasure(
        { kind: 'days', dayStatistic: 'mean', comparison: 'above', threshold, minimumObservations, series },
        { value },
      );
    expect(days(2)).toMatchObject({ value: 1, quantities: [{ matching: 1, assessed: 2 }] });
    expect(days(1, 5).value).toBe(3);
    expect(days(1, 1000).value).toBe(0);
    expect(days(3)).toMatchObject({ value: null, observations: 5 });
  });

  it('given several series on one day, then the day is judged by all of them together', () => {
    const measure: Measure = {
      kind: 'days',
      dayStatistic: 'sum',
      comparison: 'at-or-above',
      threshold: 10,
      minimumObservations: 2,
      series,
    };
    const inputs = { value: { days: [dayOf(0, [4]), dayOf(0, [6]), dayOf(1, [100])] } };
    expect(valueOfMeasure(measure, inputs)).toMatchObject({ value: 1, quantities: [{ assessed: 1 }] });
  });

  it('given a share or percentile, then the single values are used, and asked for', () => {
    const share: Measure = { kind: 'share', comparison: 'at-or-below', threshold: 70, series };
    expect(valueOfMeasure(share, { value })).toMatchObject({ value: 60, observations: 5 });
    expect(valueOfMeasure({ kind: 'percentile', percentile: 50, series }, { value }).value).toBe(70);
    expect(neededInputs(share)).toEqual([{ name: 'value', series, statistic: 'share', rawValues: true }]);
    expect(() => valueOfMeasure(share, { value: { days: value.days } })).toThrow(TypeError);
  });

  it('given a ratio, then both sides are read and counted', () => {
    const measure: Measure = {
      kind: 'ratio',
      numerator: { statistic: 'sum', series: ['ae/waits'] },
      denominator: { statistic: 'sum', series: ['ae/attendances'] },
      scale: 100,
      complement: true,
    };
    expect(neededInputs(measure).map((needed) => [needed.name, needed.series, needed.rawValues])).toEqual([
      ['numerator', ['ae/waits'], false],
      ['denominator', ['ae/attendances'], false],
    ]);
    const inputs = {
      numerator: { days: [dayOf(0, [20, 5])] },
      denominator: { days: [dayOf(0, [60]), dayOf(1, [40])] },
    };
    expect(valueOfMeasure(measure, inputs)).toMatchObject({ value: 75, observations: 4, lastAt_ms: 24 * HOUR_ms });
    expect(formulaFor(measure, inputs)).toBe('100 × (1 − 25 / 100)');
    expect(valueOfMeasure(measure, { numerator: inputs.numerator })).toMatchObject({ value: null, observations: 2 });
    expect(formulaFor(measure, { numerator: inputs.numerator })).toBe('no data');
  });

  it('given nothing, then there is no figure, whatever the measure', () => {
    const measures: Measure[] = [
      { kind: 'statistic', statistic: 'count', series },
      { kind: 'percentile', percentile: 95, series },
      { kind: 'share', comparison: 'above', threshold: 1, series },
      { kind: 'days', dayStatistic: 'max', comparison: 'above', threshold: 1, minimumObservations: 0, series },
    ];
    for (const measure of measures) {
      expect(valueOfMeasure(measure, {})).toMatchObject({ value: null, observations: 0, lastAt_ms: null });
      expect(formulaFor(measure, {})).toBe('no data');
    }
  });

  it('given a sum beyond the doubles, then there is no figure', () => {
    const inputs = { value: { days: [dayOf(0, [1.7e308, 1.7e308])] } };
    expect(valueOfMeasure({ kind: 'statistic', statistic: 'sum', series }, inputs).value).toBeNull();
  });
});

describe('formulas and methods', () => {
  it('given the measures, then each formula carries its numbers', () => {
    const formula = (measure: Measure): string => formulaFor(measure, { value });
    expect(formula({ kind: 'statistic', statistic: 'mean', series })).toBe('320 / 5');
    expect(formula({ kind: 'statistic', statistic: 'last', series })).toBe(
      'last of 5 observations, at 1970-01-03T01:00:00.000Z',
    );
    expect(formula({ kind: 'percentile', percentile: 95, series })).toBe('percentile 95 (type 7) of 5 observations');
    expect(formula({ kind: 'share', comparison: 'above', threshold: 70, series })).toBe('100 × 2 / 5');
    expect(
      formula({
        kind: 'days',
        dayStatistic: 'mean',
        comparison: 'above',
        threshold: 75,
        minimumObservations: 2,
        series,
      }),
    ).toBe('1 of 2 days with at least 2 observations have a mean above 75');
  });

  it('given attainments, then each formula carries its numbers', () => {
    const formula = (figure: number, baseline: number | null, target: number, direction: 'up' | 'down'): string =>
      attainmentFormula({ value: figure, baseline, target: { value: target }, direction });
    expect(formula(82, 90, 70, 'down')).toBe('100 × (82 − 90) / (70 − 90)');
    expect(formula(-2, -5, 5, 'up')).toBe('100 × (−2 − (−5)) / (5 − (−5))');
    expect(formula(45, null, 90, 'up')).toBe('100 × 45 / 90');
    expect(formula(45, null, 90, 'down')).toBe('100 × 90 / 45');
    expect(formula(0, null, 90, 'down')).toBe('100 if 0 is at most 90, else not defined');
    expect(formula(7, 5, 5, 'up')).toBe('100 if 7 is at least 5, else not defined');
    const range = { range: { low: 1, high: 2, tolerance: 4 } };
    expect(attainmentFormula({ value: 3, target: range, direction: 'range' })).toBe('100 × (1 − 1 / 4), not below 0');
    expect(attainmentFormula({ value: 2, target: range, direction: 'range' })).toBe('100: 2 lies in 1 to 2');
    expect(attainmentFormula({ value: 2, target: null, direction: 'range' })).toBe('no target');
    expect(attainmentFormula({ value: null, target: range, direction: 'range' })).toBe('no data');
  });

  it('given a path, then its formula carries its numbers and names the shape in use', () => {
    const path = {
      baseline: { value: 90, date: '2024-01-01' },
      target: { value: 70, date: '2024-01-11' },
      shape: 'linear' as const,
    };
    expect(expectedFormula({ ...path, date: '2024-01-06' })).toBe('90 + (70 − 90) × 0.5');
    expect(expectedFormula({ ...path, date: '2024-01-06', shape: 'geometric' })).toBe('90 × (70 / 90)^0.5');
    expect(expectedFormula({ ...path, date: '2023-01-06' })).toBe('90');
    expect(expectedFormula({ ...path, date: '2025-01-06' })).toBe('70');
    expect(methodOfTrajectory({ ...path, shape: 'geometric' })).toEqual({ name: 'trajectory-geometric', version: 1 });
    expect(methodOfTrajectory({ ...path, target: { ...path.target, value: 0 }, shape: 'geometric' }).name).toBe(
      'trajectory-linear',
    );
  });

  it('given a method, then its name is its key and it has a version', () => {
    for (const [key, method] of Object.entries(METHODS))
      expect([method.name, method.version >= 1]).toEqual([key, true]);
    expect(methodOfMeasure({ kind: 'percentile', percentile: 5, series })).toEqual(METHODS['period-percentile-type-7']);
    expect(methodOfAttainment({ baseline: 1, target: { value: 2 }, direction: 'up' })).toEqual(
      METHODS['attainment-linear'],
    );
    expect(methodOfAttainment({ target: null, direction: 'up' })).toBeNull();
  });
});

describe('isAccumulating', () => {
  const side = (statistic: SimpleStatistic) => ({ statistic, series: ['s'] });
  const ratio = (numerator: SimpleStatistic, denominator: SimpleStatistic): Measure => {
    return { kind: 'ratio', numerator: side(numerator), denominator: side(denominator), scale: 1, complement: false };
  };
  const days: Measure = {
    kind: 'days',
    dayStatistic: 'mean',
    comparison: 'above',
    threshold: 1,
    minimumObservations: 1,
    series: ['s'],
  };

  it('given a figure that grows with the days, then it is so; a mean, a share and a rate are not', () => {
    const statistic = (one: SimpleStatistic): boolean => isAccumulating({ kind: 'statistic', ...side(one) });
    expect((['sum', 'count', 'mean', 'min', 'max', 'last'] as const).map(statistic)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([isAccumulating(days), isAccumulating(ratio('sum', 'last'))]).toEqual([true, true]);
    expect([isAccumulating(ratio('sum', 'count')), isAccumulating(ratio('mean', 'last'))]).toEqual([false, false]);
  });
});
