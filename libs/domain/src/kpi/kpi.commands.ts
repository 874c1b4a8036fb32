import { type CommandOf } from '../command.js';
import { type LocalDate } from '../common.js';
import { type Baseline, type KpiDefinition, type KpiMethodChange, type Target } from './kpi.events.js';

export type KpiCommand =
  | CommandOf<'DefineKpi', KpiDefinition>
  /**
   * Replaces the whole definition. Once the KPI is active a reason is owed, and only what describes it may differ: name,
   * description, owner, goal, decimals, data source, limitations, staleness. The method comes through a proposal.
   */
  | CommandOf<'RedefineKpi', KpiDefinition & { readonly reason?: string }>
  | CommandOf<'SetKpiBaseline', { readonly kpiId: string; readonly baseline: Baseline; readonly today: LocalDate }>
  /** While the KPI is a draft; later targets come through a proposal. */
  | CommandOf<'SetKpiTarget', { readonly kpiId: string; readonly target: Target; readonly effectiveFrom: LocalDate }>
  /** The caller takes the seat in the unit first, see `TakeKpiSeat`. */
  | CommandOf<
      'ActivateKpi',
      {
        readonly kpiId: string;
        readonly today: LocalDate;
        /** Series keys and prefixes of the measure that no registered series matches; the caller looks them up. */
        readonly unmatchedSeries?: readonly string[];
      }
    >
  /** The actor is the proposer. */
  | CommandOf<
      'ProposeTargetChange',
      {
        readonly kpiId: string;
        readonly changeId: string;
        readonly target: Target;
        readonly effectiveFrom: LocalDate;
        readonly reason: string;
        readonly today: LocalDate;
      }
    >
  /** The actor is the approver: a person, and not the proposer under whichever role. */
  | CommandOf<'ApproveTargetChange', { readonly kpiId: string; readonly changeId: string; readonly today: LocalDate }>
  /** Anyone may reject; the proposer withdraws the own proposal so. */
  | CommandOf<'RejectTargetChange', { readonly kpiId: string; readonly changeId: string; readonly reason: string }>
  /** Names only what is to change. The actor is the proposer. */
  | CommandOf<
      'ProposeMethodChange',
      {
        readonly kpiId: string;
        readonly changeId: string;
        readonly method: KpiMethodChange;
        readonly effectiveFrom: LocalDate;
        readonly reason: string;
        readonly today: LocalDate;
        /** Series keys and prefixes of the proposed measure that no registered series matches. */
        readonly unmatchedSeries?: readonly string[];
      }
    >
  /** As of a target change, and not before the change's effective day. The caller updates the seat, see `TakeKpiSeat`. */
  | CommandOf<'ApproveMethodChange', { readonly kpiId: string; readonly changeId: string; readonly today: LocalDate }>
  | CommandOf<'RejectMethodChange', { readonly kpiId: string; readonly changeId: string; readonly reason: string }>
  /** The caller frees the seat in the unit afterwards, see `FreeKpiSeat`. */
  | CommandOf<'RetireKpi', { readonly kpiId: string; readonly reason: string; readonly today: LocalDate }>;

/** One member of the union by its type. */
export type KpiCommandOf<Type extends KpiCommand['type']> = Extract<KpiCommand, { type: Type }>;
