import { isObject } from '../checks/content.js';
import { checkBoolean, checkKnownFields, checkNumber, checkOneOf } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { SERIES_KEY_PATTERN } from '../common.js';
import { type DomainProblem } from '../errors.js';
import { MEASURE_SERIES_MAX } from '../limits.js';
import { type Measure } from './kpi.events.js';

const STATISTICS = ['mean', 'sum', 'min', 'max', 'last', 'count'];
const DAY_STATISTICS = ['mean', 'sum', 'min', 'max'];
const COMPARISONS = ['above', 'at-or-above', 'below', 'at-or-below'];
/** Fields of each kind of measure, `kind` itself included. */
const FIELDS: Readonly<Record<Measure['kind'], readonly string[]>> = {
  statistic: ['kind', 'statistic', 'series'],
  percentile: ['kind', 'percentile', 'series'],
  share: ['kind', 'comparison', 'threshold', 'series'],
  days: ['kind', 'dayStatistic', 'comparison', 'threshold', 'minimumObservations', 'series'],
  ratio: ['kind', 'numerator', 'denominator', 'scale', 'complement'],
};

const isKind = (kind: unknown): kind is Measure['kind'] => typeof kind === 'string' && Object.hasOwn(FIELDS, kind);

/** Adds what is wrong with a measure, see `Measure`. Fields are named from `where` on. */
export function checkMeasure(problems: Problems, where: string, measure: unknown): void {
  if (!isObject(measure)) return problems.add(where, 'is missing: say what is measured');
  const { kind } = measure;
  if (!isKind(kind)) return problems.add(`${where}.kind`, `is none of ${Object.keys(FIELDS).join(', ')}`);
  checkKnownFields(problems, where, measure, FIELDS[kind]);
  if (kind === 'ratio') return checkRatio(problems, where, measure);
  checkSeriesList(problems, `${where}.series`, measure['series']);
  if (kind === 'statistic') checkOneOf(problems, `${where}.statistic`, measure['statistic'], STATISTICS);
  if (kind === 'percentile') checkPercentile(problems, `${where}.percentile`, measure['percentile']);
  if (kind === 'share' || kind === 'days') {
    checkOneOf(problems, `${where}.comparison`, measure['comparison'], COMPARISONS);
    checkNumber(problems, `${where}.threshold`, measure['threshold']);
  }
  if (kind === 'days') {
    checkOneOf(problems, `${where}.dayStatistic`, measure['dayStatistic'], DAY_STATISTICS);
    const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true };
    checkNumber(problems, `${where}.minimumObservations`, measure['minimumObservations'], bounds);
  }
}

/** What is wrong with a measure, whoever wrote it; empty when it can be computed. Never throws. */
export function measureProblems(measure: unknown): readonly DomainProblem[] {
  const problems = new Problems();
  checkMeasure(problems, 'measure', measure);
  return problems.list;
}

function checkPercentile(problems: Problems, where: string, percentile: unknown): void {
  if (typeof percentile === 'number' && percentile > 0 && percentile < 100) return;
  problems.add(where, 'is not between 0 and 100 (exclusive)');
}

function checkRatio(problems: Problems, where: string, ratio: Readonly<Record<string, unknown>>): void {
  for (const side of ['numerator', 'denominator']) {
    const part = ratio[side];
    if (!isObject(part)) {
      problems.add(`${where}.${side}`, 'is missing: name a statistic and its series');
      continue;
    }
    checkKnownFields(problems, `${where}.${side}`, part, ['statistic', 'series']);
    checkOneOf(problems, `${where}.${side}.statistic`, part['statistic'], STATISTICS);
    checkSeriesList(problems, `${where}.${side}.series`, part['series']);
  }
  checkNumber(problems, `${where}.scale`, ratio['scale']);
  if (ratio['scale'] === 0) problems.add(`${where}.scale`, 'is 0: every figure would be 0');
  checkBoolean(problems, `${where}.complement`, ratio['complement']);
}

/** A series key, or a non-empty prefix of keys followed by one `*`. */
function isSeriesSelector(selector: unknown): boolean {
  if (typeof selector !== 'string') return false;
  return SERIES_KEY_PATTERN.test(selector.endsWith('*') ? selector.slice(0, -1) : selector);
}

function checkSeriesList(problems: Problems, where: string, series: unknown): void {
  if (!Array.isArray(series) || series.length === 0) return problems.add(where, 'is empty: name at least one series');
  if (series.length > MEASURE_SERIES_MAX) {
    return problems.add(where, `has more than ${MEASURE_SERIES_MAX} series; use a prefix that ends in *`);
  }
  if (new Set(series).size < series.length) problems.add(where, 'names a series twice');
  series.forEach((selector: unknown, index) => {
    if (!isSeriesSelector(selector))
      problems.add(`${where}.${index}`, 'is neither a series key nor a prefix ending in *');
  });
}
