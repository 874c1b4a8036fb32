import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { hostileInputCase } from './hostile-input-case.js';

describe('torture: hostile input', () => {
  it('given some hundred requests of strangers and small bombs, then nothing breaks, slows down or comes back changed', async () => {
    const report = await runCase(hostileInputCase, { seed: 20_261_124, count: 1_000 });
    expect(report.text()).toMatch(/lost: 0\n {2}doubled: 0\n {2}violated: 0$/);
    expect(report.count('requests over HTTP')).toBeGreaterThan(400);
    expect(report.count('observations accepted and read back the same')).toBeGreaterThan(300);
    expect(report.count('gzip bombs')).toBeGreaterThan(20);
  }, 90_000);
});
