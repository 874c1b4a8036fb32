import type {
  Actor,
  AgendaItem,
  Baseline,
  EffectCheck,
  ExpectedEffect,
  Finding,
  KpiDefinition,
  KpiPeriod,
  LocalizedText,
  MethodChangeProposal,
  Target,
} from '#lib/domain';

/**
 * Up to where in the log an answer has seen the data. Every answer carries one. Asking again `asOf` a position or time gives
 * the same answer, also later: its "today" (running period, expected value, stale or not) is the day of that time, or the
 * day on which the event at that position was recorded. Only an answer without `asOf` is told by the clock.
 */
export interface AsOf {
  /** Log position as decimal text; `0` before the first event. */
  readonly position: string;
  /** When the event at that position was recorded; null before the first event. */
  readonly recordedAt: string | null;
}

/** One page of a list. `nextCursor` is opaque; absent on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
  readonly asOf: AsOf;
}

/** A reporting period in the organisation's calendar. `endsOn` is the last day, inclusive. */
export interface PeriodRange {
  readonly period: KpiPeriod;
  /** `2026-11`, `2026-Q4`, `2026` or `FY2026`. */
  readonly label: string;
  readonly startsOn: string;
  readonly endsOn: string;
}

/** `running`: an accumulating figure (`isAccumulating`) of a period that is not over yet, which nobody can judge. */
export type ProgressStatus = 'on-track' | 'at-risk' | 'off-track' | 'no-data' | 'no-target' | 'running';

/** A KPI's figure for one period, with what it was measured against. Figures are unrounded. */
export interface KpiPeriodValue {
  readonly period: PeriodRange;
  readonly value: number | null;
  /** Observations the value was computed from. */
  readonly observations: number;
  /**
   * Observations present as a share of those due up to now, 0 to 100; each series with an expected interval counts for
   * itself, the first value is due at the period's start, a monthly one once a month. Null where none is known to be due.
   */
  readonly completeness_percent: number | null;
  readonly lastObservedAt: string | null;
  /** In force at the period's end (or today, in the running period). */
  readonly target: Target | null;
  /** Value on the trajectory at the period's end (or today, in the running period). */
  readonly expected: number | null;
  /** Null without a value or target, and for an accumulating figure of the running period. */
  readonly attainment_percent: number | null;
  readonly status: ProgressStatus;
  /** The running period: its figure is not final. */
  readonly running: boolean;
}

/** A line of the KPI list. */
export interface KpiSummary {
  readonly kpiId: string;
  readonly unitId: string;
  readonly goalId: string | null;
  readonly name: LocalizedText;
  readonly lifecycle: 'draft' | 'active' | 'retired';
  readonly direction: KpiDefinition['direction'];
  readonly unitOfMeasure: string;
  readonly decimals: number;
  readonly horizon: 'short' | 'long';
  readonly weight: number;
  readonly ownerId: string;
  readonly baseline: Baseline | null;
  /**
   * The newest period that has a value and is not later than the running one (for an accumulating figure: earlier than the
   * running one); else the running one.
   */
  readonly current: KpiPeriodValue;
  /** Values of the 13 periods up to that of `current`, oldest first, null where there is none. */
  readonly sparkline: readonly (number | null)[];
}

/** The whole of a KPI. */
export interface KpiDetail extends KpiSummary {
  readonly definition: KpiDefinition;
  readonly targets: readonly { readonly target: Target; readonly effectiveFrom: string }[];
  readonly openChanges: readonly {
    readonly changeId: string;
    readonly target: Target;
    readonly effectiveFrom: string;
    readonly reason: string;
    readonly proposedBy: string;
  }[];
  /** Proposed changes of measure, weight, horizon, period or trajectory, only the fields that would change. */
  readonly openMethodChanges: readonly MethodChangeProposal[];
  readonly warnings: readonly string[];
  readonly asOf: AsOf;
}

/** A goal as it stands, with the KPIs that measure it. */
export interface GoalSummary {
  readonly goalId: string;
  readonly unitId: string;
  readonly name: LocalizedText;
  readonly description: LocalizedText | null;
  readonly parentGoalId: string | null;
  readonly dueDate: string | null;
  readonly state: 'open' | 'closed';
  readonly outcome: 'reached' | 'missed' | 'dropped' | null;
  readonly kpiIds: readonly string[];
}

/** What the data put on a review's agenda, and up to where they had been seen. */
export interface Agenda {
  readonly items: readonly AgendaItem[];
  readonly asOf: AsOf;
}

/** An event that one projection could not take; the others went on. */
export interface ParkedEventAnswer {
  readonly position: string;
  readonly projection: string;
  readonly eventType: string;
  readonly reason: string;
}

/** State of the views, for operators. */
export interface ViewsAnswer {
  readonly generation: number;
  readonly position: string;
  readonly recordedAt: string | null;
  readonly parked: readonly ParkedEventAnswer[];
  readonly parkedCount: number;
}

export interface UnitSummary {
  readonly unitId: string;
  readonly name: LocalizedText;
  readonly parentUnitId: string | null;
  readonly activeKpis: number;
  /** Stable codes: `FEWER_THAN_THREE_KPIS`, `WEIGHTS_DO_NOT_ADD_UP`, `NO_SHORT_HORIZON`, `NO_LONG_HORIZON`. */
  readonly warnings: readonly string[];
}

/** One decision about a KPI, goal or unit, with what it changed. */
export interface AuditEntry {
  readonly position: string;
  readonly recordedAt: string;
  readonly subject: { readonly kind: 'kpi' | 'goal' | 'unit' | 'series' | 'source'; readonly id: string };
  readonly unitId: string | null;
  readonly type: string;
  readonly actor: Actor;
  /** Who proposed, where another decided. */
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly reason: string | null;
  readonly effectiveFrom: string | null;
  /** The changed part of the subject before and after: the target, the baseline, the definition …; null: there was none. */
  readonly before: unknown;
  readonly after: unknown;
  /**
   * `turns-missed-into-met`: the decision makes periods that missed their target meet one: a changed target that reaches back
   * or applies at once, or another measure or kind of period. They are named in `markedPeriods`.
   */
  readonly marks: readonly string[];
  /** Labels of the periods that the mark speaks of, oldest first. */
  readonly markedPeriods: readonly string[];
}

export interface ActionHistory {
  readonly actionId: string;
  readonly unitId: string;
  readonly kpiId: string;
  readonly goalId: string | null;
  readonly reviewId: string | null;
  readonly findingId: string | null;
  readonly title: LocalizedText;
  readonly ownerId: string;
  readonly dueDate: string;
  readonly expectedEffect: ExpectedEffect;
  readonly valueAtPlanning: number | null;
  readonly state: 'planned' | 'in-progress' | 'completed' | 'cancelled';
  readonly progress_percent: number;
  readonly completedOn: string | null;
  readonly check: EffectCheck | null;
  readonly steps: readonly HistoryStep[];
}

/** Something that happened to a review or an action, and where in the log. */
export interface HistoryStep {
  readonly position: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly actor: Actor;
  readonly note: string | null;
}

export interface ReviewHistory {
  readonly reviewId: string;
  readonly unitId: string;
  readonly period: string;
  readonly state: 'open' | 'closed';
  readonly openedOn: string;
  readonly closedOn: string | null;
  readonly agenda: readonly AgendaItem[];
  readonly agendaAsOf: string;
  readonly findings: readonly (Finding & { readonly position: string })[];
  readonly conclusion: string | null;
  readonly actions: readonly ActionHistory[];
  readonly steps: readonly HistoryStep[];
}

export interface ObservationAnswer {
  readonly seriesKey: string;
  readonly observedAt: string;
  readonly value: number;
  readonly flag: string | null;
  /** Log position from which this value is the one in force. */
  readonly position: string;
  /**
   * Values this one replaced, newest first, each with the positions between which it was in force. A value is corrected by
   * sending another one for the same series and time; the newest one counts.
   */
  readonly replaced: readonly { readonly value: number; readonly from: string; readonly until: string }[];
}

export interface SeriesSummary {
  readonly seriesKey: string;
  readonly sourceId: string;
  readonly name: LocalizedText;
  readonly unitOfMeasure: string;
  readonly observations: number;
  readonly firstObservedAt: string | null;
  readonly lastObservedAt: string | null;
  /** Values due between first and last observation by the expected interval, and how many of them are not there. */
  readonly expected: number | null;
  readonly missing: number | null;
  /**
   * Observations that said again what was there already (same series, time and value): they changed nothing. This counts
   * repeats across requests, which the door accepts; the `duplicate` of a verdict counts others: those within one request (the
   * same series and time twice, the first one counts) and those of a request replayed under its Idempotency-Key.
   */
  readonly repeats: number;
  /** Observations with another value for a series and time that had one: the newest counts, the others are kept. */
  readonly corrections: number;
  readonly mean: number | null;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Quarantined observations of this series by reason. */
  readonly quarantined: Readonly<Record<string, number>>;
}

export interface DayRollupAnswer {
  readonly day: string;
  readonly count: number;
  readonly sum: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
}

/** Where a figure comes from. */
export interface Explanation {
  readonly kpiId: string;
  readonly period: PeriodRange;
  readonly value: number | null;
  readonly unitOfMeasure: string;
  /** In words and symbols, for example `100 × (1 − 186122 / 1867781)`. */
  readonly formula: string;
  readonly method: { readonly name: string; readonly version: number };
  /** Named quantities of the formula. */
  readonly inputs: readonly {
    readonly name: string;
    readonly statistic: string;
    readonly series: readonly string[];
    readonly observations: number;
    readonly value: number | null;
    readonly days: readonly DayRollupAnswer[];
  }[];
  readonly attainment: {
    readonly formula: string;
    readonly baseline: Baseline | null;
    readonly target: Target | null;
    readonly attainment_percent: number | null;
    readonly expected: number | null;
    readonly status: ProgressStatus;
  };
  /** Log positions of the events that the figure came from: first, last, and (up to EXPLAIN_POSITIONS_MAX) all. */
  readonly positions: {
    readonly definition: string | null;
    readonly target: string | null;
    readonly observations: readonly string[];
    readonly truncated: boolean;
  };
  readonly asOf: AsOf;
}

export interface ProjectionLag {
  readonly lag_events: number;
  readonly lag_seconds: number;
  readonly position: string;
  readonly parked: number;
}

export interface QuarantineEntry {
  readonly position: string;
  readonly recordedAt: string;
  readonly sourceId: string;
  readonly seriesKey: string | null;
  readonly observedAt: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly original: string;
  readonly encoding: 'utf8' | 'base64';
}
