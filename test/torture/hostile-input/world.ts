import { type SeriesDefinition, TIME_WINDOW_MAX_ms } from '#lib/domain';
import { SourceRegistry } from '#lib/intake';

/** The sending source, one whose series are not its own, and what is registered for them. */
export const SOURCE_ID = 'hostile-source';
export const OTHER_SOURCE_ID = 'neighbour-source';
const UNIT_OF_MEASURE = 'ug/m3';
const DAY_ms = 86_400_000;

const define = (seriesKey: string, more: Partial<SeriesDefinition> = {}): SeriesDefinition => ({
  seriesKey,
  sourceId: SOURCE_ID,
  name: { en: seriesKey },
  unitOfMeasure: UNIT_OF_MEASURE,
  ...more,
});

/** Takes every value, also of a time far ahead: what is plainly right must be accepted here. */
export const OPEN_SERIES = 'hostile/open';
export const RETIRED_SERIES = 'hostile/retired';

export const SERIES: readonly SeriesDefinition[] = [
  define(OPEN_SERIES, { timeWindow: { maxAhead_ms: TIME_WINDOW_MAX_ms } }),
  define('hostile/range', { physicalRange: { min: -10, max: 500 } }),
  define('hostile/window', { timeWindow: { maxAge_ms: 3650 * DAY_ms, maxAhead_ms: DAY_ms } }),
  define(RETIRED_SERIES),
  define('hostile/foreign', { sourceId: OTHER_SOURCE_ID }),
  define('hostile/csv/rfc3339', {
    csv: { time: { column: 'at', format: 'rfc3339' }, valueColumn: 'value', where: { station: 'r' } },
  }),
  define('hostile/csv/epoch', {
    csv: { time: { column: 'epoch', format: 'epoch-ms' }, valueColumn: 'value', where: { station: 'e' } },
  }),
  define('hostile/csv/second', { csv: { time: { column: 'at', format: 'rfc3339' }, valueColumn: 'second' } }),
];

export const CSV_HEADER = ['at', 'epoch', 'station', 'value', 'second'] as const;

/** Which series a row of CSV_HEADER says something about: station, series, column of the time and of the value. */
export const CSV_FEEDS: readonly {
  readonly station: string | null;
  readonly series: string;
  readonly timeColumn: number;
  readonly valueColumn: number;
}[] = [
  { station: 'r', series: 'hostile/csv/rfc3339', timeColumn: 0, valueColumn: 3 },
  { station: 'e', series: 'hostile/csv/epoch', timeColumn: 1, valueColumn: 3 },
  { station: null, series: 'hostile/csv/second', timeColumn: 0, valueColumn: 4 },
];

/** The same registrations for a door without a server. */
export function registryOfWorld(): SourceRegistry {
  const registry = new SourceRegistry();
  const put = (type: string, data: object): void => registry.apply({ type, data: JSON.stringify(data) });
  put('OrganisationEstablished', { name: { en: 'City' }, timeZone: 'Europe/Zurich', fiscalYearStartMonth: 1 });
  for (const definition of SERIES) put('SeriesRegistered', definition);
  put('SeriesRetired', { seriesKey: RETIRED_SERIES });
  return registry;
}
