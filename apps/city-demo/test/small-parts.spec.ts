import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, seedFor } from '../src/city/random.js';
import { FolderRefused, kindOfFolder, prepareFolder } from '../src/demo-folder.js';
import { readState, writeState } from '../src/demo-state.js';
import { parseOptions } from '../src/options.js';
import { duration, progressBar, progressLine } from '../src/progress-bar.js';
import { LiveStatus } from '../src/stream/live-status.js';
import { dateAfter, lastMonth, lastQuarter, localDate } from '../src/setup/dates.js';

describe('seeded random numbers', () => {
  it('are known numbers for a known seed, so that no change of the generator goes unnoticed', () => {
    const random = seededRandom(42);
    expect([random.next(), random.next(), random.next()]).toEqual([
      0.6011037519201636, 0.44829055899754167, 0.8524657934904099,
    ]);
  });

  it('have the mean and spread of their distribution', () => {
    const random = seededRandom(1);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('differ by name', () => {
    expect(seedFor(7, 'a')).not.toBe(seedFor(7, 'b'));
    expect(seedFor(7, 'a')).not.toBe(seedFor(8, 'a'));
  });
});

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([])).toMatchObject({ seed: 7, days: 730, speed: 900, historyOnly: false, fresh: false });
  });

  it('reads every option', () => {
    const options = parseOptions(['--seed', '3', '--days=90', '--history-only', '--speed', '60', '--port', '0']);
    expect(options).toMatchObject({ seed: 3, days: 90, historyOnly: true, speed: 60, port: 0 });
  });

  it.each([
    [['--days', '3'], '--days takes a whole number from 30 to 3650, not 3'],
    [['--seed', 'x'], '--seed takes a whole number'],
    [['--url', 'http://127.0.0.1:1'], '--url and --token belong together'],
    [['--sede', '1'], '--sede'],
    [['--fresh', '--url', 'http://127.0.0.1:1', '--token', 'x'], 'nothing is deleted'],
  ])('names the mistake in %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describe('the progress bar', () => {
  it('shows share, count, rate and time left', () => {
    const line = progressLine('history', 500_000, 2_000_000, 5_000);
    expect(line).toBe('history █████░░░░░░░░░░░░░░░ 25 %  500,000 of about 2,000,000  100,000/s  15 s left');
  });

  it('overwrites its line on a terminal and writes few lines elsewhere', () => {
    for (const [isTTY, lines] of [
      [true, 11],
      [false, 1],
    ] as const) {
      let clock = 0;
      const written: string[] = [];
      const bar = progressBar('x', 100, { isTTY, write: (text) => written.push(text) }, () => clock);
      for (let done = 0; done < 100; done += 1) {
        clock += 10;
        bar.update(done);
      }
      bar.finish(100, true);
      expect(written).toHaveLength(lines);
      expect(written.at(-1)?.endsWith('\n')).toBe(true);
    }
  });

  it('ends at 100 % when the work is complete, whatever was expected, and never before', () => {
    for (const [done, isComplete, share] of [
      [97, true, '100 %'],
      [120, true, '100 %'],
      [97, false, '97 %'],
      [120, false, '99 %'],
    ] as const) {
      const written: string[] = [];
      progressBar('x', 100, { write: (text) => written.push(text) }).finish(done, isComplete);
      expect(written.at(-1)).toContain(` ${share} `);
    }
  });

  it('never writes a line that is wider than the terminal', () => {
    const written: string[] = [];
    progressBar('history', 100, { isTTY: true, columns: 30, write: (text) => written.push(text) }).finish(50, true);
    expect(written[0]?.replace('\r\u001b[2K', '').trimEnd().length).toBeLessThan(30);
  });

  it('says durations in words', () => {
    expect([duration(850), duration(12_300), duration(185_000)]).toEqual(['850 ms', '12 s', '3 min 5 s']);
  });
});

describe('dates of the story', () => {
  it('finds the month and the quarter before', () => {
    expect([lastMonth('2026-11-24'), lastMonth('2026-01-31')]).toEqual(['2026-10', '2025-12']);
    expect([lastQuarter('2026-11-24'), lastQuarter('2026-02-01')]).toEqual(['2026-Q3', '2025-Q4']);
  });

  it('counts days over the end of a year and knows the day in a zone', () => {
    expect(dateAfter('2026-12-30', 3)).toBe('2027-01-02');
    expect(localDate(Date.UTC(2026, 10, 24, 17), 'Asia/Shanghai')).toBe('2026-11-25');
  });
});

describe('the state of a demo', () => {
  it('survives a stop, readable by its owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallystick-demo-'));
    try {
      expect(readState(folder)).toBeNull();
      const state = { seed: 7, start_ms: 1, sentUntil_ms: 2, managed: true, tokens: { a: 'b' }, keys: {} };
      writeState(folder, state);
      expect(readState(folder)).toEqual(state);
      expect(statSync(join(folder, 'demo.json')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the folder of a demo', () => {
  let parent: string;
  let folder: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tallystick-demo-'));
    folder = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const state = { seed: 7, start_ms: 1, sentUntil_ms: 2, managed: true, tokens: {}, keys: {} };
  const log = (): string => join(folder, 'log.db');

  it('may be missing or empty', () => {
    prepareFolder(folder, true);
    expect(kindOfFolder(folder)).toBe('free');
    mkdirSync(folder);
    prepareFolder(folder, true);
    expect(kindOfFolder(folder)).toBe('free');
  });

  it('is deleted by --fresh when it is a demo, and kept otherwise', () => {
    writeState(folder, state);
    writeFileSync(log(), 'x');
    prepareFolder(folder, false);
    expect(readdirSync(folder).sort()).toEqual(['demo.json', 'log.db']);
    prepareFolder(folder, true);
    expect(existsSync(folder)).toBe(false);
  });

  it.each([true, false])('is refused and left as it is when it is something else (--fresh: %s)', (fresh) => {
    mkdirSync(folder);
    writeFileSync(log(), 'x');
    expect(() => prepareFolder(folder, fresh)).toThrow(FolderRefused);
    writeFileSync(join(folder, 'demo.json'), '{"name":"another program"}');
    expect(() => prepareFolder(folder, fresh)).toThrow(/--data/);
    writeFileSync(join(folder, 'demo.json'), 'no JSON');
    expect(() => prepareFolder(folder, fresh)).toThrow(/^(?!.*--fresh)/);
    expect(readdirSync(folder).sort()).toEqual(['demo.json', 'log.db']);
    expect(() => prepareFolder(log(), fresh)).toThrow(FolderRefused);
    expect(existsSync(log())).toBe(true);
  });
});

describe('the status of the live part', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.UTC(2026, 10, 24, 12) }));
  afterEach(() => void jest.useRealTimers());

  it('is told at once and then every ten seconds, also when nothing is due', () => {
    const said: string[] = [];
    const status = new LiveStatus((text) => said.push(text), 900_000);
    status.tick(Date.UTC(2026, 10, 24, 11), 60);
    status.tick(Date.UTC(2026, 10, 24, 12), 1_000);
    jest.advanceTimersByTime(25_000);
    status.stop();
    jest.advanceTimersByTime(25_000);
    expect(said).toEqual([
      'live: 2026-11-24 11:00 UTC, 60 observations sent',
      'live: 2026-11-24 12:00 UTC, 1,060 observations sent, the next are due at 2026-11-24 12:15 UTC',
      'live: 2026-11-24 12:00 UTC, 1,060 observations sent, the next are due at 2026-11-24 12:15 UTC',
    ]);
  });
});
