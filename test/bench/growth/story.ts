import {
  type Actor,
  actionDecider,
  actionStream,
  type Decider,
  type DomainEventOf,
  goalDecider,
  goalStream,
  type KpiDefinition,
  type KpiMethodChange,
  kpiDecider,
  kpiStream,
  organisationDecider,
  organisationStream,
  reviewDecider,
  reviewStream,
  seriesDecider,
  seriesStream,
  sourceDecider,
  sourceStream,
  unitDecider,
  unitStream,
} from '#lib/domain';

/** An event on its way into a log: decided, but not yet in an envelope. */
export interface ToldEvent {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly actor: Actor;
}

export const STORY_SOURCE = 'growth-gateway';
export const TIME_ZONE = 'Asia/Shanghai';
const SETUP: Actor = { kind: 'system', id: 'setup', role: 'system' };
const ADMIN: Actor = { kind: 'person', id: 'growth-author', role: 'admin' };
const OWNER: Actor = { kind: 'person', id: 'growth-owner', role: 'kpi-owner' };
const EVALUATOR: Actor = { kind: 'person', id: 'growth-evaluator', role: 'evaluator' };

/** Three to five KPIs a unit, four on average, with weights that add up to 100. */
const WEIGHTS = [
  [40, 30, 30],
  [40, 30, 20, 10],
  [30, 25, 20, 15, 10],
  [25, 25, 25, 25],
] as const;
/** Day 0 of every story. */
const STARTED_ms = Date.UTC(2024, 0, 1);
const DAY_ms = 86_400_000;
const TARGET_DATE = '2035-12-31';
const REASON = 'The council decided so after the hearing.';

/** The calendar day so many days after the story's first. */
export const dayOf = (days: number): string => new Date(STARTED_ms + days * DAY_ms).toISOString().slice(0, 10);

const name = (text: string): { readonly en: string; readonly 'zh-CN': string } => ({
  en: text,
  'zh-CN': `${text}（中）`,
});
export const storyUnit = (unit: number): string => `unit-${unit}`;
export const storyKpi = (unit: number, kpi: number): string => `unit-${unit}-kpi-${kpi}`;
export const kpisOfUnit = (unit: number): number => WEIGHTS[unit % WEIGHTS.length]?.length ?? 0;

interface Told<Command> {
  readonly decider: Decider<Command, unknown, DomainEventOf<string, unknown>>;
  readonly stream: string;
  readonly command: Command;
}

/** Writes events by asking the deciders, as the command handlers do: what they refuse is in no story. */
export class Story {
  private readonly states = new Map<string, unknown>();
  private told: ToldEvent[] = [];

  /** The events since the last call. */
  take(): ToldEvent[] {
    const { told } = this;
    this.told = [];
    return told;
  }

  private tell<Command extends { readonly actor: Actor }>({ decider, stream, command }: Told<Command>): void {
    let state = this.states.has(stream) ? this.states.get(stream) : decider.initialState;
    const events = decider.decide(command, state);
    if (events.length === 0) throw new Error(`the story repeats itself in ${stream}: ${JSON.stringify(command)}`);
    for (const event of events) {
      state = decider.evolve(state, event);
      this.told.push({ stream, type: event.type, data: event.data, actor: command.actor });
    }
    this.states.set(stream, state);
  }

  found(): void {
    const organisation = { name: name('City of the benchmark'), timeZone: TIME_ZONE, fiscalYearStartMonth: 1 };
    const command = { type: 'EstablishOrganisation', actor: SETUP, ...organisation } as const;
    this.tell({ decider: organisationDecider as never, stream: organisationStream(), command });
    const source = { sourceId: STORY_SOURCE, name: name('Gateway') };
    const register = { type: 'RegisterSource', actor: ADMIN, ...source } as const;
    this.tell({ decider: sourceDecider as never, stream: sourceStream(STORY_SOURCE), command: register });
  }

  registerSeries(seriesKey: string): void {
    const about = { seriesKey, sourceId: STORY_SOURCE, name: { en: seriesKey }, unitOfMeasure: 'ug/m3' };
    const command = { type: 'RegisterSeries', actor: ADMIN, ...about } as const;
    this.tell({ decider: seriesDecider as never, stream: seriesStream(seriesKey), command });
  }

  registerUnit(unit: number, parent?: number): void {
    const parentUnitId = parent === undefined ? undefined : storyUnit(parent);
    const about = { unitId: storyUnit(unit), name: name(`Unit ${unit}`), parentUnitId };
    const command = { type: 'RegisterUnit', actor: ADMIN, ...about } as const;
    this.tell({ decider: unitDecider as never, stream: unitStream(storyUnit(unit)), command });
  }

  private goal(goalId: string, command: object): void {
    this.tell({
      decider: goalDecider as never,
      stream: goalStream(goalId),
      command: { actor: ADMIN, goalId, ...command },
    });
  }

  setGoal(unit: number, goal: number): void {
    const goalId = `unit-${unit}-goal-${goal}`;
    this.goal(goalId, { type: 'SetGoal', unitId: storyUnit(unit), name: name(`Goal ${goal} of unit ${unit}`) });
  }

  reviseGoal(unit: number, goal: number): void {
    const about = { unitId: storyUnit(unit), name: name(`Goal ${goal} of unit ${unit}, sharpened`), reason: REASON };
    this.goal(`unit-${unit}-goal-${goal}`, { type: 'ReviseGoal', ...about });
  }

  private kpi(kpiId: string, actor: Actor, command: object): void {
    this.tell({ decider: kpiDecider as never, stream: kpiStream(kpiId), command: { actor, kpiId, ...command } });
  }

  private definition(unit: number, kpi: number, series: readonly string[]): Omit<KpiDefinition, 'kpiId'> {
    return {
      unitId: storyUnit(unit),
      goalId: `unit-${unit}-goal-${kpi % 2}`,
      name: name(`KPI ${kpi} of unit ${unit}`),
      description: name('Mean of all values of the month'),
      ownerId: OWNER.id,
      direction: 'down',
      measure: { kind: 'statistic', statistic: 'mean', series },
      period: 'month',
      unitOfMeasure: 'ug/m3',
      decimals: 1,
      horizon: kpi % 2 === 0 ? 'long' : 'short',
      weight: WEIGHTS[unit % WEIGHTS.length]?.[kpi] ?? 10,
      dataSource: name('Gateways of the city'),
      trajectory: 'linear',
    };
  }

  /** From nothing to an active KPI in its seat: five events. */
  activateKpi(unit: number, kpi: number, series: readonly string[], day = 0): void {
    const kpiId = storyKpi(unit, kpi);
    const definition = this.definition(unit, kpi, series);
    this.kpi(kpiId, OWNER, { type: 'DefineKpi', ...definition });
    const baseline = { value: 50, date: dayOf(0) };
    this.kpi(kpiId, OWNER, { type: 'SetKpiBaseline', baseline, today: dayOf(day) });
    const target = { value: 10, date: TARGET_DATE };
    this.kpi(kpiId, OWNER, { type: 'SetKpiTarget', target, effectiveFrom: dayOf(0) });
    const { unitId, weight, horizon } = definition;
    const seat = { type: 'TakeKpiSeat', actor: ADMIN, unitId, kpiId, weight, horizon } as const;
    this.tell({ decider: unitDecider as never, stream: unitStream(unitId), command: seat });
    this.kpi(kpiId, OWNER, { type: 'ActivateKpi', today: dayOf(day) });
  }

  redefineKpi(unit: number, kpi: number, series: readonly string[], decimals: number): void {
    const definition = { ...this.definition(unit, kpi, series), decimals };
    this.kpi(storyKpi(unit, kpi), OWNER, { type: 'RedefineKpi', ...definition, reason: REASON });
  }

  /** A target change that is proposed and approved, or every third time rejected: two events. */
  changeTarget(unit: number, kpi: number, change: number, day: number): void {
    const kpiId = storyKpi(unit, kpi);
    const changeId = `change-${change}`;
    const [today, later] = [dayOf(day), dayOf(day + 7)];
    const target = { value: 10 + (change % 50) / 10, date: TARGET_DATE };
    const about = { changeId, target, effectiveFrom: later, reason: REASON, today };
    this.kpi(kpiId, OWNER, { type: 'ProposeTargetChange', ...about });
    const approve = { type: 'ApproveTargetChange', changeId, today: later };
    const reject = { type: 'RejectTargetChange', changeId, reason: REASON };
    this.kpi(kpiId, EVALUATOR, change % 3 === 2 ? reject : approve);
  }

  changeMethod(unit: number, kpi: number, change: number, day: number, method: KpiMethodChange): void {
    const kpiId = storyKpi(unit, kpi);
    const changeId = `method-${change}`;
    const about = { changeId, method, effectiveFrom: dayOf(day), reason: REASON, today: dayOf(day) };
    this.kpi(kpiId, OWNER, { type: 'ProposeMethodChange', ...about });
    this.kpi(kpiId, EVALUATOR, { type: 'ApproveMethodChange', changeId, today: dayOf(day) });
  }

  private review(reviewId: string, command: object): void {
    const full = { actor: EVALUATOR, reviewId, ...command };
    this.tell({ decider: reviewDecider as never, stream: reviewStream(reviewId), command: full });
  }

  openReview(unit: number, review: number, period: string, day: number): void {
    const agenda = Array.from({ length: kpisOfUnit(unit) }, (_, kpi) => ({
      kpiId: storyKpi(unit, kpi),
      goalId: `unit-${unit}-goal-${kpi % 2}`,
      reason: kpi === 0 ? 'off-track' : 'no-data',
      value: kpi === 0 ? 48.25 : null,
      expected: 45.5,
      attainment_percent: kpi === 0 ? 35.7 : null,
    }));
    const about = { unitId: storyUnit(unit), period, agenda, asOf: '1', today: dayOf(day) };
    this.review(`unit-${unit}-review-${review}`, { type: 'OpenReview', ...about });
  }

  recordFinding(unit: number, review: number, finding: number): void {
    this.review(`unit-${unit}-review-${review}`, {
      type: 'RecordFinding',
      findingId: `finding-${finding}`,
      kpiId: storyKpi(unit, finding % kpisOfUnit(unit)),
      criteria: 'The target in force says 45.5 by the end of the quarter.',
      condition: 'The mean of the quarter is 48.25.',
      cause: 'Two of the stations stand beside a building site.',
      effect: 'The goal is reached a year later than the council decided.',
    });
  }

  closeReview(unit: number, review: number, day: number): void {
    const conclusion = 'The unit acts on both findings and reports at the next review.';
    this.review(`unit-${unit}-review-${review}`, { type: 'CloseReview', conclusion, today: dayOf(day) });
  }

  private action(actionId: string, actor: Actor, command: object): void {
    this.tell({
      decider: actionDecider as never,
      stream: actionStream(actionId),
      command: { actor, actionId, ...command },
    });
  }

  planAction(unit: number, review: number, finding: number, day: number): void {
    this.action(`unit-${unit}-action-${review}-${finding}`, OWNER, {
      type: 'PlanAction',
      unitId: storyUnit(unit),
      kpiId: storyKpi(unit, finding % kpisOfUnit(unit)),
      reviewId: `unit-${unit}-review-${review}`,
      findingId: `finding-${finding}`,
      title: name(`Move station ${finding}`),
      ownerId: OWNER.id,
      dueDate: dayOf(day + 60),
      expectedEffect: { value: 40, date: dayOf(day + 90) },
      valueAtPlanning: 48.25,
      direction: 'down',
      today: dayOf(day),
    });
  }

  reportProgress(unit: number, review: number, finding: number, percent: number, day: number): void {
    const report = { percent, note: `Done by ${percent} percent.`, today: dayOf(day) };
    this.action(`unit-${unit}-action-${review}-${finding}`, OWNER, { type: 'ReportActionProgress', ...report });
  }

  /** Completed, and the effect checked by somebody else: two events. */
  completeAction(unit: number, review: number, finding: number, day: number): void {
    const actionId = `unit-${unit}-action-${review}-${finding}`;
    this.action(actionId, OWNER, {
      type: 'CompleteAction',
      note: 'The station stands in the park.',
      today: dayOf(day),
    });
    const judgement = {
      value: 42.5,
      judged: 'partly',
      worked: 'partly',
      note: 'Better, but not yet where it should be.',
    };
    const check = { period: '2035', periodEndsOn: '2035-12-31', asOf: '1', today: dayOf(day + 30) };
    this.action(actionId, EVALUATOR, { type: 'CheckActionEffect', ...judgement, ...check });
  }
}
