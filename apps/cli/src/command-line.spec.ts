import { describe, expect, it } from '@jest/globals';
import { parseCommandLine, UsageError } from './command-line.js';
import { withoutPassword } from '#lib/engines';
import { openForReading } from './open-log.js';
import { duration, progressLine, progressText, size } from './progress-line.js';

describe('parseCommandLine', () => {
  const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));
  const common = { json: false, quiet: false };

  it('reads every command with its options', () => {
    expect(parse('log copy --from sqlite:a --to sqlite:b --batch 7 --json')).toEqual({
      ...{ name: 'copy', from: 'sqlite:a', to: 'sqlite:b', batch_events: 7 },
      ...{ json: true, quiet: false },
    });
    expect(parse('log copy --from=sqlite:a --to=sqlite:b')).toMatchObject({ batch_events: null });
    const exported = { name: 'export', from: 'sqlite:a', to: '-', ...common };
    expect(parse('log export --from sqlite:a --to -')).toEqual({ ...exported, isGzipped: false });
    expect(parse('log export --from sqlite:a --to - --gzip')).toEqual({ ...exported, isGzipped: true });
    expect(parse('log export --from sqlite:a --to a.ndjson.gz')).toMatchObject({ isGzipped: true });
    expect(parse('log import --from - --to sqlite:b')).toEqual({
      ...{ name: 'import', from: '-', to: 'sqlite:b', batch_events: null },
      ...common,
    });
    expect(parse('log verify --log sqlite:a --deep --quiet')).toEqual({
      ...{ name: 'verify', log: 'sqlite:a', isDeep: true },
      ...{ json: false, quiet: true },
    });
    expect(parse('log digest --log sqlite:a')).toEqual({ name: 'digest', log: 'sqlite:a', ...common });
  });

  it('gives help for the program and for each command, naming its options', () => {
    for (const line of ['', '--help', 'log', 'log --help', '-h'])
      expect(parse(line)).toMatchObject({ name: 'help', text: expect.stringContaining('verify') as unknown as string });
    const options = { copy: '--batch', export: '--gzip', import: '--from FILE', verify: '--deep', digest: '--log' };
    for (const [name, option] of Object.entries(options))
      expect(parse(`log ${name} --help`)).toMatchObject({ text: expect.stringContaining(option) as unknown as string });
  });

  it.each([
    ['cake', 'no command "cake"'],
    ['log cake', 'no command "log cake"'],
    ['log constructor', 'no command "log constructor"'],
    ['log copy --to sqlite:b', '--from is missing'],
    ['log copy --from sqlite:a --to sqlite:a', 'name the same'],
    ['log copy --from sqlite:a --to sqlite:b --batch 0', '--batch takes'],
    ['log copy --from sqlite:a --to sqlite:b --batch 1e3', '--batch takes'],
    ['log copy --from sqlite:a --to sqlite:b --deep', "'--deep'"],
    ['log digest sqlite:a', 'sqlite:a'],
  ])('refuses "%s", saying what is wrong', (line, what) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(what);
  });
});

describe('URLs of logs', () => {
  it.each([
    ['kafka://broker', 'must begin with one of sqlite:'],
    ['data/log.db', 'write sqlite:data/log.db'],
    ['sqlite:', 'names no file'],
    ['sqlite:libs', 'libs is a folder: name the file in it, sqlite:libs/log.db'],
    ['sqlite:none/log.db', 'there is no log at none/log.db'],
    ['sqlite:///none/log.db', 'there is no log at /none/log.db'],
    ['ftp://user:secret@host/', 'ftp://user:***@host/'],
  ])('refuses %s, saying what is wrong', async (url, what) => {
    await expect(openForReading(url)).rejects.toThrow(what);
  });

  it('never prints a password', () => {
    expect(withoutPassword('postgres://me:p:a@h@host:5432/db?x=1')).toBe('postgres://me:***@host:5432/db?x=1');
    expect(withoutPassword('postgres://me@host/db')).toBe('postgres://me@host/db');
    expect(withoutPassword('sqlite:a@b:c.db')).toBe('sqlite:a@b:c.db');
  });
});

describe('the progress line', () => {
  const counts = { events: 500, observations: 500_000, size_bytes: 5_000_000 };

  it('tells events, observations, speed and the time left', () => {
    expect(progressText({ phase: 'placing', ...counts, eventsTotal: 2000 }, 1000)).toBe(
      'writing 500 of 2,000 events · 500,000 observations · 5.0 MB/s · 3 s left',
    );
    expect(progressText({ phase: 'checking', ...counts, observations: 0, eventsTotal: null }, 1000)).toBe(
      'checking 500 events · 5.0 MB/s',
    );
  });

  it('is drawn over on a terminal and cut to it, and is written now and then elsewhere; a new phase begins anew', () => {
    for (const isTTY of [true, false]) {
      let now_ms = 0;
      const written: string[] = [];
      const line = progressLine({ isTTY, columns: 30, write: (text) => written.push(text) }, () => now_ms);
      for (now_ms = 100; now_ms <= 10_000; now_ms += 100)
        line.onProgress({ phase: now_ms < 6000 ? 'placing' : 'reading-back', ...counts, eventsTotal: 2000 });
      line.end();
      expect(written.length).toBe(isTTY ? 51 : 2);
      if (isTTY) expect(Math.max(...written.map((text) => text.length))).toBeLessThan(30 + '\r\u001b[2K'.length);
      else expect(written[1]).toContain('reading back 500 of 2,000 events');
    }
  });

  it('writes sizes and times as people do', () => {
    expect([999, 1500, 170_000_000].map(size)).toEqual(['999 B', '1.5 kB', '170 MB']);
    expect([850, 12_400, 185_000, 7_800_000].map(duration)).toEqual(['850 ms', '12 s', '3 min 5 s', '2 h 10 min']);
  });
});
