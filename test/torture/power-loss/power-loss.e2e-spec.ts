import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventIdFrom, type StoredEvent } from '#lib/event-store';
import { Random } from '../random.js';
import { Report } from '../report.js';
import { cutAtEveryByte } from './cut-wal.js';
import { Ledger, scriptedCommit } from './log-script.js';
import { operationsIn } from './trace.js';
import { VolatileDisk } from './volatile-disk.js';

/** A prime, so that no place in a frame is favoured. */
const STEP_bytes = 97;

describe('power loss', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'power-loss-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('given a WAL cut anywhere, then the log is an exact prefix with everything acknowledged before', async () => {
    const report = new Report();
    await cutAtEveryByte(new Random(5), 6, folder, report, STEP_bytes);
    expect(report.text()).toContain('lost: 0\n  doubled: 0\n  violated: 0');
    expect(report.count('cuts of the WAL')).toBeGreaterThan(1_000);
  });

  it('notices a missing, a torn, a foreign and a moved event', () => {
    const ledger = new Ledger();
    for (let index = 0; index < 3; index += 1) ledger.add(scriptedCommit(new Random(4), index));
    const stored = ledger.events.map((event, index) => ({ ...event, position: BigInt(index + 1) }) as StoredEvent);
    expect(ledger.faultOf(stored, 3)).toBeNull();
    expect(ledger.faultOf(stored.slice(0, -1), 3)).toContain('were acknowledged');
    const torn = ledger.eventsAfter
      .map((count) => count - 1)
      .find((count) => !ledger.eventsAfter.includes(count) && count);
    expect(ledger.faultOf(stored.slice(0, torn), 0)).toContain('torn');
    const foreign = [{ ...stored[0]!, id: eventIdFrom('other', 0) }, ...stored.slice(1)];
    expect(ledger.faultOf(foreign, 3)).toContain('position 1');
    expect(ledger.faultOf([{ ...stored[0]!, position: 2n }, ...stored.slice(1)], 3)).toContain('position 1');
  });

  it('reads what strace saw, also where threads interrupt each other', () => {
    const trace = [
      '7 openat(AT_FDCWD</w>, "\\x2f\\x61", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 9<\\x2f\\x61>',
      '7 pwrite64(9<\\x2f\\x61>, "\\x01\\x02", 2, 4096 <unfinished ...>',
      '6 write(4<\\x2f\\x6e>, "\\x33\\x0a", 2) = 2',
      '7 <... pwrite64 resumed>)           = 2',
      '7 fdatasync(9<\\x2f\\x61>)        = 0',
      '7 fsync(9<\\x2f\\x61>)            = -1 EIO (Input/output error)',
      '7 +++ exited with 0 +++',
    ].join('\n');
    expect(operationsIn(trace, '/n')).toEqual([
      { kind: 'create', path: '/a' },
      { kind: 'acknowledged', commits: 3 },
      { kind: 'write', path: '/a', offset: 4096, bytes: Buffer.from([1, 2]) },
      { kind: 'sync', path: '/a' },
    ]);
  });

  it('models a disk that forgets what was not synced: content with its file, names with their folder', () => {
    const disk = new VolatileDisk('/d');
    const random = new Random(1);
    const write = (text: string): void =>
      disk.apply({ kind: 'write', path: '/d/a', offset: 0, bytes: Buffer.from(text) });
    disk.apply({ kind: 'create', path: '/d/a' });
    write('old');
    disk.apply({ kind: 'sync', path: '/d/a' });
    expect(disk.afterPowerCut('none', random)).toEqual(new Map());
    disk.apply({ kind: 'sync', path: '/d' });
    write('newer');
    expect(disk.afterPowerCut('none', random).get('/d/a')?.toString()).toBe('old');
    expect(disk.afterPowerCut('all', random).get('/d/a')?.toString()).toBe('newer');
    disk.apply({ kind: 'truncate', path: '/d/a', size: 1 });
    expect(disk.afterPowerCut('all', random).get('/d/a')?.toString()).toBe('n');
    disk.apply({ kind: 'unlink', path: '/d/a' });
    expect(disk.afterPowerCut('none', random).get('/d/a')?.toString()).toBe('old');
    expect(disk.afterPowerCut('all', random).has('/d/a')).toBe(false);
  });
});
