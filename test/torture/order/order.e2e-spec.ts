import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { orderCase } from './order-case.js';

describe('torture: order', () => {
  it('holds for a small slice', async () => {
    const report = await runCase(orderCase, { seed: 1, count: 1_500 });
    expect(report.text()).toContain('violated: 0');
    expect(report.failed()).toBe(false);
    expect(report.count('appends')).toBe(1_500);
    expect(report.count('conflicts')).toBeGreaterThan(0);
  });
});
