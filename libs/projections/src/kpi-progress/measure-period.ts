import {
  dayNumber,
  type LocalDayIndex,
  type MeasureInput,
  type MeasureInputs,
  type MeasureResult,
  neededInputs,
  type NeededInput,
  type Period,
  valueOfMeasure,
} from '#lib/analysis';
import { type Measure, type SeriesState, type SimpleStatistic } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { seriesMatching } from '../observations/series-index.js';
import { heldRecord } from '../records/record-table.js';
import { type DayFigure, RollupReader, type RollupPart } from '../rollups/read-rollups.js';

/** Of so many series a value is due each `interval_ms`, and each of them has so many observations in the period. */
export type DueSeries = readonly [interval_ms: number, observations: number, series: number];

/** A figure and what its completeness is told from. */
export interface MeasuredPeriod {
  readonly result: MeasureResult;
  /** What was read for each quantity. */
  readonly inputs: MeasureInputs;
  /** The same rollups with their series and changes; those of a series on both sides of a ratio twice. */
  readonly days: readonly DayFigure[];
  /** The series that have an expected interval, each once. */
  readonly due: readonly DueSeries[];
  /** Last log position that changed anything the figure was computed from; 0 without observations. */
  readonly lastChange: number;
}

interface SeriesEntry {
  readonly seriesId: number;
  readonly seriesKey: string;
  readonly interval_ms: number | undefined;
  /** Where the series was last registered or changed. */
  readonly definedAt: number;
}

/** Computes periods of one measure as of one moment; keeps the list of series, so that many periods cost one look-up. */
export class PeriodMeter {
  private readonly needed: readonly { readonly input: NeededInput; readonly series: readonly SeriesEntry[] }[];
  private readonly reader: RollupReader;
  /** What of the rollups the measure's figure takes. */
  private readonly part: RollupPart;
  private heldSeries: readonly SeriesEntry[] | undefined;

  /** `position` absent: now. */
  constructor(
    database: ViewDatabase,
    private readonly measure: Measure,
    days: LocalDayIndex,
    position?: number,
  ) {
    this.reader = new RollupReader(database, days, position);
    this.part = partOf(measure);
    this.needed = neededInputs(measure).map((input) => ({
      input,
      series: entriesOf(database, input.series, position),
    }));
  }

  /** The figure of one period. `part`: what of the rollups is wanted in the inputs; by default only what the figure takes. */
  measurePeriod(period: Pick<Period, 'startsOn' | 'endsOn'>, part: RollupPart = this.part): MeasuredPeriod {
    const [from, to] = [dayNumber(period.startsOn), dayNumber(period.endsOn)];
    const inputs: Record<string, MeasureInput> = {};
    const counts = new Map<number, number>();
    const read: DayFigure[][] = [];
    let lastChange = 0;
    for (const { input, series } of this.needed) {
      const days = this.readDays(series, from, to, part);
      const observed = days.reduce((total, day) => Math.max(total, day.lastChange), 0);
      lastChange = Math.max(lastChange, observed);
      for (const { definedAt } of series) lastChange = Math.max(lastChange, definedAt);
      countInto(counts, days);
      read.push(days);
      inputs[input.name] = { days, ...(input.rawValues ? { values: this.readValues(series, from, to) } : {}) };
    }
    const result = valueOfMeasure(this.measure, inputs);
    const due = dueSeriesOf(this.series, (seriesId) => counts.get(seriesId) ?? 0);
    return { result, inputs, days: read.length === 1 ? read[0]! : read.flat(), due, lastChange };
  }

  /** Keys of the series that one named quantity reads, prefixes resolved. Those of which nothing was known then are none of them. */
  seriesOfInput(name: string): string[] {
    const series = this.needed.find(({ input }) => input.name === name)?.series ?? [];
    const isKnown = ({ seriesId, definedAt }: SeriesEntry): boolean =>
      definedAt > 0 || this.reader.edgeOf([seriesId], 'first') !== undefined;
    return series.filter(isKnown).map(({ seriesKey }) => seriesKey);
  }

  /** Ids and keys of the series that the measure reads, each once. */
  get series(): readonly SeriesEntry[] {
    this.heldSeries ??= [
      ...new Map(this.needed.flatMap(({ series }) => series.map((one) => [one.seriesId, one] as const))).values(),
    ];
    return this.heldSeries;
  }

  /** First and last local day with an observation; undefined for none. */
  get dayRange(): { readonly first: number; readonly last: number } | undefined {
    const [first, last] = [this.firstDay, this.lastDayUpTo()];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /** First local day with an observation. */
  get firstDay(): number | undefined {
    return this.reader.edgeOf(this.seriesIds, 'first');
  }

  /** Last local day with an observation that is not after the given one. */
  lastDayUpTo(day?: number): number | undefined {
    return this.reader.edgeOf(this.seriesIds, 'last', day);
  }

  /** Adds the log positions that brought the values of a series in a stretch of days. */
  addPositions(found: Set<number>, seriesId: number, fromDay: number, toDay: number): void {
    this.reader.addPositions(found, seriesId, fromDay, toDay);
  }

  private get seriesIds(): number[] {
    return this.series.map(({ seriesId }) => seriesId);
  }

  private readDays(series: readonly SeriesEntry[], from: number, to: number, part: RollupPart): DayFigure[] {
    if (series.length === 1) return this.reader.daysOf(series[0]!.seriesId, from, to, -1, part);
    // Put into days instead of sorted: a year of a hundred series has 36,500 of them.
    const days: DayFigure[][] = Array.from({ length: to - from + 1 }, () => []);
    for (const { seriesId } of series) {
      for (const figure of this.reader.daysOf(seriesId, from, to, -1, part)) days[figure.day - from]!.push(figure);
    }
    return days.flat();
  }

  /** Only percentile and share read single values, and neither depends on their order across series. */
  private readValues(series: readonly SeriesEntry[], from: number, to: number): number[] {
    const parts = series.map(({ seriesId }) => this.reader.valuesOf(seriesId, from, to));
    return parts.length === 1 ? parts[0]! : parts.flat();
  }
}

const SUMMED: readonly SimpleStatistic[] = ['mean', 'sum', 'count'];

/** Percentiles and shares are computed from single values: of their rollups only count and last time are looked at. */
function partOf(measure: Measure): RollupPart {
  const isSummed = statisticsOf(measure).every((statistic) => SUMMED.includes(statistic));
  return isSummed ? 'sums' : 'whole';
}

function statisticsOf(measure: Measure): readonly SimpleStatistic[] {
  switch (measure.kind) {
    case 'statistic':
      return [measure.statistic];
    case 'days':
      return [measure.dayStatistic];
    case 'ratio':
      return [measure.numerator.statistic, measure.denominator.statistic];
    case 'percentile':
    case 'share':
      return [];
  }
}

/** Adds the observations of series that have not been counted yet: one on both sides of a ratio is due once. */
function countInto(counts: Map<number, number>, days: readonly DayFigure[]): void {
  const known = new Set(counts.keys());
  for (const { seriesId, rollup } of days) {
    if (!known.has(seriesId)) counts.set(seriesId, (counts.get(seriesId) ?? 0) + rollup.count);
  }
}

/**
 * The series that have an expected interval, grouped: mostly all series of a KPI have the same number of observations, so
 * that few entries say it of thousands.
 */
export function dueSeriesOf(
  series: readonly { readonly seriesId: number; readonly interval_ms: number | undefined }[],
  countOf: (seriesId: number) => number,
): DueSeries[] {
  const groups = new Map<string, DueSeries>();
  for (const { seriesId, interval_ms } of series) {
    if (interval_ms === undefined) continue;
    const count = countOf(seriesId);
    const key = `${interval_ms} ${count}`;
    groups.set(key, [interval_ms, count, (groups.get(key)?.[2] ?? 0) + 1]);
  }
  return [...groups.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** The series that a measure names, each as it was defined at the position. */
function entriesOf(
  database: ViewDatabase,
  names: readonly string[],
  position = Number.MAX_SAFE_INTEGER,
): readonly SeriesEntry[] {
  return seriesMatching(database, names).map(({ seriesId, seriesKey }) => {
    const held = heldRecord(database, 'series', seriesKey, position);
    // Not registered (as of then): its observations, if there are any, still count where a measure names it.
    if (held === undefined) return { seriesId, seriesKey, interval_ms: undefined, definedAt: 0 };
    const { definition } = held.state as SeriesState;
    return { seriesId, seriesKey, interval_ms: definition?.expectedInterval_ms, definedAt: held.position };
  });
}
