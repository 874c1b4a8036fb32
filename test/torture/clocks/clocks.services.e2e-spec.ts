import { beforeAll, describe, expect, it } from '@jest/globals';
import { needFromDebian } from '../../services/support/debian-programs.js';
import { peerTookPart } from '../../services/support/peers.js';
import { runCase } from '../run-case.js';
import { clocksCase } from './clocks-case.js';

describe('a wall clock that jumps', () => {
  beforeAll(() => peerTookPart('libfaketime', needFromDebian('faketime')));

  it('moves neither the order of events nor the figures of days and periods', async () => {
    const report = await runCase(clocksCase, { seed: 5, count: 8 });
    expect(report.text()).toContain('lost: 0\n  doubled: 0\n  violated: 0');
    expect(report.count('jumps of the clock')).toBe(8);
    expect(report.count('moments of the calendar passed twice')).toBe(10);
    expect(report.count('tokens that ended')).toBeGreaterThan(0);
  });
});
