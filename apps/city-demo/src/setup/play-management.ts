import { type Client, HttpProblem } from '#lib/client';
import type { CityDomain } from '../city/city-model.js';
import { dateAfter, lastMonth, lastQuarter, monthOf } from './dates.js';
import {
  type ActionStory,
  type FindingStory,
  REVIEWS,
  type ReviewStory,
  TARGET_CHANGES,
  type TargetChangeStory,
} from './management-story.js';
import { EVALUATOR } from './register-city.js';

/** Days that an action of the story has, and until its effect should show. */
const ACTION_DAYS = 60;
const EFFECT_DAYS = 150;

/** Everything that happens has to be known to the people who do it. */
interface Stage {
  readonly evaluator: Client;
  ownerOf(unitId: string): { readonly client: Client; readonly personId: string };
  readonly days: StoryDays;
}

/** Days in the city, `YYYY-MM-DD`. */
export interface StoryDays {
  readonly today: string;
  /** The day on which the story was begun: an earlier one where a demo was stopped in the middle of it. */
  readonly begunOn: string;
}

/**
 * Plays what people do with the figures: target changes (proposed by the owner, decided by the evaluator), reviews with
 * findings, and actions with their effect checks. Run it after the history, because agendas and checks come from the data.
 *
 * It may be broken off at any point and played again from its beginning, also on another day: each step has an idempotency
 * key, so that what has been done stays as it was and the rest follows.
 */
export async function playManagement(
  anyone: Client,
  domains: readonly CityDomain[],
  tokens: Readonly<Record<string, string>>,
  days: StoryDays,
): Promise<void> {
  const units = new Map(domains.flatMap((domain) => domain.units).map((unit) => [unit.unitId, unit]));
  const stage: Stage = {
    evaluator: anyone.as(tokens[EVALUATOR] ?? ''),
    ownerOf: (unitId) => {
      const personId = units.get(unitId)?.ownerId ?? '';
      return { personId, client: anyone.as(tokens[personId] ?? '') };
    },
    days,
  };
  for (const change of TARGET_CHANGES) await playTargetChange(stage, change);
  for (const review of REVIEWS) await playReview(stage, review);
}

/**
 * One step of the story in a person's name, taken once however often the story is played. The key names the step and not its
 * content: dates and expected figures of a second playing differ from those that were recorded, and these stand. That the
 * step was taken with other content is the one refusal that is right here.
 */
async function step(client: Client, path: string, body: object, name = path): Promise<void> {
  try {
    await client.post(path, body, { idempotencyKey: `demo-story:${name}` });
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.code !== 'IDEMPOTENCY_KEY_REUSED') throw error;
  }
}

async function playTargetChange(stage: Stage, story: TargetChangeStory): Promise<void> {
  const { kpiId, changeId, value, reason, outcome } = story;
  const path = `/v1/kpis/${kpiId}/target-changes`;
  const target = { value, date: `${Number(stage.days.today.slice(0, 4)) + 2}-12-31` };
  const proposal = { changeId, target, effectiveFrom: stage.days.today, reason };
  await step(stage.ownerOf(story.unitId).client, path, proposal, `${path}/${changeId}`);
  if (outcome === 'approved') await step(stage.evaluator, `${path}/${changeId}/approve`, {});
  else if (outcome !== 'open') {
    await step(stage.evaluator, `${path}/${changeId}/reject`, { reason: outcome.rejectedBecause });
  }
}

async function playReview(stage: Stage, story: ReviewStory): Promise<void> {
  const { unitId, reviewed, findings, conclusion } = story;
  const period = reviewed === 'last-month' ? lastMonth(stage.days.begunOn) : lastQuarter(stage.days.begunOn);
  const reviewId = `${unitId}-${period.toLowerCase()}`;
  await step(stage.evaluator, '/v1/reviews', { reviewId, unitId, period }, `/v1/reviews/${reviewId}`);
  for (const [index, finding] of findings.entries()) {
    const findingId = `finding-${index + 1}`;
    const { action, ...content } = finding;
    const path = `/v1/reviews/${reviewId}/findings`;
    await step(stage.evaluator, path, { findingId, ...content }, `${path}/${findingId}`);
    if (action) await playAction(stage, unitId, { reviewId, findingId }, finding, action);
  }
  if (conclusion !== undefined) await step(stage.evaluator, `/v1/reviews/${reviewId}/close`, { conclusion });
}

async function playAction(
  stage: Stage,
  unitId: string,
  from: { readonly reviewId: string; readonly findingId: string },
  { kpiId }: FindingStory,
  story: ActionStory,
): Promise<void> {
  const { actionId, title, expectedValue, progress, completed, effectNote } = story;
  const { client, personId } = stage.ownerOf(unitId);
  const path = `/v1/actions/${actionId}`;
  const { today } = stage.days;
  const plan = {
    ...from,
    actionId,
    kpiId,
    title,
    ownerId: personId,
    dueDate: dateAfter(today, ACTION_DAYS),
    expectedEffect: { value: await noWorse(client, kpiId, expectedValue), date: dateAfter(today, EFFECT_DAYS) },
  };
  await step(client, '/v1/actions', plan, path);
  for (const report of progress) await step(client, `${path}/progress`, report, `${path}/progress/${report.percent}`);
  if (completed === undefined) return;
  await step(client, `${path}/complete`, { note: completed });
  if (effectNote !== undefined) {
    // Only a period that ends after the completion can show an effect, and the completion was just now.
    await step(stage.evaluator, `${path}/check`, { period: monthOf(today), note: effectNote });
  }
}

/** The story's value or, on a day on which the city does better than the story says, the value that there is: to hold it. */
async function noWorse(client: Client, kpiId: string, expected: number): Promise<number> {
  const { current, direction } = await client.get<PresentKpi>(`/v1/kpis/${kpiId}`);
  if (current.value === null) return expected;
  return direction === 'up' ? Math.max(expected, current.value) : Math.min(expected, current.value);
}

interface PresentKpi {
  readonly direction: 'up' | 'down' | 'range';
  readonly current: { readonly value: number | null };
}
