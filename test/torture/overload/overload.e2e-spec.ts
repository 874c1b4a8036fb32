import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { overloadWith } from './overload-case.js';

describe('torture: overload', () => {
  it('given ten times as many requests as can be served, then the rest is refused and nothing acknowledged is lost', async () => {
    const report = await runCase(overloadWith('singles'), { seed: 1, count: 1 });
    expect(report.text()).toMatch(/lost: 0\n {2}doubled: 0\n {2}violated: 0$/);
    expect(report.count('  refused with 503 and Retry-After')).toBeGreaterThan(0);
    expect(report.count('  acknowledged')).toBeGreaterThan(1_000);
  }, 120_000);
});
