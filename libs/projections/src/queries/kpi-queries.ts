import {
  type Calendar,
  CalendarError,
  type LocalDayIndex,
  localDayIndexOf,
  type Period,
  periodFromLabel,
  previousPeriod,
} from '#lib/analysis';
import { type KpiState } from '#lib/domain';
import { type Explanation, type KpiDetail, type KpiPeriodValue, type KpiSummary, type Page } from '../answers.js';
import { explainFigure } from '../kpi-progress/explain.js';
import { earlierOf, KpiFigures } from '../kpi-progress/read-figures.js';
import { listRecords, readRecord, type RecordAt } from '../records/read-records.js';
import { calendarAt } from '../shelf.js';
import { cursorOf, limitOf, pageOf } from './page.js';
import { type Moment, momentOf, type PageScope, QueryError, type QueryScope, type ViewSource } from './scope.js';

/** Which KPIs to list. */
export interface KpiFilter {
  readonly unitId?: string;
  readonly goalId?: string;
  readonly lifecycle?: 'draft' | 'active' | 'retired';
}

/** Periods of a sparkline: a year of months and the same month of the year before. */
export const SPARKLINE_PERIODS = 13;
/** How far back the newest period with a value is looked for. */
const LOOK_BACK_periods = 120;

/** KPIs with their figures. Every method throws `QueryError` for a bad scope and `ViewsNotReady` without views. */
export class KpiQueries {
  constructor(private readonly views: ViewSource) {}

  /** In the order of their ids. */
  list(filter: KpiFilter, scope: PageScope): Page<KpiSummary> {
    const limit = limitOf(scope);
    const [after] = cursorOf(scope, ['']) ?? [''];
    const { unitId, goalId, lifecycle } = filter;
    const keep = ({ definition, status }: KpiState): boolean =>
      (unitId === undefined || definition?.unitId === unitId) &&
      (goalId === undefined || definition?.goalId === goalId) &&
      (lifecycle === undefined || status === lifecycle);
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const calendar = calendarAt(database, moment.position);
      const rows = listRecords<KpiState>(moment, 'kpi', { unitId, goalId, keep }, after, limit + 1);
      return pageOf(
        moment,
        rows,
        limit,
        ({ id }) => [id],
        (row) => summaryOf(figuresOf(moment, row, calendar)),
      );
    });
  }

  /** Null when there is no such KPI (as of then). */
  detail(kpiId: string, scope: QueryScope): KpiDetail | null {
    return this.withKpi(kpiId, scope, (figures, moment) => {
      const { state, definition } = figures;
      const summary = summaryOf(figures);
      return {
        ...summary,
        definition,
        targets: state.targets,
        openChanges: state.openChanges,
        openMethodChanges: state.openMethodChanges,
        warnings: warningsOf(state, summary),
        asOf: moment.asOf,
      };
    });
  }

  /**
   * Newest period first, from the running one back to the first with data; gaps are listed as no data. Periods to come are
   * left out, whatever has been observed in them.
   */
  periods(kpiId: string, scope: PageScope): Page<KpiPeriodValue> | null {
    const limit = limitOf(scope);
    const [before] = cursorOf(scope, ['']) ?? [];
    return this.withKpi(kpiId, scope, (figures, moment) => {
      const { running, calendar } = figures;
      const oldest = earlierOf(figures.oldest ?? running, running);
      const listed: Period[] = [];
      let period = running;
      if (before !== undefined) {
        period = earlierOf(previousPeriod(this.periodAt(before, figures), calendar), running);
      }
      while (listed.length <= limit && period.startsOn >= oldest.startsOn) {
        listed.push(period);
        period = previousPeriod(period, calendar);
      }
      return pageOf(
        moment,
        listed,
        limit,
        ({ label }) => [label],
        (one) => figures.valueOf(one),
      );
    });
  }

  /** `periodLabel` absent: the current period. Throws QueryError PERIOD_INVALID for a label of another kind. */
  explain(kpiId: string, periodLabel: string | undefined, scope: QueryScope): Explanation | null {
    return this.withKpi(kpiId, scope, (figures, moment) => {
      const period = periodLabel === undefined ? currentPeriod(figures) : this.periodAt(periodLabel, figures);
      return explainFigure(figures, period, moment);
    });
  }

  private periodAt(label: string, { definition, calendar }: KpiFigures): Period {
    const period = periodOfLabel(label, calendar);
    if (period.kind === definition.period) return period;
    throw new QueryError('PERIOD_INVALID', `${label} is not a ${definition.period} such as this KPI is reported by`);
  }

  private withKpi<T>(kpiId: string, scope: QueryScope, answer: (figures: KpiFigures, moment: Moment) => T): T | null {
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const record = readRecord<KpiState>(moment, 'kpi', kpiId);
      if (record === undefined) return null;
      return answer(figuresOf(moment, record, calendarAt(database, moment.position)), moment);
    });
  }
}

/** Reads a label such as `2026-11`. Throws QueryError PERIOD_INVALID with how periods are written. */
export function periodOfLabel(label: string, calendar: Calendar): Period {
  try {
    return periodFromLabel(label, calendar);
  } catch (error) {
    if (error instanceof CalendarError) throw new QueryError('PERIOD_INVALID', error.message);
    throw error;
  }
}

/** The figures of a KPI record as of a moment. */
export function figuresOf(moment: Moment, record: RecordAt<KpiState>, calendar: Calendar): KpiFigures {
  const days: LocalDayIndex = localDayIndexOf(calendar.timeZone);
  return new KpiFigures(moment, record.state, calendar, days);
}

/** The newest period up to the running one that has a value, else the running one. */
export function currentPeriod(figures: KpiFigures): Period {
  return figures.newestWithValue(LOOK_BACK_periods) ?? figures.running;
}

function summaryOf(figures: KpiFigures): KpiSummary {
  const { definition, state, calendar } = figures;
  const period = currentPeriod(figures);
  const sparkline: (number | null)[] = [];
  for (let shown = period; sparkline.length < SPARKLINE_PERIODS; shown = previousPeriod(shown, calendar)) {
    sparkline.unshift(figures.plainValueOf(shown));
  }
  return {
    kpiId: definition.kpiId,
    unitId: definition.unitId,
    goalId: definition.goalId ?? null,
    name: definition.name,
    lifecycle: state.status === 'none' ? 'draft' : state.status,
    direction: definition.direction,
    unitOfMeasure: definition.unitOfMeasure,
    decimals: definition.decimals,
    horizon: definition.horizon,
    weight: definition.weight,
    ownerId: definition.ownerId,
    baseline: state.baseline ?? null,
    current: figures.valueOf(period, true),
    sparkline,
  };
}

/** Stable codes: what a reader should know before trusting the figure. */
function warningsOf(state: KpiState, { current }: KpiSummary): string[] {
  const warnings: string[] = [];
  if (current.value === null) warnings.push('NO_DATA');
  else if (current.status === 'no-data') warnings.push('STALE_DATA');
  if (state.targets.length === 0) warnings.push('NO_TARGET');
  if (state.openChanges.length > 0) warnings.push('TARGET_CHANGE_OPEN');
  return warnings;
}
