import {
  attainmentFormula,
  type DayRollup,
  dayNumber,
  formulaFor,
  localDateOf,
  localDayIndexOf,
  mergeRollups,
  methodOfMeasure,
  type Period,
  type RolledDay,
} from '#lib/analysis';
import { type KpiState, targetInForce } from '#lib/domain';
import { type DayRollupAnswer, type Explanation } from '../answers.js';
import { observationsAt, scanObservations } from '../observations/read-observations.js';
import { type Moment } from '../queries/scope.js';
import { lastPositionOf } from '../records/read-records.js';
import { rollupAnswer } from '../rollups/rollup-answer.js';
import { judgedOn } from './period-value.js';
import { type KpiFigures } from './read-figures.js';

/** Most log positions named in one explanation; the first and the last are always among them. */
export const EXPLAIN_POSITIONS_MAX = 200;

/** The figure of a period with everything that it was computed from. */
export function explainFigure(figures: KpiFigures, period: Period, moment: Moment): Explanation {
  const { definition, state, meter } = figures;
  const judged = figures.valueOf(period);
  const { result, inputs } = meter.measurePeriod(period, 'whole');
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
    positions: { ...decisionPositions(figures, period, moment), ...observationPositions(figures, period, moment) },
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

/** The events that brought the values in force: all of them, or evenly chosen ones with the first and the last. */
function observationPositions(
  { meter, calendar }: KpiFigures,
  period: Period,
  { database, position, past }: Moment,
): { readonly observations: string[]; readonly truncated: boolean } {
  const days = localDayIndexOf(calendar.timeZone);
  const from_ms = days.boundsOfDay_ms(dayNumber(period.startsOn)).from_ms;
  const until_ms = days.boundsOfDay_ms(dayNumber(period.endsOn)).until_ms;
  const found = new Set<number>();
  for (const { seriesId } of meter.series) {
    if (past)
      for (const one of observationsAt(database, seriesId, from_ms, until_ms, position)) found.add(one.position);
    else {
      scanObservations(database, seriesId, from_ms, until_ms, (columns, start, end) => {
        for (let index = start; index < end; index += 1) found.add(columns.position[index]!);
      });
    }
  }
  const all = [...found].sort((a, b) => a - b);
  const truncated = all.length > EXPLAIN_POSITIONS_MAX;
  const step = (all.length - 1) / (EXPLAIN_POSITIONS_MAX - 1);
  const shown = truncated
    ? Array.from({ length: EXPLAIN_POSITIONS_MAX }, (_, index) => all[Math.round(index * step)]!)
    : all;
  return { observations: shown.map(String), truncated };
}
