import { emptyRollup, type LocalDayIndex, statisticOfRollup } from '#lib/analysis';
import { type SeriesState } from '#lib/domain';
import { type SeriesSummary } from '../answers.js';
import { quarantinedByReason } from '../quarantine/quarantine.js';
import { type Moment } from '../queries/scope.js';
import { type RecordAt } from '../records/read-records.js';
import { RollupReader } from '../rollups/read-rollups.js';
import { seriesIdOf } from './series-index.js';

/** A registered series and what its observations come to, as of a moment. */
export function seriesSummary(
  moment: Moment,
  { id: seriesKey, state }: RecordAt<SeriesState>,
  days: LocalDayIndex,
): SeriesSummary {
  const { database, past, position } = moment;
  const definition = state.definition!;
  const seriesId = seriesIdOf(database, seriesKey);
  const reader = new RollupReader(database, days, past ? position : undefined);
  const rollup = seriesId === undefined ? emptyRollup : reader.totalOf(seriesId);
  const { count, firstAt_ms, lastAt_ms } = rollup;
  const expected = expectedCount(definition.expectedInterval_ms, count, lastAt_ms - firstAt_ms);
  return {
    seriesKey,
    sourceId: definition.sourceId,
    name: definition.name,
    unitOfMeasure: definition.unitOfMeasure,
    observations: count,
    firstObservedAt: count === 0 ? null : new Date(firstAt_ms).toISOString(),
    lastObservedAt: count === 0 ? null : new Date(lastAt_ms).toISOString(),
    expected,
    missing: expected === null ? null : Math.max(0, expected - count),
    ...recurrencesOf(moment, seriesId),
    mean: statisticOfRollup(rollup, 'mean'),
    sum: statisticOfRollup(rollup, 'sum'),
    min: statisticOfRollup(rollup, 'min'),
    max: statisticOfRollup(rollup, 'max'),
    quarantined: quarantinedByReason(database, seriesKey, position),
  };
}

/** Values due from the first to the last observation, both included; null where nothing is known to be due. */
function expectedCount(interval_ms: number | undefined, count: number, span_ms: number): number | null {
  if (interval_ms === undefined) return null;
  return count === 0 ? 0 : Math.round(span_ms / interval_ms) + 1;
}

function recurrencesOf(
  { database, position, past }: Moment,
  seriesId = 0,
): { readonly repeats: number; readonly corrections: number } {
  const sql = past
    ? `SELECT coalesce(sum(repeats), 0) AS repeats, coalesce(sum(corrections), 0) AS corrections
       FROM series_recurrence WHERE series_id = ? AND position <= ?`
    : 'SELECT repeats, corrections FROM series_total WHERE series_id = ? AND ? >= 0';
  const row = database.get<{ repeats: number; corrections: number }>(sql, seriesId, position);
  return { repeats: row?.repeats ?? 0, corrections: row?.corrections ?? 0 };
}
