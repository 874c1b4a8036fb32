import { CalendarError, parseWallTime, parseWallTimeParts } from '#lib/analysis';
import type { CsvMapping } from '#lib/domain';
import type { RegisteredSeries } from '../registry/registered-series.js';
import { epochNumberFault, parseInstant } from './instant.js';

/** A row's observed time (NaN: none), or why it has none, in words. */
export type RowTime = number | string;

/** How one row becomes an observation of one series. */
export interface CsvFeed {
  readonly series: RegisteredSeries;
  readonly valueColumn: number;
  /** Which of the plan's clocks tells the time: many series share one, and it is read once a row. */
  readonly clock: number;
}

/** Rows that hold certain texts in certain columns, and the series they feed then. */
interface CsvRoute {
  readonly columns: readonly number[];
  readonly feedsByTexts: Map<string, CsvFeed[]>;
}

/** What the registrations of a source's series mean for an upload with this header; made once an upload. */
export interface CsvPlan {
  readonly routes: readonly CsvRoute[];
  readonly clocks: readonly ((row: readonly string[]) => RowTime)[];
  readonly feeds: number;
  /** Columns that registrations ask for and the header does not have. */
  readonly missingColumns: readonly string[];
}

/** Cannot stand in a cell: rows with control characters are rejected before. */
const SEPARATOR = '\u001f';

/** Uploads of one source have few different headers; a sender of many pays by planning again. */
const PLANS_PER_SOURCE_MAX = 16;
const plansBySeries = new WeakMap<readonly RegisteredSeries[], Map<string, CsvPlan>>();

/**
 * The plan for this header. Kept for as long as the registry hands out the same list of series: with a thousand series,
 * planning costs more than reading a hundred rows.
 *
 * @param timeZone for wall time whose registration names no zone
 */
export function planFor(header: readonly string[], all: readonly RegisteredSeries[], timeZone: string): CsvPlan {
  let plans = plansBySeries.get(all);
  if (plans === undefined || plans.size >= PLANS_PER_SOURCE_MAX) {
    plans = new Map();
    plansBySeries.set(all, plans);
  }
  const name = JSON.stringify([timeZone, header]);
  let plan = plans.get(name);
  if (plan === undefined) {
    plan = newPlan(header, all, timeZone);
    plans.set(name, plan);
  }
  return plan;
}

function newPlan(header: readonly string[], all: readonly RegisteredSeries[], timeZone: string): CsvPlan {
  const routes = new Map<string, CsvRoute>();
  const clockNames: string[] = [];
  const clocks: ((row: readonly string[]) => RowTime)[] = [];
  const missingColumns = new Set<string>();
  let feeds = 0;
  for (const series of all) {
    const mapping = series.csv!;
    const missing = columnsOf(mapping).filter((column) => !header.includes(column));
    for (const column of missing) missingColumns.add(column);
    if (missing.length > 0) continue;
    const clockName = JSON.stringify([mapping.time, mapping.timeZone]);
    let clock = clockNames.indexOf(clockName);
    if (clock < 0) {
      clock = clockNames.push(clockName) - 1;
      clocks.push(clockOf(header, mapping, mapping.timeZone ?? timeZone));
    }
    addFeed(routes, header, mapping, { series, valueColumn: header.indexOf(mapping.valueColumn), clock });
    feeds += 1;
  }
  return { routes: [...routes.values()], clocks, feeds, missingColumns: [...missingColumns] };
}

/** Calls `take` for each series that the row feeds; returns how many there were. */
export function feedsOf(plan: CsvPlan, row: readonly string[], take: (feed: CsvFeed) => void): number {
  let count = 0;
  for (const { columns, feedsByTexts } of plan.routes) {
    const feeds = feedsByTexts.get(columns.map((column) => row[column]).join(SEPARATOR));
    if (feeds === undefined) continue;
    feeds.forEach(take);
    count += feeds.length;
  }
  return count;
}

function addFeed(routes: Map<string, CsvRoute>, header: readonly string[], mapping: CsvMapping, feed: CsvFeed): void {
  const conditions = Object.entries(mapping.where ?? {})
    .map(([column, text]) => ({ column: header.indexOf(column), text }))
    .sort((a, b) => a.column - b.column);
  const columns = conditions.map((condition) => condition.column);
  const texts = conditions.map((condition) => condition.text).join(SEPARATOR);
  const name = columns.join(',');
  const route = routes.get(name) ?? { columns, feedsByTexts: new Map<string, CsvFeed[]>() };
  routes.set(name, route);
  const feeds = route.feedsByTexts.get(texts);
  if (feeds === undefined) route.feedsByTexts.set(texts, [feed]);
  else feeds.push(feed);
}

function columnsOf(mapping: CsvMapping): string[] {
  const { time } = mapping;
  const timeColumns = 'column' in time ? [time.column] : [time.year, time.month, time.day, time.hour, time.minute];
  const needed = [...timeColumns, mapping.valueColumn, ...Object.keys(mapping.where ?? {})];
  return needed.filter((column): column is string => column !== undefined);
}

function clockOf(
  header: readonly string[],
  mapping: CsvMapping,
  timeZone: string,
): (row: readonly string[]) => RowTime {
  const { time } = mapping;
  if ('column' in time) {
    const at = header.indexOf(time.column);
    if (time.format === 'rfc3339') return (row) => parseInstant(row[at]!.trim());
    if (time.format === 'epoch-ms') return (row) => epochIn(row[at]!.trim());
    return (row) => inWords(() => parseWallTime(row[at]!.trim(), timeZone));
  }
  const cell = (row: readonly string[], column: string): string => row[header.indexOf(column)]!.trim();
  return (row) =>
    inWords(() =>
      parseWallTimeParts(
        {
          year: cell(row, time.year),
          month: cell(row, time.month),
          day: cell(row, time.day),
          ...(time.hour === undefined ? {} : { hour: cell(row, time.hour) }),
          ...(time.minute === undefined ? {} : { minute: cell(row, time.minute) }),
        },
        timeZone,
      ),
    );
}

function epochIn(cell: string): RowTime {
  return /^-?\d{1,15}$/.test(cell) ? (epochNumberFault(Number(cell)) ?? Number(cell)) : NaN;
}

function inWords(read: () => number): RowTime {
  try {
    return read();
  } catch (error) {
    if (error instanceof CalendarError) return error.message;
    throw error;
  }
}
