import { dayNumber, localDateOfDay, type Period, periodOf } from '#lib/analysis';
import { EVENT_TYPES, type KpiDefinition, type KpiState } from '#lib/domain';
import { isEngineTrouble, type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges, reasonOf } from '../batch-changes.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';
import { type Shelf } from '../shelf.js';
import { KpiIndex } from './kpi-index.js';
import { ALL_PERIODS, KPI_PERIOD_TABLES, periodRows, staleFigures } from './period-table.js';

/**
 * The figure of every KPI and period that has observations. While catching up, figures are only marked as stale (in a
 * table, in the same transaction); whoever asks for a stale one computes it from the rollups.
 */
export const kpiProgressProjection: Projection = {
  name: 'kpi-progress',
  version: 2,
  handles: ['OrganisationEstablished', 'SeriesRegistered', 'SeriesChanged', 'ObservationsRecorded', ...EVENT_TYPES.kpi],
  createTables: (database) => database.exec(KPI_PERIOD_TABLES),
  start: ({ database, shelf }) => new KpiProgressHand(database, shelf),
};

class KpiProgressHand implements ProjectionHand {
  private readonly index: KpiIndex;
  private readonly stale: Map<string, Set<number>>;
  /** Why figures could not be computed, by KPI. */
  private readonly troubles = new Map<string, string>();
  private readonly markStale: Statement;
  private readonly replace: Statement;
  private readonly remove: Statement;

  constructor(
    private readonly database: ViewDatabase,
    private readonly shelf: Shelf,
  ) {
    this.index = new KpiIndex(database, shelf.series);
    this.markStale = database.prepare('INSERT OR IGNORE INTO kpi_stale VALUES (?, ?)');
    this.replace = database.prepare('INSERT OR REPLACE INTO kpi_period VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.remove = database.prepare('DELETE FROM kpi_period WHERE kpi_id = ? AND starts_day = ?');
    this.stale = staleFigures(database);
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    for (const event of events) this.follow(event, changes);
    for (const [seriesId, days] of changes.days) this.touchDays(seriesId, days, changes);
    if (changes.settle) this.settle(changes);
  }

  private follow({ type, data, position }: ProjectedEvent, changes: BatchChanges): void {
    if (type === 'ObservationsRecorded') return;
    if (type === 'OrganisationEstablished') {
      for (const kpiId of this.index.kpiIds) this.touch(kpiId, ALL_PERIODS, changes);
    } else if (type === 'SeriesRegistered' || type === 'SeriesChanged') {
      const seriesId = this.shelf.series.idOf((data as { seriesKey: string }).seriesKey);
      for (const kpiId of this.index.kpisOfSeries(seriesId)) this.touch(kpiId, ALL_PERIODS, changes);
    } else {
      const { kpiId } = data as { kpiId: string };
      changes.kpiIds.add(kpiId);
      const definition = (changes.states.get(position)?.after as KpiState | undefined)?.definition;
      if (definition !== undefined && this.index.define(definition)) this.touch(kpiId, ALL_PERIODS, changes);
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
  private settle(changes: BatchChanges): void {
    if (this.stale.size === 0) return;
    const started_ms = performance.now();
    for (const [kpiId, marked] of [...this.stale]) {
      const definition = this.index.definitionOf(kpiId);
      try {
        if (definition) this.database.savepoint(() => this.computeKpi(definition, marked));
      } catch (error) {
        if (isEngineTrouble(error)) throw error;
        // It is no fault of the events at hand, so none is parked: the figure stays stale, and who asks for it is told why.
        this.tellTrouble(kpiId, reasonOf(error), changes);
        continue;
      }
      this.troubles.delete(kpiId);
      this.stale.delete(kpiId);
      this.database.run('DELETE FROM kpi_stale WHERE kpi_id = ?', kpiId);
    }
    changes.settling_ms = performance.now() - started_ms;
  }

  /** Once, not with every batch that tries again. */
  private tellTrouble(kpiId: string, reason: string, changes: BatchChanges): void {
    if (this.troubles.get(kpiId) === reason) return;
    this.troubles.set(kpiId, reason);
    changes.troubles.push({ projection: kpiProgressProjection.name, kpiId, reason });
  }

  private computeKpi(definition: KpiDefinition, marked: ReadonlySet<number>): void {
    const { kpiId } = definition;
    if (marked.has(ALL_PERIODS)) this.database.run('DELETE FROM kpi_period WHERE kpi_id = ?', kpiId);
    const { calendar, days } = this.shelf;
    for (const { startsDay, row } of periodRows(this.database, definition, marked, calendar, days)) {
      if (row === null) this.remove.run(kpiId, startsDay);
      else this.replace.run(...row);
    }
  }
}
