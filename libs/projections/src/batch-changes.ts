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

/** Something that could not be computed, and is no fault of any event at hand: it stays due and is tried again. */
export interface SettlingTrouble {
  readonly projection: string;
  /** Null where it is not about one KPI. */
  readonly kpiId: string | null;
  readonly reason: string;
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
  readonly troubles: SettlingTrouble[] = [];
  /** How long the computing of KPI figures took; 0 where nothing was stale. */
  settling_ms = 0;

  /**
   * `settle`: KPI figures are computed now. In between they are only marked as stale: while much comes in, a year's figure
   * need not be computed for each of thousands of batches.
   */
  constructor(readonly settle: boolean) {}

  /** What a projection has told is unsaid when its writes are undone: call the answer to take back everything since. */
  mark(): () => void {
    const series = this.series.length;
    const [states, days, kpiIds] = [[...this.states], [...this.days], [...this.kpiIds]];
    return () => {
      this.series.length = series;
      refill(this.states, states);
      refill(this.days, days);
      this.kpiIds.clear();
      for (const kpiId of kpiIds) this.kpiIds.add(kpiId);
    };
  }
}

function refill<Key, Value>(map: Map<Key, Value>, entries: readonly (readonly [Key, Value])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** An error in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
