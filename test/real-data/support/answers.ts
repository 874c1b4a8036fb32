import type {
  DayRollupAnswer,
  KpiPeriodValue,
  ObservationAnswer,
  SeriesSummary,
} from '../../../libs/projections/src/answers.js';
import type { Client } from '#lib/client';
import type { PreparedKpi } from './prepare.js';

/**
 * Everything the system answers that must depend on the data alone: not on how often, in which order or in how many
 * requests they came. Log positions and the count of repeats do depend on that and are left out.
 */
export interface ComparableAnswers {
  readonly series: Readonly<Record<string, unknown>>;
  readonly rollups: Readonly<Record<string, readonly DayRollupAnswer[]>>;
  readonly kpis: Readonly<Record<string, readonly KpiPeriodValue[]>>;
}

/** Reads series summaries, the day rollups of some series and all period values of the KPIs. */
export async function comparableAnswers(
  client: Client,
  kpis: readonly PreparedKpi[],
  rollupsOf: readonly string[],
): Promise<ComparableAnswers> {
  const series: Record<string, unknown> = {};
  for (const summary of await client.getAll<SeriesSummary>('/v1/series')) {
    const { repeats: _repeats, quarantined: _quarantined, ...comparable } = summary;
    series[summary.seriesKey] = comparable;
  }
  const rollups: Record<string, DayRollupAnswer[]> = {};
  for (const key of rollupsOf) rollups[key] = await client.getAll<DayRollupAnswer>('/v1/rollups', { series: key });
  const periods: Record<string, KpiPeriodValue[]> = {};
  for (const { kpiId } of kpis) periods[kpiId] = await client.getAll(`/v1/kpis/${kpiId}/periods`);
  return { series, rollups, kpis: periods };
}

/** Period values by label, as known at a log position where one is given; periods without a value are left out. */
export async function valuesByPeriod(client: Client, kpiId: string, asOf?: string): Promise<Map<string, number>> {
  const query: Record<string, string> = asOf === undefined ? {} : { asOf };
  const periods = await client.getAll<KpiPeriodValue>(`/v1/kpis/${kpiId}/periods`, query);
  return new Map(periods.flatMap(({ period, value }) => (value === null ? [] : [[period.label, value] as const])));
}

export async function seriesByKey(client: Client): Promise<Map<string, SeriesSummary>> {
  const all = await client.getAll<SeriesSummary>('/v1/series');
  return new Map(all.map((summary) => [summary.seriesKey, summary]));
}

/** Observations of a series in order of time. */
export const observationsOf = (client: Client, series: string): Promise<ObservationAnswer[]> =>
  client.getAll<ObservationAnswer>('/v1/observations', { series });
