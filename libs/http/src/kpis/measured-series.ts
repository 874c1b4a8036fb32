import type { KpiDefinition, Measure } from '#lib/domain';
import type { RegisteredSeries, SourceRegistry } from '#lib/intake';

/** What the registrations say about a measure's series. */
export interface MeasuredSeries {
  /** Series keys and prefixes (with their `*`) that no registered series matches, in the order of the measure. */
  readonly unmatched: readonly string[];
  /** The units of measure of the series that are matched, each once. */
  readonly unitsOfMeasure: readonly string[];
}

/** Looks the series of a measure up. Retired series count: their observations are still there. */
export function measuredSeries(registry: SourceRegistry, measure: Measure): MeasuredSeries {
  const parts = measure.kind === 'ratio' ? [measure.numerator, measure.denominator] : [measure];
  const units = new Set<string>();
  const unmatched = [...new Set(parts.flatMap(({ series }) => series))].filter((selector) => {
    const found = matching(registry, selector);
    for (const { unitOfMeasure } of found) units.add(unitOfMeasure);
    return found.length === 0;
  });
  return { unmatched, unitsOfMeasure: [...units] };
}

function matching(registry: SourceRegistry, selector: string): readonly RegisteredSeries[] {
  if (selector.endsWith('*')) {
    const prefix = selector.slice(0, -1);
    return [...registry.allSeries()].filter(({ seriesKey }) => seriesKey.startsWith(prefix));
  }
  const found = registry.findSeries(selector);
  return found === undefined ? [] : [found];
}

/** A figure in milligrams over series in micrograms is wrong by a factor; nobody converts it. */
export const UNIT_WARNING = 'UNIT_OF_MEASURE_DIFFERS';

/**
 * Whether the figure has the unit of its series (mean, sum, min, max, last, percentile) and the KPI names another one than
 * all of them. A rate of it (`{bicycles}/h` over `{bicycles}`) is taken for what it says: the mean of hourly counts is one.
 * A warning and no refusal, because one unit can be written in several ways and nobody here knows them all.
 */
export function unitDiffers({ measure, unitOfMeasure }: KpiDefinition, { unitsOfMeasure }: MeasuredSeries): boolean {
  const keepsUnit = measure.kind === 'percentile' || (measure.kind === 'statistic' && measure.statistic !== 'count');
  if (!keepsUnit || unitsOfMeasure.length === 0) return false;
  return unitsOfMeasure.every((unit) => unit !== unitOfMeasure && !unitOfMeasure.startsWith(`${unit}/`));
}
