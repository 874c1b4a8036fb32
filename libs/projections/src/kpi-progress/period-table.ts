import { type Calendar, dayNumber, type LocalDayIndex, localDateOfDay, localDayIndexOf, periodOf } from '#lib/analysis';
import { type KpiDefinition, type KpiState } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { stateAt } from '../records/state-at.js';
import { calendarAt } from '../shelf.js';
import { PeriodMeter } from './measure-period.js';

/** Stands for every period of a KPI in the list of stale figures. */
export const ALL_PERIODS = -1_000_000_000;

export const KPI_PERIOD_TABLES = `
CREATE TABLE kpi_period (
  kpi_id TEXT NOT NULL,
  starts_day INTEGER NOT NULL,
  value REAL,
  observations INTEGER NOT NULL,
  last_observed_ms INTEGER,
  due TEXT NOT NULL,
  last_change INTEGER NOT NULL,
  PRIMARY KEY (kpi_id, starts_day)
) WITHOUT ROWID;
CREATE TABLE kpi_stale (kpi_id TEXT NOT NULL, starts_day INTEGER NOT NULL, PRIMARY KEY (kpi_id, starts_day)) WITHOUT ROWID;`;

/** A row of `kpi_period`, in the order of its columns. */
export type KpiPeriodRow = readonly [
  kpiId: string,
  startsDay: number,
  value: number | null,
  observations: number,
  lastObserved_ms: number | null,
  due: string,
  lastChange: number,
];

/** The rows of the marked periods as they should be now; null for a period without observations, which has no row. */
export function* periodRows(
  database: ViewDatabase,
  { kpiId, measure, period: kind }: KpiDefinition,
  marked: ReadonlySet<number>,
  calendar: Calendar,
  days: LocalDayIndex,
): Generator<{ readonly startsDay: number; readonly row: KpiPeriodRow | null }> {
  const meter = new PeriodMeter(database, measure, days);
  for (const startsDay of marked.has(ALL_PERIODS) ? startsOfAll(database, meter, kind, calendar) : marked) {
    const period = periodOf(localDateOfDay(startsDay), kind, calendar);
    const { result, due, lastChange } = meter.measurePeriod(period);
    const { value, observations, lastAt_ms } = result;
    const row = [kpiId, startsDay, value, observations, lastAt_ms, JSON.stringify(due), lastChange] as const;
    yield { startsDay, row: observations === 0 ? null : row };
  }
}

/** The stale figures of every KPI, computed from what the other views hold; what a digest takes in their place. */
export function* staleRows(database: ViewDatabase): Generator<KpiPeriodRow> {
  const calendar = calendarAt(database, Number.MAX_SAFE_INTEGER);
  const days = localDayIndexOf(calendar.timeZone);
  for (const [kpiId, marked] of staleFigures(database)) {
    const definition = stateAt<KpiState>(database, 'kpi', kpiId, Number.MAX_SAFE_INTEGER)?.definition;
    if (definition === undefined) continue;
    for (const { row } of periodRows(database, definition, marked, calendar, days)) if (row !== null) yield row;
  }
}

/** First days of the stale periods by KPI. */
export function staleFigures(database: ViewDatabase): Map<string, Set<number>> {
  const stale = new Map<string, Set<number>>();
  const rows = database.all<{ kpi_id: string; starts_day: number }>('SELECT kpi_id, starts_day FROM kpi_stale');
  for (const { kpi_id, starts_day } of rows) {
    const marked = stale.get(kpi_id) ?? new Set<number>();
    stale.set(kpi_id, marked.add(starts_day));
  }
  return stale;
}

/** First days of the periods in which any series of the measure has a rollup. */
function startsOfAll(
  database: ViewDatabase,
  meter: PeriodMeter,
  kind: KpiDefinition['period'],
  calendar: Calendar,
): Set<number> {
  const starts = new Set<number>();
  let known: { readonly from: number; readonly to: number } | undefined;
  for (const { seriesId } of meter.series) {
    const sql = 'SELECT day FROM day_rollup WHERE series_id = ? ORDER BY day';
    for (const { day } of database.all<{ day: number }>(sql, seriesId)) {
      if (known && day >= known.from && day <= known.to) continue;
      const { startsOn, endsOn } = periodOf(localDateOfDay(day), kind, calendar);
      known = { from: dayNumber(startsOn), to: dayNumber(endsOn) };
      starts.add(known.from);
    }
  }
  return starts;
}
