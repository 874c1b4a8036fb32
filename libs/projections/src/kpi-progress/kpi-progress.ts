import { dayNumber, localDateOfDay, type Period, periodOf } from '#lib/analysis';
import { type KpiDefinition, type KpiEvent } from '#lib/domain';
import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { type Shelf } from '../shelf.js';
import { KpiIndex } from './kpi-index.js';
import { PeriodMeter } from './measure-period.js';

const KPI_EVENTS: readonly KpiEvent['type'][] = [
  'KpiDefined',
  'KpiRedefined',
  'KpiBaselineSet',
  'KpiTargetSet',
  'KpiActivated',
  'TargetChangeProposed',
  'TargetChangeApproved',
  'TargetChangeRejected',
  'KpiRetired',
];

/** Stands for every period of a KPI in the list of stale figures. */
export const ALL_PERIODS = -1_000_000_000;

const TABLES = `
CREATE TABLE kpi_period (
  kpi_id TEXT NOT NULL,
  starts_day INTEGER NOT NULL,
  value REAL,
  observations INTEGER NOT NULL,
  last_observed_ms INTEGER,
  interval_observations INTEGER NOT NULL,
  intervals TEXT NOT NULL,
  last_change INTEGER NOT NULL,
  PRIMARY KEY (kpi_id, starts_day)
) WITHOUT ROWID;
CREATE TABLE kpi_stale (kpi_id TEXT NOT NULL, starts_day INTEGER NOT NULL, PRIMARY KEY (kpi_id, starts_day)) WITHOUT ROWID;`;

/**
 * The figure of every KPI and period that has observations. While catching up, figures are only marked as stale (in a
 * table, in the same transaction); whoever asks for a stale one computes it from the rollups.
 */
export const kpiProgressProjection: Projection = {
  name: 'kpi-progress',
  version: 1,
  handles: ['OrganisationEstablished', 'SeriesRegistered', 'SeriesChanged', 'ObservationsRecorded', ...KPI_EVENTS],
  createTables: (database) => database.exec(TABLES),
  start: ({ database, shelf }) => new KpiProgressHand(database, shelf),
};

class KpiProgressHand implements ProjectionHand {
  private readonly index: KpiIndex;
  private readonly stale = new Map<string, Set<number>>();
  private readonly markStale: Statement;
  private readonly replace: Statement;
  private readonly remove: Statement;

  constructor(
    private readonly database: ViewDatabase,
    private readonly shelf: Shelf,
  ) {
    this.index = new KpiIndex(database, shelf.series);
    this.markStale = database.prepare('INSERT OR IGNORE INTO kpi_stale VALUES (?, ?)');
    this.replace = database.prepare('INSERT OR REPLACE INTO kpi_period VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.remove = database.prepare('DELETE FROM kpi_period WHERE kpi_id = ? AND starts_day = ?');
    const marked = database.all<{ kpi_id: string; starts_day: number }>('SELECT kpi_id, starts_day FROM kpi_stale');
    for (const { kpi_id, starts_day } of marked) this.remember(kpi_id, starts_day);
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    for (const event of events) this.follow(event, changes);
    for (const [seriesId, days] of changes.days) this.touchDays(seriesId, days, changes);
    if (changes.settle) this.settle();
  }

  private follow({ type, data }: ProjectedEvent, changes: BatchChanges): void {
    if (type === 'ObservationsRecorded') return;
    if (type === 'OrganisationEstablished') {
      for (const kpiId of this.index.kpiIds) this.touch(kpiId, ALL_PERIODS, changes);
    } else if (type === 'SeriesRegistered' || type === 'SeriesChanged') {
      const seriesId = this.shelf.series.idOf((data as { seriesKey: string }).seriesKey);
      for (const kpiId of this.index.kpisOfSeries(seriesId)) this.touch(kpiId, ALL_PERIODS, changes);
    } else {
      const { kpiId } = data as { kpiId: string };
      changes.kpiIds.add(kpiId);
      if (type !== 'KpiDefined' && type !== 'KpiRedefined') return;
      this.index.define(data as KpiDefinition);
      this.touch(kpiId, ALL_PERIODS, changes);
    }
  }

  private touchDays(seriesId: number, days: readonly number[], changes: BatchChanges): void {
    for (const kpiId of this.index.kpisOfSeries(seriesId)) {
      const { period } = this.index.definitionOf(kpiId)!;
      let known: Period | undefined;
      for (const day of days) {
        const date = localDateOfDay(day);
        if (known && date >= known.startsOn && date <= known.endsOn) continue;
        known = periodOf(date, period, this.shelf.calendar);
        this.touch(kpiId, dayNumber(known.startsOn), changes);
      }
    }
  }

  private touch(kpiId: string, startsDay: number, changes: BatchChanges): void {
    changes.kpiIds.add(kpiId);
    if (this.remember(kpiId, startsDay)) this.markStale.run(kpiId, startsDay);
  }

  /** True when this was not marked before. */
  private remember(kpiId: string, startsDay: number): boolean {
    const marked = this.stale.get(kpiId) ?? new Set<number>();
    this.stale.set(kpiId, marked);
    if (marked.has(startsDay) || marked.has(ALL_PERIODS)) return false;
    marked.add(startsDay);
    return true;
  }

  /** Computes every stale figure. */
  private settle(): void {
    if (this.stale.size === 0) return;
    for (const [kpiId, marked] of this.stale) {
      const definition = this.index.definitionOf(kpiId);
      if (definition) this.computeKpi(definition, marked);
    }
    this.stale.clear();
    this.database.run('DELETE FROM kpi_stale');
  }

  private computeKpi(definition: KpiDefinition, marked: ReadonlySet<number>): void {
    const { kpiId, period: kind } = definition;
    const meter = new PeriodMeter(this.database, definition.measure, this.shelf.days);
    if (marked.has(ALL_PERIODS)) this.database.run('DELETE FROM kpi_period WHERE kpi_id = ?', kpiId);
    for (const startsDay of marked.has(ALL_PERIODS) ? this.startsOfAll(meter, kind) : marked) {
      const period = periodOf(localDateOfDay(startsDay), kind, this.shelf.calendar);
      const { result, intervalObservations, intervals, lastChange } = meter.measurePeriod(period);
      if (result.observations === 0) this.remove.run(kpiId, startsDay);
      else {
        const { value, observations, lastAt_ms } = result;
        const due = JSON.stringify(intervals);
        this.replace.run(kpiId, startsDay, value, observations, lastAt_ms, intervalObservations, due, lastChange);
      }
    }
  }

  /** First days of the periods in which any series of the measure has a rollup. */
  private startsOfAll(meter: PeriodMeter, kind: KpiDefinition['period']): Set<number> {
    const starts = new Set<number>();
    let known: { readonly from: number; readonly to: number } | undefined;
    for (const { seriesId } of meter.series) {
      const sql = 'SELECT day FROM day_rollup WHERE series_id = ? ORDER BY day';
      for (const { day } of this.database.all<{ day: number }>(sql, seriesId)) {
        if (known && day >= known.from && day <= known.to) continue;
        const { startsOn, endsOn } = periodOf(localDateOfDay(day), kind, this.shelf.calendar);
        known = { from: dayNumber(startsOn), to: dayNumber(endsOn) };
        starts.add(known.from);
      }
    }
    return starts;
  }
}
