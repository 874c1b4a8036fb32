import type { Client } from '#lib/client';
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
  /** Today in the city, `YYYY-MM-DD`. */
  readonly today: string;
}

/**
 * Plays what people do with the figures: target changes (proposed by the owner, decided by the evaluator), reviews with
 * findings, and actions with their effect checks. Run it after the history, because agendas and checks come from the data.
 */
export async function playManagement(
  anyone: Client,
  domains: readonly CityDomain[],
  tokens: Readonly<Record<string, string>>,
  today: string,
): Promise<void> {
  const units = new Map(domains.flatMap((domain) => domain.units).map((unit) => [unit.unitId, unit]));
  const stage: Stage = {
    evaluator: anyone.as(tokens[EVALUATOR] ?? ''),
    ownerOf: (unitId) => {
      const personId = units.get(unitId)?.ownerId ?? '';
      return { personId, client: anyone.as(tokens[personId] ?? '') };
    },
    today,
  };
  for (const change of TARGET_CHANGES) await playTargetChange(stage, change);
  for (const review of REVIEWS) await playReview(stage, review);
}

async function playTargetChange(stage: Stage, story: TargetChangeStory): Promise<void> {
  const { kpiId, changeId, value, reason, outcome } = story;
  const path = `/v1/kpis/${kpiId}/target-changes`;
  const target = { value, date: `${Number(stage.today.slice(0, 4)) + 2}-12-31` };
  const proposal = { changeId, target, effectiveFrom: stage.today, reason };
  await stage.ownerOf(story.unitId).client.post(path, proposal);
  if (outcome === 'approved') await stage.evaluator.post(`${path}/${changeId}/approve`, {});
  else if (outcome !== 'open') {
    await stage.evaluator.post(`${path}/${changeId}/reject`, { reason: outcome.rejectedBecause });
  }
}

async function playReview(stage: Stage, story: ReviewStory): Promise<void> {
  const { unitId, reviewed, findings, conclusion } = story;
  const period = reviewed === 'last-month' ? lastMonth(stage.today) : lastQuarter(stage.today);
  const reviewId = `${unitId}-${period.toLowerCase()}`;
  await stage.evaluator.post('/v1/reviews', { reviewId, unitId, period });
  for (const [index, finding] of findings.entries()) {
    const findingId = `finding-${index + 1}`;
    const { action, ...content } = finding;
    await stage.evaluator.post(`/v1/reviews/${reviewId}/findings`, { findingId, ...content });
    if (action) await playAction(stage, unitId, { reviewId, findingId }, finding, action);
  }
  if (conclusion !== undefined) await stage.evaluator.post(`/v1/reviews/${reviewId}/close`, { conclusion });
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
  await client.post('/v1/actions', {
    ...from,
    actionId,
    kpiId,
    title,
    ownerId: personId,
    dueDate: dateAfter(stage.today, ACTION_DAYS),
    expectedEffect: { value: await noWorse(client, kpiId, expectedValue), date: dateAfter(stage.today, EFFECT_DAYS) },
  });
  for (const report of progress) await client.post(`${path}/progress`, report);
  if (completed === undefined) return;
  await client.post(`${path}/complete`, { note: completed });
  if (effectNote !== undefined) {
    // Only a period that ends after the completion can show an effect, and the completion was just now.
    await stage.evaluator.post(`${path}/check`, { period: monthOf(stage.today), note: effectNote });
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
