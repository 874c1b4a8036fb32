import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, seedFor } from '../src/city/random.js';
import { readState, writeState } from '../src/demo-state.js';
import { parseOptions } from '../src/options.js';
import { duration, progressBar, progressLine } from '../src/progress-bar.js';
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
      bar.finish(100);
      expect(written).toHaveLength(lines);
      expect(written.at(-1)?.endsWith('\n')).toBe(true);
    }
  });

  it('never writes a line that is wider than the terminal', () => {
    const written: string[] = [];
    progressBar('history', 100, { isTTY: true, columns: 30, write: (text) => written.push(text) }).finish(50);
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
