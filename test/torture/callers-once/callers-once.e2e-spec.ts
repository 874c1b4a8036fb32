import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { callersOnceCase } from './callers-once-case.js';

describe('torture: callers-once', () => {
  it('holds for a small slice', async () => {
    const report = await runCase(callersOnceCase, { seed: 3, count: 300 });
    expect(report.text()).toContain('violated: 0');
    expect(report.failed()).toBe(false);
    expect(report.count('answers of then')).toBeGreaterThan(0);
  }, 60_000);
});
