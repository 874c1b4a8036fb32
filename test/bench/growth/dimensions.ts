import type { CostName } from './costs.js';
import { gatewaySeries } from './observation-bodies.js';
import { organisationLife } from './organisation-life.js';
import { kpisOfUnit, Story, type ToldEvent } from './story.js';

/** What is varied, and the world that it is varied in. */
export interface Dimension {
  readonly name: string;
  /** What the sizes count. */
  readonly counted: string;
  readonly sizes: { readonly full: readonly number[]; readonly quick: readonly number[] };
  /** Costs that are those of one unit of the size, see `Measured`. */
  readonly perUnit: readonly CostName[];
  /** The series that observations are sent for. */
  series(size: number): readonly string[];
  /** Events that the log begins with, observations apart. */
  events(size: number): Iterable<readonly ToldEvent[]>;
  /** Requests of 1,000 observations that are sent then. */
  batches(size: number, isQuick: boolean): number;
  /** One world that grows from size to size, instead of one each. */
  readonly isGrowing?: boolean;
  /** Whether `wide-kpi` is worth a row: the second KPI of the first unit measures every series. */
  readonly hasWideKpi?: boolean;
}

const doubling = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first * 2 ** index);
/** A look: the same factor of 16 in three sizes. */
const quadrupling = (first: number): number[] => [first, first * 4, first * 16];

const SERIES = gatewaySeries(200);
/** Decided in the first unit of every world that needs only one: three KPIs, the second over every series. */
function oneUnit(story: Story, series: readonly string[]): void {
  story.found();
  for (const key of series) story.registerSeries(key);
  story.registerUnit(0);
  for (let goal = 0; goal < 2; goal += 1) story.setGoal(0, goal);
  const measured = [['growth/gateway-00001/*'], ['growth/*'], [series[0] ?? '']];
  measured.forEach((keys, kpi) => story.activateKpi(0, kpi, keys));
}

function toldBy(tell: (story: Story) => void): ToldEvent[][] {
  const story = new Story();
  tell(story);
  return [story.take()];
}

const history: Dimension = {
  name: 'history',
  counted: 'observations',
  sizes: { full: doubling(250_000, 6), quick: quadrupling(20_000) },
  perUnit: ['accept'],
  series: () => SERIES,
  events: () => toldBy((story) => oneUnit(story, SERIES)),
  batches: (size) => size / 1_000,
  isGrowing: true,
  hasWideKpi: true,
};

const domainEvents: Dimension = {
  name: 'domain events',
  counted: 'units of 105 events',
  sizes: { full: doubling(50, 5), quick: quadrupling(5) },
  perUnit: ['append'],
  series: () => [],
  events: organisationLife,
  batches: () => 0,
};

const series: Dimension = {
  name: 'series',
  counted: 'series',
  sizes: { full: doubling(100, 8), quick: quadrupling(50) },
  perUnit: [],
  series: gatewaySeries,
  events: (size) => toldBy((story) => oneUnit(story, gatewaySeries(size))),
  batches: (_size, isQuick) => (isQuick ? 64 : 512),
  hasWideKpi: true,
};

function manyKpis(story: Story, count: number): void {
  story.found();
  for (const key of SERIES) story.registerSeries(key);
  let kpis = 0;
  for (let unit = 0; kpis < count; unit += 1) {
    story.registerUnit(unit);
    for (let goal = 0; goal < 2; goal += 1) story.setGoal(unit, goal);
    for (let kpi = 0; kpi < kpisOfUnit(unit) && kpis < count; kpi += 1, kpis += 1) {
      const measured = Array.from({ length: 5 }, (_, place) => SERIES[(kpis * 5 + place) % SERIES.length] ?? '');
      story.activateKpi(unit, kpi, measured);
    }
  }
}

const kpis: Dimension = {
  name: 'KPIs',
  counted: 'KPIs over five series each',
  sizes: { full: doubling(10, 7), quick: quadrupling(5) },
  perUnit: [],
  series: () => SERIES,
  events: (size) => toldBy((story) => manyKpis(story, size)),
  batches: (_size, isQuick) => (isQuick ? 32 : 200),
};

const decisions: Dimension = {
  name: 'decisions about one KPI',
  counted: 'target changes of one KPI',
  sizes: { full: doubling(32, 6), quick: quadrupling(8) },
  perUnit: ['append'],
  series: () => SERIES.slice(0, 50),
  events: (size) =>
    toldBy((story) => {
      oneUnit(story, SERIES.slice(0, 50));
      for (let change = 0; change < size; change += 1) story.changeTarget(0, 0, change, change);
    }),
  batches: () => 20,
};

export const DIMENSIONS: readonly Dimension[] = [history, domainEvents, series, kpis, decisions];
