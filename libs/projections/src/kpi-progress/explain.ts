import {
  attainmentFormula,
  type DayRollup,
  formulaFor,
  localDateOf,
  mergeRollups,
  methodOfMeasure,
  type Period,
  type RolledDay,
} from '#lib/analysis';
import { type KpiState, targetInForce } from '#lib/domain';
import { type DayRollupAnswer, type Explanation } from '../answers.js';
import { type Moment } from '../queries/scope.js';
import { lastPositionOf } from '../records/read-records.js';
import { type DayFigure } from '../rollups/read-rollups.js';
import { rollupAnswer } from '../rollups/rollup-answer.js';
import { type PeriodMeter } from './measure-period.js';
import { judgedOn } from './period-value.js';
import { type KpiFigures } from './read-figures.js';

/** Most log positions named in one explanation; the first and the last are always among them. */
export const EXPLAIN_POSITIONS_MAX = 200;
/** Most observations that are read to name them: some ten milliseconds. */
export const EXPLAIN_OBSERVATIONS_MAX = 200_000;

/** The figure of a period with everything that it was computed from. */
export function explainFigure(figures: KpiFigures, period: Period, moment: Moment): Explanation {
  const { definition, state, meter } = figures;
  const judged = figures.valueOf(period);
  const { result, inputs, days } = meter.measurePeriod(period, 'whole');
  const baseline = state.baseline ?? null;
  // What is not judged yet has no attainment to show the way of.
  const measured = {
    value: judged.status === 'running' ? null : judged.value,
    target: judged.target,
    direction: definition.direction,
  };
  return {
    kpiId: definition.kpiId,
    period: judged.period,
    value: judged.value,
    unitOfMeasure: definition.unitOfMeasure,
    formula: formulaFor(definition.measure, inputs),
    method: methodOfMeasure(definition.measure),
    inputs: result.quantities.map(({ name, statistic, observations, value }) => ({
      name,
      statistic,
      series: meter.seriesOfInput(name),
      observations,
      value,
      days: pooledDays(inputs[name]?.days ?? []),
    })),
    attainment: {
      formula: attainmentFormula({ ...measured, baseline: baseline?.value ?? null }),
      baseline,
      target: judged.target,
      attainment_percent: judged.attainment_percent,
      expected: judged.expected,
      status: judged.status,
    },
    positions: { ...decisionPositions(figures, period, moment), ...observationPositions(meter, days) },
    asOf: moment.asOf,
  };
}

/** One line a day, all series of the quantity together. */
function pooledDays(days: readonly RolledDay[]): DayRollupAnswer[] {
  const pooled = new Map<number, DayRollup[]>();
  for (const { day, rollup } of days) {
    const held = pooled.get(day);
    if (held) held.push(rollup);
    else pooled.set(day, [rollup]);
  }
  return [...pooled].map(([day, rollups]) => rollupAnswer(day, mergeRollups(rollups)));
}

function decisionPositions(
  { definition, state, calendar }: KpiFigures,
  period: Period,
  { database, position, now_ms }: Moment,
): { readonly definition: string | null; readonly target: string | null } {
  const inForce = JSON.stringify(
    targetInForce(state.targets, judgedOn(period, localDateOf(now_ms, calendar.timeZone))),
  );
  const definedAt = lastPositionOf(database, 'kpi', definition.kpiId, position, (one) => (one as KpiState).definition);
  const targetAt = lastPositionOf(database, 'kpi', definition.kpiId, position, (one) => {
    const found = (one as KpiState).targets.find((target) => JSON.stringify(target) === inForce);
    return found ?? null;
  });
  return { definition: textOf(definedAt), target: textOf(targetAt) };
}

function textOf(position: number | null): string | null {
  return position === null ? null : String(position);
}

/**
 * The events that brought the values in force: all of them, or evenly chosen ones with the first and the last. Each day's
 * rollup names its last one, which is enough to choose from where there are too many; the observations are read only where
 * all can be shown.
 */
function observationPositions(
  meter: PeriodMeter,
  days: readonly DayFigure[],
): { readonly observations: string[]; readonly truncated: boolean } {
  const found = new Set(days.map(({ lastChange }) => lastChange));
  // All of a day that has changed at one position only came from there.
  const mixed = days.filter(({ firstChange, lastChange }) => firstChange < lastChange);
  const isRead =
    found.size <= EXPLAIN_POSITIONS_MAX &&
    mixed.reduce((total, { rollup }) => total + rollup.count, 0) <= EXPLAIN_OBSERVATIONS_MAX;
  if (isRead) addAll(found, meter, mixed);
  else addFirst(found, meter, mixed);
  const all = [...found].sort((a, b) => a - b);
  const isLong = all.length > EXPLAIN_POSITIONS_MAX;
  const step = (all.length - 1) / (EXPLAIN_POSITIONS_MAX - 1);
  const shown = isLong
    ? Array.from({ length: EXPLAIN_POSITIONS_MAX }, (_, index) => all[Math.round(index * step)]!)
    : all;
  return { observations: shown.map(String), truncated: isLong || !isRead };
}

/** One reading a series, from its first to its last day: most days of most series are mixed, or none. */
function addAll(found: Set<number>, meter: PeriodMeter, days: readonly DayFigure[]): void {
  const ranges = new Map<number, { from: number; to: number }>();
  for (const { seriesId, day } of days) {
    const range = ranges.get(seriesId);
    if (range === undefined) ranges.set(seriesId, { from: day, to: day });
    else range.to = Math.max(range.to, day);
  }
  for (const [seriesId, { from, to }] of ranges) meter.addPositions(found, seriesId, from, to);
}

/** The first position in force; a day's first change may have been of a value that was replaced. */
function addFirst(found: Set<number>, meter: PeriodMeter, days: readonly DayFigure[]): void {
  let first = Number.POSITIVE_INFINITY;
  for (const position of found) first = Math.min(first, position);
  for (const { seriesId, day, firstChange } of [...days].sort((a, b) => a.firstChange - b.firstChange)) {
    if (firstChange >= first) break;
    const ofDay = new Set<number>();
    meter.addPositions(ofDay, seriesId, day, day);
    for (const position of ofDay) first = Math.min(first, position);
  }
  found.add(first);
}
