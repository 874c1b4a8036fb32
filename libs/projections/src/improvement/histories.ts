import { type ActionEvent, type Actor, type ReviewEvent } from '#lib/domain';
import { type ActionHistory, type HistoryStep, type ReviewHistory } from '../answers.js';
import { type ImprovementStep } from './improvement.js';

type Data<Event extends { type: string; data: unknown }, Type extends Event['type']> = Extract<
  Event,
  { type: Type }
>['data'];

/** The history of an action from its steps, oldest first; null when the first is not the plan. */
export function actionHistory(steps: readonly ImprovementStep[]): ActionHistory | null {
  if (steps[0]?.type !== 'ActionPlanned') return null;
  const plan = JSON.parse(steps[0].data) as Data<ActionEvent, 'ActionPlanned'>;
  const planned: ActionHistory = {
    actionId: plan.actionId,
    unitId: plan.unitId,
    kpiId: plan.kpiId,
    goalId: plan.goalId ?? null,
    reviewId: plan.reviewId ?? null,
    findingId: plan.findingId ?? null,
    title: plan.title,
    ownerId: plan.ownerId,
    dueDate: plan.dueDate,
    expectedEffect: plan.expectedEffect,
    valueAtPlanning: plan.valueAtPlanning,
    state: 'planned',
    progress_percent: 0,
    completedOn: null,
    check: null,
    steps: steps.map(stepOf),
  };
  return steps.slice(1).reduce(followAction, planned);
}

function followAction(history: ActionHistory, step: ImprovementStep): ActionHistory {
  const event = { type: step.type, data: JSON.parse(step.data) as unknown } as ActionEvent;
  switch (event.type) {
    case 'ActionProgressReported':
      return { ...history, state: 'in-progress', progress_percent: event.data.percent };
    case 'ActionCompleted':
      return { ...history, state: 'completed', progress_percent: 100, completedOn: event.data.completedOn };
    case 'ActionEffectChecked':
      return { ...history, check: event.data.check };
    case 'ActionCancelled':
      return { ...history, state: 'cancelled' };
    case 'ActionPlanned':
      return history;
  }
}

/** The history of a review from its steps, oldest first; null when the first is not the opening. */
export function reviewHistory(
  steps: readonly ImprovementStep[],
  actions: readonly ActionHistory[],
): ReviewHistory | null {
  if (steps[0]?.type !== 'ReviewOpened') return null;
  const opened = JSON.parse(steps[0].data) as Data<ReviewEvent, 'ReviewOpened'>;
  const closing = steps.find((step) => step.type === 'ReviewClosed');
  const closed = closing && (JSON.parse(closing.data) as Data<ReviewEvent, 'ReviewClosed'>);
  return {
    reviewId: opened.reviewId,
    unitId: opened.unitId,
    period: opened.period,
    state: closed ? 'closed' : 'open',
    openedOn: opened.openedOn,
    closedOn: closed?.closedOn ?? null,
    agenda: opened.agenda,
    agendaAsOf: opened.asOf,
    findings: steps
      .filter((step) => step.type === 'FindingRecorded')
      .map((step) => ({
        ...(JSON.parse(step.data) as Data<ReviewEvent, 'FindingRecorded'>).finding,
        position: String(step.position),
      })),
    conclusion: closed?.conclusion ?? null,
    actions,
    steps: steps.map(stepOf),
  };
}

function stepOf(step: ImprovementStep): HistoryStep {
  return {
    position: String(step.position),
    recordedAt: new Date(step.recorded_at_ms).toISOString(),
    type: step.type,
    actor: JSON.parse(step.actor) as Actor,
    note: noteOf(JSON.parse(step.data) as NoteData),
  };
}

/** Where the different events keep their words. */
interface NoteData {
  readonly note?: string;
  readonly reason?: string;
  readonly conclusion?: string;
  readonly check?: { readonly note: string };
  readonly finding?: { readonly condition: string };
}

function noteOf(data: NoteData): string | null {
  return data.note ?? data.reason ?? data.conclusion ?? data.check?.note ?? data.finding?.condition ?? null;
}
