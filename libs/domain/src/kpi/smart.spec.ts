import { describe, expect, it } from '@jest/globals';
import { baseline, cleanAir, target, TODAY } from '../testing/examples.js';
import { type KpiState } from './kpi.events.js';
import { kpiDecider } from './kpi.js';
import { SMART_LETTERS, smartFindings } from './smart.js';
import { targetInForce } from './target.js';

const smart: KpiState = {
  ...kpiDecider.initialState,
  status: 'draft',
  definition: cleanAir,
  baseline,
  targets: [{ target, effectiveFrom: '2026-01-01' }],
};
const defined = (change: Partial<typeof cleanAir>): KpiState => ({ ...smart, definition: { ...cleanAir, ...change } });
const aimed = (change: object, start = baseline): KpiState => ({
  ...smart,
  baseline: start,
  targets: [{ target: { ...target, ...change }, effectiveFrom: '2026-01-01' }],
});

describe('SMART check', () => {
  it('finds nothing where nothing is missing', () => {
    expect(smartFindings(smart, TODAY)).toEqual([]);
  });

  it('finds every letter of a KPI that does not exist, in their order', () => {
    expect(smartFindings(kpiDecider.initialState, TODAY).map((finding) => finding.where)).toEqual([...SMART_LETTERS]);
  });

  it.each<[string, KpiState, string, string]>([
    ['a description', defined({ description: undefined }), 'smart.specific', 'description'],
    ['a description with words', defined({ description: { en: ' ' } }), 'smart.specific', 'description'],
    ['a data source', defined({ dataSource: undefined }), 'smart.measurable', 'data source'],
    ['a unit of measure', defined({ unitOfMeasure: '' }), 'smart.measurable', 'unit of measure'],
    [
      'a series',
      defined({ measure: { kind: 'statistic', statistic: 'mean', series: [] } }),
      'smart.measurable',
      'series',
    ],
    ['a goal', defined({ goalId: undefined }), 'smart.relevant', 'goal'],
    ['a baseline', { ...smart, baseline: undefined }, 'smart.achievable', 'baseline is missing'],
    ['a target below the baseline', aimed({ value: 61 }), 'smart.achievable', 'not below the baseline 60'],
    ['a target that is not the baseline', aimed({ value: 60 }), 'smart.achievable', 'not below the baseline 60'],
    ['a target date in the future', aimed({ date: TODAY }), 'smart.time-bound', `not in the future`],
    [
      'a target date after the baseline',
      aimed({ date: '2027-01-01' }, { value: 60, date: '2027-01-01' }),
      'smart.time-bound',
      'not after the date of the baseline',
    ],
    [
      'a target above the baseline',
      { ...defined({ direction: 'up' }) },
      'smart.achievable',
      'the target 35 is not above the baseline 60',
    ],
    [
      'a target above an equal baseline',
      { ...aimed({ value: 60 }), definition: { ...cleanAir, direction: 'up' } },
      'smart.achievable',
      'the target 60 is not above the baseline 60',
    ],
    ['a target with a range', defined({ direction: 'range' }), 'smart.achievable', 'no range'],
    [
      'two ends of one sign',
      { ...aimed({ value: 0 }), definition: { ...cleanAir, trajectory: 'geometric' } },
      'smart.achievable',
      'same sign',
    ],
  ])('misses %s', (_what, state, where, words) => {
    expect(smartFindings(state, TODAY)).toEqual([
      { where, what: expect.stringContaining(words), fields: [expect.any(String)] },
    ]);
  });

  it('names everything that one letter misses in one finding', () => {
    const [finding, ...others] = smartFindings(defined({ dataSource: undefined, unitOfMeasure: ' ' }), TODAY);
    expect(others).toEqual([]);
    expect(finding?.what).toBe(
      'a unit of measure is missing; the data source, in words a citizen understands, is missing',
    );
    expect(finding?.fields).toEqual(['unitOfMeasure', 'dataSource']);
  });

  it('names each field once that has to be mended', () => {
    const bare = { ...defined({ description: undefined, goalId: undefined }), baseline: undefined, targets: [] };
    expect(smartFindings(bare, TODAY).map(({ where, fields }) => [where, fields])).toEqual([
      ['smart.specific', ['description']],
      ['smart.achievable', ['baseline', 'target']],
      ['smart.relevant', ['goalId']],
      ['smart.time-bound', ['target']],
    ]);
  });

  it('is not measurable by series that nobody registered', () => {
    expect(smartFindings(smart, TODAY, ['air/pm52/*', 'air/1'])).toEqual([
      {
        where: 'smart.measurable',
        what: 'no registered series begins with air/pm52/*; the series air/1 is not registered',
        fields: ['measure'],
      },
    ]);
  });

  it('accepts a sane range whatever side the baseline is on', () => {
    const range = { low: 18, high: 22, tolerance: 2 };
    const state = {
      ...defined({ direction: 'range' }),
      targets: [{ target: { range, date: '2028-12-31' }, effectiveFrom: '2026-01-01' }],
    };
    expect(smartFindings(state, TODAY)).toEqual([]);
  });
});

describe('target in force', () => {
  const at = (value: number, effectiveFrom: string) => ({ target: { value, date: '2030-12-31' }, effectiveFrom });
  const targets = [at(35, '2026-01-01'), at(40, '2027-01-01'), at(38, '2026-06-01'), at(39, '2026-06-01')];

  it.each([
    ['2025-12-31', undefined],
    ['2026-01-01', 35],
    ['2026-05-31', 35],
    ['2026-06-01', 39],
    ['2027-06-01', 40],
  ])('is on %s that of value %p', (day, value) => {
    expect(targetInForce(targets, day)?.target.value).toBe(value);
  });
});
