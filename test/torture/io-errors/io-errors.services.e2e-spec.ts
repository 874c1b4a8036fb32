import { beforeAll, describe, expect, it } from '@jest/globals';
import { needFromDebian } from '../../services/support/debian-programs.js';
import { peerTookPart } from '../../services/support/peers.js';
import { runCase } from '../run-case.js';
import { ioErrorsCase } from './io-errors-case.js';

/** Twelve turns: enough for the whole application to meet a failing sync once. */
const TURNS = 12;

describe('a failing disk', () => {
  beforeAll(() => {
    peerTookPart('libfiu', needFromDebian('libfiu'));
    peerTookPart('strace', needFromDebian('strace'));
  });

  it('never leads to an acknowledgement that is not kept, and is told to callers and operators', async () => {
    const report = await runCase(ioErrorsCase, { seed: 21, count: TURNS });
    expect(report.text()).toContain('lost: 0\n  doubled: 0\n  violated: 0');
    expect(report.count('faults that were told')).toBeGreaterThan(TURNS);
    expect(report.count('faults of the whole application')).toBe(1);
    expect(report.count('full disks')).toBe(1);
  });
});
