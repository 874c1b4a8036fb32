import { type CommandOf } from '../command.js';
import { type LocalDate } from '../common.js';
import { type Baseline, type KpiDefinition, type Target } from './kpi.events.js';

export type KpiCommand =
  | CommandOf<'DefineKpi', KpiDefinition>
  /** Replaces the whole definition. The reason is owed once the KPI is active. */
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
  /** The caller frees the seat in the unit afterwards, see `FreeKpiSeat`. */
  | CommandOf<'RetireKpi', { readonly kpiId: string; readonly reason: string; readonly today: LocalDate }>;

/** One member of the union by its type. */
export type KpiCommandOf<Type extends KpiCommand['type']> = Extract<KpiCommand, { type: Type }>;
