import { type LocalDate } from '../common.js';
import { type DomainProblem } from '../errors.js';
import { type KpiDefinition, type KpiState, type Measure } from './kpi.events.js';
import { targetDateFlaws, targetFlaws } from './target.js';

/** The letters of SMART in their order, as they appear in `DomainProblem.where`. */
export const SMART_LETTERS = [
  'smart.specific',
  'smart.measurable',
  'smart.achievable',
  'smart.relevant',
  'smart.time-bound',
] as const;
type SmartLetter = (typeof SMART_LETTERS)[number];

const hasText = (text: KpiDefinition['name'] | undefined): boolean =>
  text !== undefined && Object.values(text).some((words) => typeof words === 'string' && words.trim() !== '');

function hasSeries(measure: Measure | undefined): boolean {
  if (!measure) return false;
  if (measure.kind !== 'ratio') return measure.series.length > 0;
  return measure.numerator.series.length > 0 && measure.denominator.series.length > 0;
}

function specific(definition: KpiDefinition | undefined): readonly string[] {
  const flaws: string[] = [];
  if (!hasText(definition?.name)) flaws.push('a name is missing');
  if (!hasText(definition?.description)) flaws.push('a description of what is counted, and how, is missing');
  return flaws;
}

function measurable(definition: KpiDefinition | undefined): readonly string[] {
  const flaws: string[] = [];
  if (!hasSeries(definition?.measure)) flaws.push('a measure with at least one series is missing');
  if (!definition?.unitOfMeasure.trim()) flaws.push('a unit of measure is missing');
  if (!hasText(definition?.dataSource)) flaws.push('the data source, in words a citizen understands, is missing');
  return flaws;
}

function achievable(state: KpiState): readonly string[] {
  const { definition, baseline } = state;
  const target = state.targets.at(-1)?.target;
  const flaws: string[] = [];
  if (!baseline) flaws.push('a baseline is missing');
  if (!target) flaws.push('a target is missing');
  if (definition && baseline && target) flaws.push(...targetFlaws(definition, baseline, target));
  return flaws;
}

function relevant(definition: KpiDefinition | undefined): readonly string[] {
  return definition?.goalId ? [] : ['the goal that this KPI serves is missing'];
}

function timeBound(state: KpiState, today: LocalDate): readonly string[] {
  const target = state.targets.at(-1)?.target;
  return target ? targetDateFlaws(state.baseline, target, today) : ['a target with a date is missing'];
}

function finding(where: SmartLetter, flaws: readonly string[]): readonly DomainProblem[] {
  return flaws.length === 0 ? [] : [{ where, what: flaws.join('; ') }];
}

/**
 * What keeps a KPI from being SMART on the day `today`: at most one finding a letter, in the order of the letters, each
 * naming everything that is missing or wrong. Empty when the KPI may be activated.
 */
export function smartFindings(state: KpiState, today: LocalDate): DomainProblem[] {
  return [...enduringSmartFindings(state), ...finding('smart.time-bound', timeBound(state, today))];
}

/** As `smartFindings`, without the letter T: the target date of an active KPI passes, which is no fault of its definition. */
export function enduringSmartFindings(state: KpiState): DomainProblem[] {
  return [
    ...finding('smart.specific', specific(state.definition)),
    ...finding('smart.measurable', measurable(state.definition)),
    ...finding('smart.achievable', achievable(state)),
    ...finding('smart.relevant', relevant(state.definition)),
  ];
}
