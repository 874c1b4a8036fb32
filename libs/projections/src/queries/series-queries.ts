import { CalendarError, dayNumber, localDateOfDay, localDayIndexOf } from '#lib/analysis';
import { type SeriesState } from '#lib/domain';
import { type Bindable } from '#lib/read-models';
import {
  type DayRollupAnswer,
  type ObservationAnswer,
  type Page,
  type QuarantineEntry,
  type SeriesSummary,
} from '../answers.js';
import {
  type Observation,
  observationsAt,
  observationsBetween,
  replacedValues,
} from '../observations/read-observations.js';
import { seriesIdOf } from '../observations/series-index.js';
import { seriesSummary } from '../observations/series-summary.js';
import { type QuarantineRow } from '../quarantine/quarantine.js';
import { listRecords } from '../records/read-records.js';
import { RollupReader } from '../rollups/read-rollups.js';
import { rollupAnswer } from '../rollups/rollup-answer.js';
import { calendarAt } from '../shelf.js';
import { cursorOf, limitOf, pageOf } from './page.js';
import { instantOf, type Moment, momentOf, type PageScope, QueryError, timeOf_ms, type ViewSource } from './scope.js';

/** `from` and `to` are RFC 3339 times (inclusive, exclusive). */
export interface ObservationFilter {
  readonly seriesKey: string;
  readonly from?: string;
  readonly to?: string;
}

/** `from` and `to` are local dates (both inclusive). */
export interface RollupFilter {
  readonly seriesKey: string;
  readonly from?: string;
  readonly to?: string;
}

/** Every time that can be observed lies between. */
const EVER_ms = 9e15;
const EVER_days = 1e7;

/** Series with their observations, day rollups and quarantine. Throws `QueryError` and `ViewsNotReady` as the others do. */
export class SeriesQueries {
  constructor(private readonly views: ViewSource) {}

  /** In the order of their keys. */
  series(filter: { readonly sourceId?: string; readonly prefix?: string }, scope: PageScope): Page<SeriesSummary> {
    const limit = limitOf(scope);
    const [after] = cursorOf(scope, ['']) ?? [''];
    const { sourceId, prefix } = filter;
    const keep = ({ definition }: SeriesState): boolean => sourceId === undefined || definition?.sourceId === sourceId;
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const days = localDayIndexOf(calendarAt(database, moment.position).timeZone);
      const rows = listRecords<SeriesState>(moment, 'series', { prefix, keep }, after, limit + 1);
      return pageOf(
        moment,
        rows,
        limit,
        ({ id }) => [id],
        (row) => seriesSummary(moment, row, days),
      );
    });
  }

  /** In the order of observed time. An unknown series has none. */
  observations(filter: ObservationFilter, scope: PageScope): Page<ObservationAnswer> {
    const limit = limitOf(scope);
    const [after_ms] = cursorOf(scope, [0]) ?? [];
    const from_ms = Math.max(timeOf(filter.from) ?? -EVER_ms, after_ms === undefined ? -EVER_ms : after_ms + 1);
    const to_ms = timeOf(filter.to) ?? EVER_ms;
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const seriesId = seriesIdOf(database, filter.seriesKey);
      const rows = seriesId === undefined ? [] : readObservations(moment, seriesId, from_ms, to_ms, limit + 1);
      const answer = (one: Observation): ObservationAnswer =>
        observationAnswer(moment, filter.seriesKey, seriesId!, one);
      return pageOf(moment, rows, limit, ({ at_ms }) => [at_ms], answer);
    });
  }

  /** In the order of days. */
  rollups(filter: RollupFilter, scope: PageScope): Page<DayRollupAnswer> {
    const limit = limitOf(scope);
    const [after] = cursorOf(scope, [0]) ?? [];
    const from = Math.max(dayOf(filter.from) ?? -EVER_days, after === undefined ? -EVER_days : after + 1);
    const to = dayOf(filter.to) ?? EVER_days;
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const days = localDayIndexOf(calendarAt(database, moment.position).timeZone);
      const reader = new RollupReader(database, days, moment.past ? moment.position : undefined);
      const seriesId = seriesIdOf(database, filter.seriesKey);
      const rows = seriesId === undefined ? [] : reader.daysOf(seriesId, from, to, limit + 1);
      return pageOf(
        moment,
        rows,
        limit,
        ({ day }) => [day],
        ({ day, rollup }) => rollupAnswer(day, rollup),
      );
    });
  }

  /** Newest first. */
  quarantine(
    filter: { readonly sourceId?: string; readonly seriesKey?: string },
    scope: PageScope,
  ): Page<QuarantineEntry> {
    const limit = limitOf(scope);
    const [beforePosition, beforeItem] = cursorOf(scope, [0, 0]) ?? [];
    return this.views.read((database) => {
      const moment = momentOf(database, scope);
      const conditions = ['position <= ?', '(position, item) < (?, ?)'];
      const values: Bindable[] = [moment.position, beforePosition ?? EVER_ms, beforeItem ?? 0];
      for (const [column, value] of [
        ['source_id', filter.sourceId],
        ['series_key', filter.seriesKey],
      ] as const) {
        if (value === undefined) continue;
        conditions.push(`${column} = ?`);
        values.push(value);
      }
      const sql = `SELECT * FROM quarantine WHERE ${conditions.join(' AND ')} ORDER BY position DESC, item DESC LIMIT ?`;
      const rows = database.all<QuarantineRow>(sql, ...values, limit + 1);
      return pageOf(moment, rows, limit, ({ position, item }) => [position, item], quarantineEntry);
    });
  }
}

/** Reads `limit` observations; as of the past in growing stretches, because some of them were not there yet. */
function readObservations(
  { database, position, past }: Moment,
  seriesId: number,
  from_ms: number,
  to_ms: number,
  limit: number,
): Observation[] {
  const current = observationsBetween(database, seriesId, from_ms, to_ms, limit);
  if (!past) return current;
  for (let wanted = limit; ; wanted *= 4) {
    const ahead = observationsBetween(database, seriesId, from_ms, to_ms, wanted);
    const isAll = ahead.length < wanted;
    const until_ms = isAll ? to_ms : ahead[ahead.length - 1]!.at_ms + 1;
    const found = observationsAt(database, seriesId, from_ms, until_ms, position);
    if (isAll || found.length >= limit) return found.slice(0, limit);
  }
}

function observationAnswer(moment: Moment, seriesKey: string, seriesId: number, one: Observation): ObservationAnswer {
  const replaced = replacedValues(moment.database, seriesId, one.at_ms, moment.position);
  return {
    seriesKey,
    observedAt: instantOf(one.at_ms),
    value: one.value,
    flag: one.flag,
    position: String(one.position),
    replaced: replaced.map(({ value, from, until }) => ({ value, from: String(from), until: String(until) })),
  };
}

function quarantineEntry(row: QuarantineRow): QuarantineEntry {
  return {
    position: String(row.position),
    recordedAt: instantOf(row.recorded_at_ms),
    sourceId: row.source_id,
    seriesKey: row.series_key,
    observedAt: observedAtOf(row.observed_at_ms),
    reason: row.reason,
    detail: row.detail,
    original: row.original,
    encoding: row.encoding,
  };
}

/** A quarantined time may lie where no date can be written. */
function observedAtOf(time_ms: number | null): string | null {
  const date = time_ms === null ? null : new Date(time_ms);
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time_ms = timeOf_ms(text);
  if (time_ms === null) throw new QueryError('TIME_INVALID', `${text} is not an RFC 3339 time`);
  return time_ms;
}

function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const day = dayNumber(text);
    localDateOfDay(day);
    return day;
  } catch (error) {
    if (error instanceof CalendarError) throw new QueryError('TIME_INVALID', error.message);
    throw error;
  }
}
