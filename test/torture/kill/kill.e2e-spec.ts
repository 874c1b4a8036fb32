import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { killCase } from './kill-case.js';

describe('torture: kill', () => {
  it('holds for a small slice', async () => {
    const report = await runCase(killCase, { seed: 2, count: 6 });
    expect(report.text()).toContain('violated: 0');
    expect(report.failed()).toBe(false);
    expect(report.count('acknowledged observations')).toBeGreaterThan(0);
  }, 60_000);
});
