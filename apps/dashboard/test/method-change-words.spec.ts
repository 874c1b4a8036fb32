import { describe, expect, it } from '@jest/globals';
import { MESSAGES } from '../src/messages.js';
import { methodChangeWords } from '../src/method-change-words.js';
import { type Measure } from '../src/wire.js';

const english = { messages: MESSAGES.en, language: 'en' } as const;
const chinese = { messages: MESSAGES['zh-CN'], language: 'zh-CN' } as const;

const measure: Measure = { kind: 'statistic', statistic: 'mean', series: ['a', 'b'] };
const kpi = { weight: 25, horizon: 'short', definition: { measure, period: 'month', trajectory: 'linear' } } as const;

describe('a proposed method in words', () => {
  it('names every field that changes, before and after, in the order of the definition', () => {
    const method = {
      weight: 33.5,
      horizon: 'long',
      trajectory: 'geometric',
      period: 'quarter',
      measure: { kind: 'percentile', percentile: 90, series: ['a', 'c'] },
    } as const;
    expect(methodChangeWords(method, kpi, english)).toEqual([
      { field: 'Measure', before: 'Mean', after: '90th percentile of all observations' },
      { field: 'Series', before: 'a, b', after: 'a, c' },
      { field: 'Reporting period', before: 'Month', after: 'Quarter' },
      { field: 'Target path', before: 'Linear', after: 'Geometric (constant rate)' },
      { field: 'Horizon', before: 'Short term', after: 'Long term' },
      { field: 'Weight in the unit', before: '25', after: '33.5' },
    ]);
    const words = methodChangeWords(method, kpi, chinese).map(({ field, before, after }) => field + before + after);
    expect(words.join('')).not.toMatch(/[A-Z]/);
  });

  it('leaves out what stays', () => {
    const method = { measure: { ...measure, series: ['a'] } };
    expect(methodChangeWords(method, kpi, english)).toEqual([{ field: 'Series', before: 'a, b', after: 'a' }]);
    expect(methodChangeWords({}, kpi, english)).toEqual([]);
  });
});
