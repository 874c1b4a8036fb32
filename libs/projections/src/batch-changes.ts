/** Observations that one series gained or changed in a batch, in the order of their time; one entry a distinct time. */
export interface SeriesChange {
  readonly seriesId: number;
  readonly at_ms: readonly number[];
  readonly value: readonly number[];
  /** Whether there was no observation at this time before the batch. */
  readonly isNew: readonly boolean[];
  /** Positions of the first and the last event of the batch that changed it. */
  readonly firstPosition: readonly number[];
  readonly lastPosition: readonly number[];
}

/** What the projections of one batch tell each other, in the order in which they run, and what the runner reports. */
export class BatchChanges {
  /** Records → audit trail: the state of the decided thing before and after the event at a position. */
  readonly states = new Map<number, { readonly before: unknown; readonly after: unknown }>();
  /** Observations → rollups. */
  readonly series: SeriesChange[] = [];
  /** Rollups → KPI progress: the local days of each series whose rollup changed. */
  readonly days = new Map<number, number[]>();
  /** KPIs whose figures, definition or target changed. */
  readonly kpiIds = new Set<string>();
  /** How long the computing of KPI figures took; 0 where nothing was stale. */
  settling_ms = 0;

  /**
   * `settle`: KPI figures are computed now. In between they are only marked as stale: while much comes in, a year's figure
   * need not be computed for each of thousands of batches.
   */
  constructor(readonly settle: boolean) {}
}
