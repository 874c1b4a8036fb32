import { kpisOfUnit, Story, type ToldEvent } from './story.js';

const REVIEWS = 4;
const FINDINGS_A_REVIEW = 2;
const GOALS_A_UNIT = 2;
const QUARTER_days = 91;

/** The series behind a KPI of the story; one of its own each. */
export const storySeries = (unit: number, kpi: number): string => `growth/unit-${unit}/sensor-${kpi}`;

/** A step that every unit takes before any unit takes the next: organisations live side by side, not one after another. */
type Phase = (story: Story, unit: number) => void;

const eachKpi = (act: (story: Story, unit: number, kpi: number) => void): Phase => {
  return (story, unit) => {
    for (let kpi = 0; kpi < kpisOfUnit(unit); kpi += 1) act(story, unit, kpi);
  };
};

const begin: readonly Phase[] = [
  (story, unit) => story.registerUnit(unit, unit === 0 ? undefined : Math.floor((unit - 1) / 8)),
  (story, unit) => {
    for (let goal = 0; goal < GOALS_A_UNIT; goal += 1) story.setGoal(unit, goal);
  },
  eachKpi((story, unit, kpi) => story.registerSeries(storySeries(unit, kpi))),
  eachKpi((story, unit, kpi) => story.activateKpi(unit, kpi, [storySeries(unit, kpi)])),
];

/** One quarter of every unit: a review with findings, an action each, and what was decided beside it. */
function quarter(review: number): readonly Phase[] {
  const day = (review + 1) * QUARTER_days;
  const eachFinding = (act: (story: Story, unit: number, finding: number) => void): Phase => {
    return (story, unit) => {
      for (let finding = 0; finding < FINDINGS_A_REVIEW; finding += 1) act(story, unit, finding);
    };
  };
  return [
    (story, unit) => story.openReview(unit, review, `2024-Q${(review % 4) + 1}`, day),
    eachFinding((story, unit, finding) => story.recordFinding(unit, review, finding)),
    eachFinding((story, unit, finding) => story.planAction(unit, review, finding, day + 1)),
    (story, unit) => story.closeReview(unit, review, day + 1),
    eachKpi((story, unit, kpi) => {
      if ((kpi + review) % 2 === 0) story.changeTarget(unit, kpi, review, day + 2);
    }),
    eachFinding((story, unit, finding) => story.reportProgress(unit, review, finding, 30, day + 20)),
    eachFinding((story, unit, finding) => story.reportProgress(unit, review, finding, 80, day + 40)),
    eachFinding((story, unit, finding) => story.completeAction(unit, review, finding, day + 60)),
    (story, unit) => {
      if (review % 2 === 0) story.reviseGoal(unit, review / 2);
      else story.redefineKpi(unit, 1, [storySeries(unit, 1)], review + 1);
    },
    (story, unit) => {
      if (review === 2) story.changeMethod(unit, 0, review, day + 70, { trajectory: 'geometric' });
    },
  ];
}

/**
 * A year of an organisation with so many units of three to five KPIs: units, goals, series, KPIs, target and method
 * changes, reviews, findings, actions and effect checks, decided by the deciders. Comes in pieces, one phase of all units
 * each, so that a large one need not be held at once.
 */
export function* organisationLife(units: number): Generator<ToldEvent[]> {
  const story = new Story();
  story.found();
  yield story.take();
  const phases = [...begin, ...Array.from({ length: REVIEWS }, (_, review) => quarter(review)).flat()];
  for (const phase of phases) {
    for (let unit = 0; unit < units; unit += 1) phase(story, unit);
    yield story.take();
  }
}

/** Events that a unit leaves behind, on average over units of three to five KPIs. */
export function eventsPerUnit(): number {
  const units = 4;
  let count = 0;
  for (const piece of organisationLife(units)) count += piece.length;
  return count / units;
}
