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

/** One thing that is missing or wrong, and the field in which it is mended. */
interface Flaw {
  readonly field: string;
  readonly what: string;
}

const flaw = (field: string, what: string): Flaw => ({ field, what });

function specific(definition: KpiDefinition | undefined): readonly Flaw[] {
  const flaws: Flaw[] = [];
  if (!hasText(definition?.name)) flaws.push(flaw('name', 'a name is missing'));
  if (!hasText(definition?.description)) {
    flaws.push(flaw('description', 'a description of what is counted, and how, is missing'));
  }
  return flaws;
}

function measurable(definition: KpiDefinition | undefined, unmatched: readonly string[]): readonly Flaw[] {
  const flaws: Flaw[] = [];
  if (!hasSeries(definition?.measure)) flaws.push(flaw('measure', 'a measure with at least one series is missing'));
  for (const selector of unmatched) flaws.push(flaw('measure', unmatchedWords(selector)));
  if (!definition?.unitOfMeasure.trim()) flaws.push(flaw('unitOfMeasure', 'a unit of measure is missing'));
  if (!hasText(definition?.dataSource)) {
    flaws.push(flaw('dataSource', 'the data source, in words a citizen understands, is missing'));
  }
  return flaws;
}

const unmatchedWords = (selector: string): string =>
  selector.endsWith('*') ? `no registered series begins with ${selector}` : `the series ${selector} is not registered`;

function achievable(state: KpiState): readonly Flaw[] {
  const { definition, baseline } = state;
  const target = state.targets.at(-1)?.target;
  const flaws: Flaw[] = [];
  if (!baseline) flaws.push(flaw('baseline', 'a baseline is missing'));
  if (!target) flaws.push(flaw('target', 'a target is missing'));
  if (definition && baseline && target) {
    flaws.push(...targetFlaws(definition, baseline, target).map((what) => flaw('target', what)));
  }
  return flaws;
}

function relevant(definition: KpiDefinition | undefined): readonly Flaw[] {
  return definition?.goalId ? [] : [flaw('goalId', 'the goal that this KPI serves is missing')];
}

function timeBound(state: KpiState, today: LocalDate): readonly Flaw[] {
  const target = state.targets.at(-1)?.target;
  if (!target) return [flaw('target', 'a target with a date is missing')];
  return targetDateFlaws(state.baseline, target, today).map((what) => flaw('target', what));
}

function finding(where: SmartLetter, flaws: readonly Flaw[]): readonly DomainProblem[] {
  if (flaws.length === 0) return [];
  const fields = [...new Set(flaws.map(({ field }) => field))];
  return [{ where, what: flaws.map(({ what }) => what).join('; '), fields }];
}

/**
 * What keeps a KPI from being SMART on the day `today`: at most one finding a letter, in the order of the letters, each
 * naming everything that is missing or wrong and the fields in which it is mended. Empty when the KPI may be activated.
 *
 * @param unmatchedSeries series keys and prefixes of the measure that no registered series matches; the caller knows
 */
export function smartFindings(
  state: KpiState,
  today: LocalDate,
  unmatchedSeries: readonly string[] = [],
): DomainProblem[] {
  return [...enduringSmartFindings(state, unmatchedSeries), ...finding('smart.time-bound', timeBound(state, today))];
}

/** As `smartFindings`, without the letter T: the target date of an active KPI passes, which is no fault of its definition. */
export function enduringSmartFindings(state: KpiState, unmatchedSeries: readonly string[] = []): DomainProblem[] {
  return [
    ...finding('smart.specific', specific(state.definition)),
    ...finding('smart.measurable', measurable(state.definition, unmatchedSeries)),
    ...finding('smart.achievable', achievable(state)),
    ...finding('smart.relevant', relevant(state.definition)),
  ];
}
