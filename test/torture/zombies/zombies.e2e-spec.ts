import { describe, expect, it } from '@jest/globals';
import { runCase } from '../run-case.js';
import { zombiesCase } from './zombies-case.js';

describe('torture: zombies', () => {
  it('holds for a small slice', async () => {
    const report = await runCase(zombiesCase, { seed: 4, count: 3 });
    expect(report.text()).toContain('violated: 0');
    expect(report.failed()).toBe(false);
  }, 60_000);
});
