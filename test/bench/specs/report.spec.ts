import { describe, expect, it } from '@jest/globals';
import { figure, Results, spreadOf } from '../report.js';

describe('the report of a benchmark', () => {
  it('takes the median, the least and the greatest of the rounds', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('pairs ratios inside each round', () => {
    const results = new Results();
    for (const [ours, theirs] of [
      [100, 10],
      [900, 30],
      [200, 10],
    ] as const) {
      results.record('accepted-batches', 'tallystick', ours);
      results.record('accepted-batches', 'emmett-batch', theirs);
    }
    expect(results.ratio('accepted-batches', 'emmett-batch')).toBe(20);
    expect(results.ratio('accepted-batches', 'sqlite-batch')).toBeUndefined();
  });

  it('writes a line for every peer, and one without where there is none', () => {
    const results = new Results();
    results.record('accepted-singles', 'tallystick', 50_000);
    results.record('accepted-singles', 'emmett-readings', 1_500);
    results.record('accepted-singles', 'sqlite-readings', 5_000);
    results.record('kpi-query-p99', 'tallystick', 2.5);
    expect(results.json()).toEqual([
      {
        name: 'accepted-singles',
        value: 50_000,
        unit: 'observations/s',
        goal: 40_000,
        peer: 'Emmett SQLite, an event a reading',
        peerValue: 1_500,
      },
      {
        name: 'accepted-singles',
        value: 50_000,
        unit: 'observations/s',
        goal: 40_000,
        peer: 'better-sqlite3, an event a reading',
        peerValue: 5_000,
      },
      { name: 'kpi-query-p99', value: 2.5, unit: 'ms', goal: 5, peer: null, peerValue: null },
    ]);
    expect(results.table()).toContain('50,000 | 1,500, ours ×33.3 |');
  });

  it('shows three digits', () => {
    expect([1_234_567, 45_678, 12.345, 0.012345, 0].map(figure)).toEqual([
      '1,230,000',
      '45,700',
      '12.3',
      '0.0123',
      '0',
    ]);
  });
});
