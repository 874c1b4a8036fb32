import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needFromDebian } from '../../services/support/debian-programs.js';
import { peerTookPart } from '../../services/support/peers.js';
import { Random } from '../random.js';
import { Report } from '../report.js';
import { dropUnsynced, traceWriter } from './drop-unsynced.js';

const SEED = 11;
const COMMITS = 8;

describe('power loss, with a traced writer', () => {
  let folder = '';
  beforeEach(() => {
    peerTookPart('strace', needFromDebian('strace'));
    folder = mkdtempSync(join(tmpdir(), 'power-loss-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps every acknowledged event when unsynced writes are dropped, torn or reordered', async () => {
    const report = new Report();
    await dropUnsynced(traceWriter(SEED, COMMITS, folder), new Random(SEED), folder, report);
    expect(report.text()).toContain('lost: 0\n  doubled: 0\n  violated: 0');
  });

  it('would notice a program that acknowledges without syncing', async () => {
    const report = new Report();
    const traced = traceWriter(SEED, COMMITS, folder);
    let syncs = 0;
    // The first syncs make the files; from then on every second one is left out.
    const operations = traced.operations.filter(({ kind }) => kind !== 'sync' || (syncs += 1) < 8 || syncs % 2 === 0);
    await dropUnsynced({ ...traced, operations }, new Random(SEED), folder, report);
    expect(report.failuresOf('lost').count).toBeGreaterThan(0);
  });
});
