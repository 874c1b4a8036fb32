import { describe, expect, it } from '@jest/globals';
import { KpiQueries } from '../queries/kpi-queries.js';
import { kpiDefinition, type Reading, WrittenLog } from '../testing/written-log.js';
import { NOW, viewsOf } from '../testing/written-views.js';
import { EXPLAIN_POSITIONS_MAX } from './explain.js';

const MINUTE_ms = 60_000;
const OCTOBER_ms = Date.parse('2026-10-01T00:00:00Z');

/** So many events, of which each brings one value for each of the series. */
function eventsOf(count: number, series: readonly string[], step_ms: number): WrittenLog {
  const measure = { kind: 'statistic', statistic: 'mean', series } as const;
  const log = new WrittenLog().organisation().kpi(kpiDefinition('k', { measure }));
  for (let index = 0; index < count; index += 1) {
    log.observe(...series.map((key): Reading => [key, OCTOBER_ms + index * step_ms, index]));
  }
  return log;
}

function positionsOf(log: WrittenLog, asOf?: number): { observations: readonly number[]; truncated: boolean } {
  const scope = { ...NOW, ...(asOf !== undefined && { asOf: String(asOf) }) };
  const views = viewsOf(log.events);
  const { observations, truncated } = new KpiQueries(views.source).explain('k', '2026-10', scope)!.positions;
  views.close();
  return { observations: observations.map(Number), truncated };
}

const FIRST = 3;

describe('the positions of an explanation', () => {
  it('are all that brought a value in force, each once, as long as they can be shown', () => {
    const log = eventsOf(EXPLAIN_POSITIONS_MAX, ['a', 'b'], 10 * MINUTE_ms);
    const all = Array.from({ length: EXPLAIN_POSITIONS_MAX }, (_, index) => FIRST + index);
    expect(positionsOf(log)).toEqual({ observations: all, truncated: false });
    log.observe(['a', OCTOBER_ms, -1], ['b', OCTOBER_ms, -1]);
    expect(positionsOf(log)).toEqual({ observations: [...all.slice(1), log.position], truncated: false });
    expect(positionsOf(log, log.position - 1)).toEqual({ observations: all, truncated: false });
  });

  it('are evenly chosen where there are more, the first and the last in force among them', () => {
    const log = eventsOf(1_000, ['a'], 40 * MINUTE_ms);
    const { observations, truncated } = positionsOf(log);
    expect(truncated).toBe(true);
    expect(observations).toHaveLength(EXPLAIN_POSITIONS_MAX);
    expect(observations.slice(0, 2)).toEqual([FIRST, FIRST + 5]);
    expect(observations.at(-1)).toBe(log.position);
  });

  it('are chosen from those that the days end with where the days alone have more', () => {
    const series = Array.from({ length: 30 }, (_, index) => `s${index}`);
    const measure = { kind: 'statistic', statistic: 'mean', series: ['s*'] } as const;
    const log = new WrittenLog().organisation().kpi(kpiDefinition('k', { measure }));
    for (const hour of [0, 30, 31, 54, 55, 78, 79, 102, 103, 126, 127, 150, 151]) {
      for (const key of series) log.observe([key, OCTOBER_ms + hour * 60 * MINUTE_ms, 1]);
    }
    const first = log.position - 13 * 30 + 1;
    expect(positionsOf(log).observations[0]).toBe(first);
    const before = log.position;
    // The value of the first event is replaced: the second one's is the first in force.
    log.observe(['s0', OCTOBER_ms, 2], ['s0', OCTOBER_ms + 60 * MINUTE_ms, 2]);
    const { observations, truncated } = positionsOf(log);
    expect(truncated).toBe(true);
    expect(observations).toHaveLength(EXPLAIN_POSITIONS_MAX);
    expect([observations[0], observations.at(-1)]).toEqual([first + 1, log.position]);
    expect(new Set(observations).size).toBe(EXPLAIN_POSITIONS_MAX);
    const then = positionsOf(log, before).observations;
    expect([then[0], then.at(-1)]).toEqual([first, before]);
  });
});
