import { describe, expect, it } from '@jest/globals';
import { Problems } from '../checks/problems.js';
import { checkMeasure } from './measure.js';

const series = ['air/pm25/1'];
const mean = { kind: 'statistic', statistic: 'mean', series };
const days = {
  kind: 'days',
  dayStatistic: 'mean',
  comparison: 'above',
  threshold: 75,
  minimumObservations: 18,
  series,
};
const ratio = {
  kind: 'ratio',
  numerator: { statistic: 'sum', series },
  denominator: { statistic: 'sum', series: ['air/pm25/2'] },
  scale: 100,
  complement: true,
};
const placesOf = (measure: unknown): readonly string[] => {
  const problems = new Problems();
  checkMeasure(problems, 'measure', measure);
  return problems.list.map((problem) => problem.where);
};

describe('measure', () => {
  it.each<[string, unknown]>([
    ['a mean', mean],
    ['a percentile', { kind: 'percentile', percentile: 95, series }],
    ['a share', { kind: 'share', comparison: 'at-or-above', threshold: 0, series: ['air/*', 'water/*'] }],
    ['exceedance days', days],
    ['a ratio', ratio],
    ['a thousand series', { ...mean, series: Array.from({ length: 1_000 }, (_, index) => `s${index}`) }],
  ])('accepts %s', (_what, measure) => {
    expect(placesOf(measure)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'measure'],
    ['a list', [], 'measure'],
    ['an unknown kind', { kind: 'toString', series }, 'measure.kind'],
    ['a median by that name', { ...mean, statistic: 'median' }, 'measure.statistic'],
    ['no series', { ...mean, series: [] }, 'measure.series'],
    ['1,001 series', { ...mean, series: Array.from({ length: 1_001 }, (_, index) => `s${index}`) }, 'measure.series'],
    ['a series twice', { ...mean, series: ['a', 'a'] }, 'measure.series'],
    ['every series there is', { ...mean, series: ['*'] }, 'measure.series.0'],
    ['a star in the middle', { ...mean, series: ['a', 'air/*/1'] }, 'measure.series.1'],
    ['two stars', { ...mean, series: ['air/**'] }, 'measure.series.0'],
    ['the 0th percentile', { kind: 'percentile', percentile: 0, series }, 'measure.percentile'],
    ['the 100th percentile', { kind: 'percentile', percentile: 100, series }, 'measure.percentile'],
    ['a percentile that is no number', { kind: 'percentile', percentile: Number.NaN, series }, 'measure.percentile'],
    ['an infinite threshold', { ...days, threshold: Number.POSITIVE_INFINITY }, 'measure.threshold'],
    ['days without observations', { ...days, minimumObservations: 0 }, 'measure.minimumObservations'],
    ['an unknown comparison', { ...days, comparison: 'over' }, 'measure.comparison'],
    ['a last value of the day', { ...days, dayStatistic: 'last' }, 'measure.dayStatistic'],
    ['a scale of 0', { ...ratio, scale: 0 }, 'measure.scale'],
    ['an infinite scale', { ...ratio, scale: Number.NEGATIVE_INFINITY }, 'measure.scale'],
    ['a complement in words', { ...ratio, complement: 'yes' }, 'measure.complement'],
    ['no denominator', { ...ratio, denominator: undefined }, 'measure.denominator'],
    [
      'a denominator without series',
      { ...ratio, denominator: { statistic: 'sum', series: [] } },
      'measure.denominator.series',
    ],
    ['a field of another kind', { ...mean, threshold: 3 }, 'measure.threshold'],
  ])('refuses %s', (_what, measure, where) => {
    expect(placesOf(measure)).toEqual([where]);
  });
});
