import type { LocalDate, LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

export type SimpleStatistic = 'mean' | 'sum' | 'min' | 'max' | 'last' | 'count';
export type Comparison = 'above' | 'at-or-above' | 'below' | 'at-or-below';

/**
 * What is measured over a period. `series` lists series keys; a key that ends in `*` means every registered series with
 * that prefix. Several series are pooled: their observations are taken together.
 */
export type Measure =
  | { readonly kind: 'statistic'; readonly statistic: SimpleStatistic; readonly series: readonly string[] }
  /** Nearest-rank-free percentile with linear interpolation (Hyndman–Fan type 7), 0 < percentile < 100. */
  | { readonly kind: 'percentile'; readonly percentile: number; readonly series: readonly string[] }
  /** Percentage (0 to 100) of observations that compare so with the threshold. */
  | {
      readonly kind: 'share';
      readonly comparison: Comparison;
      readonly threshold: number;
      readonly series: readonly string[];
    }
  /** Number of local days whose statistic compares so with the threshold (for example exceedance days). */
  | {
      readonly kind: 'days';
      readonly dayStatistic: 'mean' | 'sum' | 'min' | 'max';
      readonly comparison: Comparison;
      readonly threshold: number;
      /** A day counts only when it has at least so many observations (in all series together). */
      readonly minimumObservations: number;
      readonly series: readonly string[];
    }
  /** `scale × numerator / denominator`, or `scale × (1 − numerator / denominator)` as the complement. */
  | {
      readonly kind: 'ratio';
      readonly numerator: { readonly statistic: SimpleStatistic; readonly series: readonly string[] };
      readonly denominator: { readonly statistic: SimpleStatistic; readonly series: readonly string[] };
      readonly scale: number;
      readonly complement: boolean;
    };

export type KpiPeriod = 'month' | 'quarter' | 'year' | 'fiscal-year';

/** The method by which values, attainment and status of this KPI are computed; named and versioned in `libs/analysis`. */
export type TrajectoryShape = 'linear' | 'geometric';

export interface KpiDefinition {
  readonly kpiId: string;
  readonly unitId: string;
  readonly goalId?: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  /** Person who answers for this KPI. */
  readonly ownerId: string;
  readonly direction: 'up' | 'down' | 'range';
  readonly measure: Measure;
  readonly period: KpiPeriod;
  readonly unitOfMeasure: string;
  /** Decimals shown; figures are stored and answered in full. */
  readonly decimals: number;
  readonly horizon: 'short' | 'long';
  /** Share of the unit's score, more than 0 to 100. */
  readonly weight: number;
  /** Where the data come from, in words a citizen understands. */
  readonly dataSource?: LocalizedText;
  /** What the figure cannot tell. */
  readonly limitations?: LocalizedText;
  /** Days after the period's last observation at which the value counts as stale; absent: never. */
  readonly staleAfter_days?: number;
  readonly trajectory: TrajectoryShape;
}

/** How a KPI is measured and how much it counts: what one person alone may not change once the KPI is active. */
export type KpiMethod = Pick<KpiDefinition, 'measure' | 'weight' | 'horizon' | 'period' | 'trajectory'>;

/** The fields of the method that change, and only those. */
export type KpiMethodChange = Partial<KpiMethod>;

export interface Baseline {
  readonly value: number;
  /** Day to which the baseline belongs: the trajectory starts here. */
  readonly date: LocalDate;
}

/** For `up` and `down` a value; for `range` its bounds and the tolerance outside them that still counts as "at risk". */
export interface Target {
  readonly value?: number;
  readonly range?: { readonly low: number; readonly high: number; readonly tolerance: number };
  /** Day by which the target is to be reached: the trajectory ends here. */
  readonly date: LocalDate;
}

/** What every change that needs a second person says, whatever it changes. */
export interface ChangeProposal {
  readonly changeId: string;
  readonly effectiveFrom: LocalDate;
  readonly reason: string;
  readonly proposedBy: string;
}

export interface TargetChangeProposal extends ChangeProposal {
  readonly target: Target;
}

export interface MethodChangeProposal extends ChangeProposal {
  readonly method: KpiMethodChange;
}

interface Approval {
  readonly approvedBy: string;
}

interface Rejection {
  readonly changeId: string;
  readonly reason: string;
  readonly rejectedBy: string;
}

/** A key performance indicator. Stream `kpi-<id>`. */
export type KpiEvent =
  | DomainEventOf<'KpiDefined', KpiDefinition>
  /** `reason` is empty where none was owed: while the KPI was a draft. */
  | DomainEventOf<'KpiRedefined', KpiDefinition & { readonly reason: string }>
  | DomainEventOf<'KpiBaselineSet', { readonly kpiId: string; readonly baseline: Baseline }>
  /** The first target, while the KPI is a draft. Later ones come through a proposal. */
  | DomainEventOf<
      'KpiTargetSet',
      { readonly kpiId: string; readonly target: Target; readonly effectiveFrom: LocalDate }
    >
  | DomainEventOf<'KpiActivated', { readonly kpiId: string; readonly activatedOn: LocalDate }>
  | DomainEventOf<'TargetChangeProposed', { readonly kpiId: string } & TargetChangeProposal>
  | DomainEventOf<'TargetChangeApproved', { readonly kpiId: string } & TargetChangeProposal & Approval>
  | DomainEventOf<'TargetChangeRejected', { readonly kpiId: string } & Rejection>
  | DomainEventOf<'MethodChangeProposed', { readonly kpiId: string } & MethodChangeProposal>
  /**
   * From this event on the definition has the new method, for all periods: there is no figure by the old method for one
   * period and by the new one for the next. Answers as of an earlier position still use the old method. `effectiveFrom` is
   * the day that was decided and is kept for the audit trail; the event never comes before that day.
   */
  | DomainEventOf<'MethodChangeApproved', { readonly kpiId: string } & MethodChangeProposal & Approval>
  | DomainEventOf<'MethodChangeRejected', { readonly kpiId: string } & Rejection>
  | DomainEventOf<'KpiRetired', { readonly kpiId: string; readonly reason: string; readonly retiredOn: LocalDate }>;

/** A target and the day from which it is in force; the last one that started before a period's end counts for it. */
export interface TargetInForce {
  readonly target: Target;
  readonly effectiveFrom: LocalDate;
}

/** How a change was decided, or that it lapsed because the KPI was retired before anyone decided. */
export interface ChangeOutcome {
  readonly outcome: 'approved' | 'rejected' | 'lapsed';
  /** Who decided; absent when it lapsed. */
  readonly decidedBy?: string;
  /** Why it was rejected. */
  readonly rejectionReason?: string;
}

export type ClosedTargetChange = TargetChangeProposal & ChangeOutcome;
export type ClosedMethodChange = MethodChangeProposal & ChangeOutcome;

/** What a KPI is, folded from its events; also what the `records` view stores for every position at which it changed. */
export interface KpiState {
  readonly status: 'none' | 'draft' | 'active' | 'retired';
  readonly definition?: KpiDefinition;
  readonly baseline?: Baseline;
  /** In the order in which they were decided. */
  readonly targets: readonly TargetInForce[];
  /** Target changes that wait for a decision. */
  readonly openChanges: readonly TargetChangeProposal[];
  /** In the order in which they were decided. A change id is never decided twice, so they are kept. */
  readonly closedChanges: readonly ClosedTargetChange[];
  /** Method changes, likewise; their ids are counted apart. */
  readonly openMethodChanges: readonly MethodChangeProposal[];
  readonly closedMethodChanges: readonly ClosedMethodChange[];
  readonly activatedOn?: LocalDate;
  readonly retiredOn?: LocalDate;
  readonly retirementReason?: string;
}
