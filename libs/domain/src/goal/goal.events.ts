import type { LocalDate, LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/** What a unit wants to reach; KPIs measure it. Stream `goal-<id>`. */
export interface GoalDefinition {
  readonly goalId: string;
  readonly unitId: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  readonly parentGoalId?: string;
  readonly dueDate?: LocalDate;
}

export type GoalEvent =
  | DomainEventOf<'GoalSet', GoalDefinition>
  | DomainEventOf<'GoalRevised', GoalDefinition & { readonly reason: string }>
  | DomainEventOf<
      'GoalClosed',
      { readonly goalId: string; readonly outcome: 'reached' | 'missed' | 'dropped'; readonly reason: string }
    >;
