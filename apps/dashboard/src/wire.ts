// The answers of the HTTP API as far as the pages read them. The browser is a client of the API and knows no room of ours,
// so the shapes are written down here; `test/answers-match.spec.ts` fails to compile when the API's own types drift away.

export interface LocalizedText {
  readonly en?: string;
  readonly 'zh-CN'?: string;
}

export interface AsOf {
  readonly position: string;
  readonly recordedAt: string | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
  readonly asOf: AsOf;
}

export interface Target {
  readonly value?: number;
  readonly range?: { readonly low: number; readonly high: number; readonly tolerance: number };
  readonly date: string;
}

export interface Baseline {
  readonly value: number;
  readonly date: string;
}

export interface TargetInForce {
  readonly target: Target;
  readonly effectiveFrom: string;
}

export type PeriodKind = 'month' | 'quarter' | 'year' | 'fiscal-year';

export interface PeriodRange {
  readonly period: PeriodKind;
  readonly label: string;
  readonly startsOn: string;
  readonly endsOn: string;
}

export type ProgressStatus = 'on-track' | 'at-risk' | 'off-track' | 'no-data' | 'no-target' | 'running';
export type Direction = 'up' | 'down' | 'range';

export interface KpiPeriodValue {
  readonly period: PeriodRange;
  readonly value: number | null;
  readonly observations: number;
  readonly completeness_percent: number | null;
  readonly lastObservedAt: string | null;
  readonly target: Target | null;
  readonly expected: number | null;
  readonly attainment_percent: number | null;
  readonly status: ProgressStatus;
  readonly running: boolean;
}

export interface KpiSummary {
  readonly kpiId: string;
  readonly unitId: string;
  readonly goalId: string | null;
  readonly name: LocalizedText;
  readonly lifecycle: 'draft' | 'active' | 'retired';
  readonly direction: Direction;
  readonly unitOfMeasure: string;
  readonly decimals: number;
  readonly horizon: 'short' | 'long';
  readonly weight: number;
  readonly ownerId: string;
  readonly baseline: Baseline | null;
  readonly current: KpiPeriodValue;
  readonly sparkline: readonly (number | null)[];
}

export type Statistic = 'mean' | 'sum' | 'min' | 'max' | 'last' | 'count';
export type Comparison = 'above' | 'at-or-above' | 'below' | 'at-or-below';

export interface RatioPart {
  readonly statistic: Statistic;
  readonly series: readonly string[];
}

export type Measure =
  | { readonly kind: 'statistic'; readonly statistic: Statistic; readonly series: readonly string[] }
  | { readonly kind: 'percentile'; readonly percentile: number; readonly series: readonly string[] }
  | {
      readonly kind: 'share';
      readonly comparison: Comparison;
      readonly threshold: number;
      readonly series: readonly string[];
    }
  | {
      readonly kind: 'days';
      readonly dayStatistic: 'mean' | 'sum' | 'min' | 'max';
      readonly comparison: Comparison;
      readonly threshold: number;
      readonly minimumObservations: number;
      readonly series: readonly string[];
    }
  | {
      readonly kind: 'ratio';
      readonly numerator: RatioPart;
      readonly denominator: RatioPart;
      readonly scale: number;
      readonly complement: boolean;
    };

export interface KpiDefinition {
  readonly description?: LocalizedText;
  readonly measure: Measure;
  readonly period: PeriodKind;
  readonly dataSource?: LocalizedText;
  readonly limitations?: LocalizedText;
  readonly staleAfter_days?: number;
  readonly trajectory: 'linear' | 'geometric';
}

export interface TargetProposal extends TargetInForce {
  readonly changeId: string;
  readonly reason: string;
  readonly proposedBy: string;
}

/** The fields of the method that would change, and only those. */
export type MethodChange = Partial<
  Pick<KpiDefinition, 'measure' | 'period' | 'trajectory'> & Pick<KpiSummary, 'weight' | 'horizon'>
>;

export interface MethodProposal {
  readonly changeId: string;
  readonly method: MethodChange;
  readonly effectiveFrom: string;
  readonly reason: string;
  readonly proposedBy: string;
}

export interface KpiDetail extends KpiSummary {
  readonly definition: KpiDefinition;
  readonly targets: readonly TargetInForce[];
  readonly openChanges: readonly TargetProposal[];
  readonly openMethodChanges: readonly MethodProposal[];
  readonly warnings: readonly string[];
  readonly asOf: AsOf;
}

export interface UnitSummary {
  readonly unitId: string;
  readonly name: LocalizedText;
  readonly parentUnitId: string | null;
  readonly activeKpis: number;
  readonly warnings: readonly string[];
}

export interface Actor {
  readonly kind: 'person' | 'source' | 'system';
  readonly id: string;
  readonly role: string;
}

export interface AuditEntry {
  readonly position: string;
  readonly recordedAt: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly type: string;
  readonly actor: Actor;
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly reason: string | null;
  readonly effectiveFrom: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly marks: readonly string[];
  readonly markedPeriods: readonly string[];
}

export type Worked = 'yes' | 'partly' | 'no' | 'unknown';

export interface ActionHistory {
  readonly actionId: string;
  readonly kpiId: string;
  readonly reviewId: string | null;
  readonly findingId: string | null;
  readonly title: LocalizedText;
  readonly ownerId: string;
  readonly dueDate: string;
  readonly expectedEffect: { readonly value: number; readonly date: string };
  readonly valueAtPlanning: number | null;
  readonly state: 'planned' | 'in-progress' | 'completed' | 'cancelled';
  readonly progress_percent: number;
  readonly completedOn: string | null;
  readonly check: {
    readonly checkedOn: string;
    readonly period: string;
    readonly value: number | null;
    /** What the data say, beside what the person says. */
    readonly judged: Worked;
    readonly worked: Worked;
    readonly note: string;
    readonly asOf: string;
  } | null;
  readonly steps: readonly HistoryStep[];
}

export interface HistoryStep {
  readonly position: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly actor: Actor;
  readonly note: string | null;
}

export type AgendaReason = 'off-track' | 'at-risk' | 'no-data' | 'on-track' | 'open-target-change' | 'overdue-action';

export interface AgendaItem {
  readonly kpiId: string;
  /** Absent in reviews from before it was noted. */
  readonly period?: string;
  readonly reason: AgendaReason;
  readonly value: number | null;
}

export interface Finding {
  readonly findingId: string;
  readonly kpiId?: string;
  readonly criteria: string;
  readonly condition: string;
  readonly cause: string;
  readonly effect: string;
  readonly position: string;
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
  readonly findings: readonly Finding[];
  readonly conclusion: string | null;
}

export interface DayRollup {
  readonly day: string;
  readonly count: number;
  readonly sum: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
}

export interface ExplanationInput {
  readonly name: string;
  readonly statistic: string;
  readonly series: readonly string[];
  readonly observations: number;
  readonly value: number | null;
  readonly days: readonly DayRollup[];
}

export interface Explanation {
  readonly period: PeriodRange;
  readonly value: number | null;
  readonly unitOfMeasure: string;
  readonly formula: string;
  readonly method: { readonly name: string; readonly version: number };
  readonly inputs: readonly ExplanationInput[];
  readonly attainment: {
    readonly formula: string;
    readonly attainment_percent: number | null;
    readonly expected: number | null;
    readonly status: ProgressStatus;
  };
  readonly positions: {
    readonly definition: string | null;
    readonly target: string | null;
    readonly observations: readonly string[];
    readonly truncated: boolean;
  };
  readonly asOf: AsOf;
}

/** What `GET /v1/live` sends: the views have reached this position, and these KPIs may answer differently now. */
export interface LiveProgress {
  readonly position: string;
  readonly kpiIds: readonly string[];
}

/** RFC 9457 problem details, as every refusal of the API is written. */
export interface Problem {
  readonly title?: string;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}
