import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { TORTURE_CASES } from './cases.js';
import { Random } from './random.js';
import { Report } from './report.js';
import { runCase } from './run-case.js';
import type { TortureCase, TortureRun } from './torture-case.js';

const caseThat = (run: (run: TortureRun) => Promise<void>, limit_ms = 10_000): TortureCase => ({
  name: 'made-up',
  summary: 'Does what the spec says.',
  defaultCount: 1,
  fullCount: 2,
  timeLimit_ms: () => limit_ms,
  run,
});

describe('the frame of the torture cases', () => {
  it('given the same seed, then the same choices, whatever was drawn beside them', () => {
    const draw = (random: Random): number[] => Array.from({ length: 50 }, () => random.integer(1, 1000));
    const first = new Random(7);
    const second = new Random(7);
    draw(second.fork('beside'));
    expect(draw(first.fork('client-3'))).toEqual(draw(second.fork('client-3')));
    expect(draw(first)).not.toEqual(draw(first.fork('client-3')));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
  });

  it('draws evenly, within the bounds, and shuffles without loss', () => {
    const random = new Random('even');
    const seen = new Map<number, number>();
    for (let draw = 0; draw < 60_000; draw += 1) {
      const side = random.integer(1, 6);
      seen.set(side, (seen.get(side) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    for (const count of seen.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const cards = Array.from({ length: 52 }, (_, card) => card);
    const shuffled = random.shuffle(cards);
    expect(shuffled).not.toEqual(cards);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(cards);
  });

  it.each(['lost', 'doubled', 'violated'] as const)(
    'given something %s, then the run has failed and says what',
    (kind) => {
      const report = new Report();
      expect(report.failed()).toBe(true);
      report.tried('requests', 1200);
      expect(report.failed()).toBe(false);
      for (let time = 0; time < 25; time += 1) report[kind](`event ${time}`);
      expect(report.failed()).toBe(true);
      expect(report.text()).toContain(`  1,200 requests`);
      expect(report.text()).toContain(`  ${kind}: 25\n    - event 0\n`);
      expect(report.text()).toContain('… and 5 more');
    },
  );

  it('removes the folder of a run, and calls an error and a run without end a failure', async () => {
    let folder = '';
    const good = await runCase(
      caseThat(async (run) => {
        folder = run.folder;
        expect(existsSync(folder)).toBe(true);
        run.report.tried('things', run.count);
      }),
      { seed: 1, count: 3 },
    );
    expect(good.failed()).toBe(false);
    expect(existsSync(folder)).toBe(false);
    const broken = await runCase(
      caseThat(() => Promise.reject(new Error('no such thing'))),
      { seed: 1, count: 1 },
    );
    expect(broken.text()).toContain('no such thing');
    const endless = await runCase(
      caseThat(() => new Promise(() => undefined), 20),
      { seed: 1, count: 1 },
    );
    expect(endless.failuresOf('violated').details).toEqual(['not finished within 0 s']);
  });

  it('knows every case by one name, with a slice no larger than the full count', () => {
    const names = TORTURE_CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, defaultCount, fullCount } of TORTURE_CASES) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(fullCount).toBeGreaterThanOrEqual(defaultCount);
    }
  });
});
