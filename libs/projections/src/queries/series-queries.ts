import {
  type DayRollupAnswer,
  type ObservationAnswer,
  type Page,
  type QuarantineEntry,
  type SeriesSummary,
} from '../answers.js';
import { type PageScope, type ViewSource } from './scope.js';

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

/** Series with their observations, day rollups and what was put in quarantine. */
export class SeriesQueries {
  constructor(private readonly views: ViewSource) {}

  /** In the order of their keys. */
  series(_filter: { readonly sourceId?: string; readonly prefix?: string }, _scope: PageScope): Page<SeriesSummary> {
    throw new Error('written next');
  }

  /** In the order of observed time. An unknown series has none. */
  observations(_filter: ObservationFilter, _scope: PageScope): Page<ObservationAnswer> {
    throw new Error('written next');
  }

  /** In the order of days. */
  rollups(_filter: RollupFilter, _scope: PageScope): Page<DayRollupAnswer> {
    throw new Error('written next');
  }

  /** Newest first. */
  quarantine(
    _filter: { readonly sourceId?: string; readonly seriesKey?: string },
    _scope: PageScope,
  ): Page<QuarantineEntry> {
    throw new Error('written next');
  }
}
