import { formatPlain } from './format.js';
import { type Speech } from './headline.js';
import { measureSeries, measureText } from './measure-words.js';
import { type KpiDetail, type Measure, type MethodChange } from './wire.js';

/** One field of a method, as it is and as it is proposed, both in words. */
export interface MethodFieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

type PresentMethod = Pick<KpiDetail, 'weight' | 'horizon'> & {
  readonly definition: Pick<KpiDetail['definition'], 'measure' | 'period' | 'trajectory'>;
};

/** What a proposed method would change, in the order in which the definition names it; what stays is left out. */
export function methodChangeWords(method: MethodChange, present: PresentMethod, speech: Speech): MethodFieldChange[] {
  const { messages, language } = speech;
  const { definition } = present;
  const { measure, period, trajectory, horizon, weight } = method;
  const changes: MethodFieldChange[] = [];
  const add = (field: string, before: string, after: string) => changes.push({ field, before, after });
  if (measure !== undefined) changes.push(...measureChanges(definition.measure, measure, speech));
  if (period !== undefined) {
    add(messages.reportingPeriod, messages.periods[definition.period], messages.periods[period]);
  }
  if (trajectory !== undefined) {
    add(messages.trajectory, messages.trajectories[definition.trajectory], messages.trajectories[trajectory]);
  }
  if (horizon !== undefined) add(messages.horizon, messages.horizons[present.horizon], messages.horizons[horizon]);
  if (weight !== undefined) add(messages.weight, formatPlain(present.weight, language), formatPlain(weight, language));
  return changes;
}

/** How it is computed and from which series: two facts, and often only one of them changes. */
function measureChanges(now: Measure, proposed: Measure, speech: Speech): MethodFieldChange[] {
  const words = (measure: Measure) => measureText(measure, speech);
  const series = (measure: Measure) => measureSeries(measure).join(', ');
  return [
    { field: speech.messages.measure, before: words(now), after: words(proposed) },
    { field: speech.messages.series, before: series(now), after: series(proposed) },
  ].filter(({ before, after }) => before !== after);
}
