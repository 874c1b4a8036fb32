import { describe, expect, it } from '@jest/globals';
import { measureSeries, measureText } from '../src/measure-words.js';
import { MESSAGES } from '../src/messages.js';

const english = { messages: MESSAGES.en, language: 'en' } as const;

describe('a measure in words', () => {
  it('reads like a sentence that a citizen can check', () => {
    const days = {
      kind: 'days',
      dayStatistic: 'mean',
      comparison: 'above',
      threshold: 75,
      minimumObservations: 18,
      series: ['pm25'],
    } as const;
    expect(measureText(days, english)).toBe('Days whose mean is above 75 (days with at least 18 observations)');
  });

  it('writes a ratio as its formula, the complement as well', () => {
    const numerator = { statistic: 'sum', series: ['over-4h'] } as const;
    const denominator = { statistic: 'sum', series: ['attendances'] } as const;
    const ratio = { kind: 'ratio', numerator, denominator, scale: 100, complement: true } as const;
    expect(measureText(ratio, english)).toBe('100 × (1 − Sum of over-4h ÷ Sum of attendances)');
    expect(measureText({ ...ratio, complement: false }, english)).toBe('100 × Sum of over-4h ÷ Sum of attendances');
    expect(measureSeries(ratio)).toEqual(['over-4h', 'attendances']);
  });

  it('names each series once', () => {
    expect(measureSeries({ kind: 'percentile', percentile: 95, series: ['a', 'a', 'b'] })).toEqual(['a', 'b']);
  });
});
