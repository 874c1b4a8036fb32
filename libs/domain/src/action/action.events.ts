import type { LocalDate, LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/** The effect an action should have on its KPI: the value expected by a date, from the value on the day it was planned. */
export interface ExpectedEffect {
  readonly value: number;
  readonly date: LocalDate;
}

export type Worked = 'yes' | 'partly' | 'no' | 'unknown';

/** What became of an action, checked later against the data. */
export interface EffectCheck {
  readonly checkedOn: LocalDate;
  readonly period: string;
  readonly value: number | null;
  /** What the data say: whether the value came to where it should be, or moved towards it. */
  readonly judged: Worked;
  /** What the person who checked says; where it differs from `judged`, the note says why. */
  readonly worked: Worked;
  readonly note: string;
  /** Log position (decimal text) up to which the check had seen the data. */
  readonly asOf: string;
}

/** An improvement action. Stream `action-<id>`. */
export type ActionEvent =
  | DomainEventOf<
      'ActionPlanned',
      {
        readonly actionId: string;
        readonly unitId: string;
        readonly kpiId: string;
        readonly goalId?: string;
        readonly reviewId?: string;
        readonly findingId?: string;
        readonly title: LocalizedText;
        readonly ownerId: string;
        readonly dueDate: LocalDate;
        readonly expectedEffect: ExpectedEffect;
        /** The KPI's value when the action was planned: what the effect is measured from. */
        readonly valueAtPlanning: number | null;
        readonly plannedOn: LocalDate;
      }
    >
  | DomainEventOf<
      'ActionProgressReported',
      {
        readonly actionId: string;
        readonly kpiId: string;
        readonly unitId: string;
        readonly percent: number;
        readonly note: string;
        readonly reportedOn: LocalDate;
      }
    >
  | DomainEventOf<
      'ActionCompleted',
      {
        readonly actionId: string;
        readonly kpiId: string;
        readonly unitId: string;
        readonly completedOn: LocalDate;
        readonly note: string;
      }
    >
  | DomainEventOf<
      'ActionEffectChecked',
      { readonly actionId: string; readonly kpiId: string; readonly unitId: string; readonly check: EffectCheck }
    >
  | DomainEventOf<
      'ActionCancelled',
      { readonly actionId: string; readonly kpiId: string; readonly unitId: string; readonly reason: string }
    >;
