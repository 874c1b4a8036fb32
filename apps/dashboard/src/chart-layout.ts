import { dayNumber, extent, niceTicks } from './chart-scale.js';
import { changeDays, type TargetBand, targetBands, type TargetPath, targetPaths } from './trajectory.js';
import { type KpiDetail, type KpiPeriodValue } from './wire.js';

/** A period's value at the day it belongs to: the period's end, or the day of the answer in the running period. */
export interface ChartValue {
  readonly day: number;
  readonly value: number | null;
  readonly period: KpiPeriodValue;
}

/** Everything the chart shows, in days and in the KPI's unit; pixels come later. */
export interface ChartLayout {
  readonly values: readonly ChartValue[];
  readonly paths: readonly TargetPath[];
  readonly bands: readonly TargetBand[];
  readonly changes: readonly number[];
  readonly baseline: { readonly day: number; readonly value: number } | null;
  readonly days: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Time ahead is shown up to this share of the time behind: a target in ten years must not squeeze two years of data. */
const FUTURE_SHARE_MAX = 0.6;
/** The same for a baseline far back. */
const BEFORE_SHARE_MAX = 0.25;
const TICKS_WANTED = 5;

/** Null when no period has a value: an empty chart would look like a result. */
export function layOutChart(kpi: KpiDetail, periods: readonly KpiPeriodValue[]): ChartLayout | null {
  const ordered = [...periods].sort((a, b) => a.period.startsOn.localeCompare(b.period.startsOn));
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined || ordered.every((period) => period.value === null)) return null;
  const values = ordered.map((period) => ({ day: dayOf(period, kpi), value: period.value, period }));
  const paths = targetPaths(kpi.baseline, kpi.targets, kpi.definition.trajectory);
  const bands = targetBands(kpi.targets);
  const baseline = kpi.baseline === null ? null : { day: dayNumber(kpi.baseline.date), value: kpi.baseline.value };
  const days = daysShown(dayNumber(first.period.startsOn), dayNumber(last.period.endsOn), paths, bands, baseline?.day);
  const shown = (day: number) => day >= days[0] && day <= days[1];
  const heights = extent([
    ...values.map(({ value }) => value),
    ...paths.flatMap(({ points }) => points.filter(({ day }) => shown(day)).map(({ value }) => value)),
    ...bands.flatMap(({ low, high }) => [low, high]),
    baseline !== null && shown(baseline.day) ? baseline.value : null,
  ]) ?? [0, 1];
  const ticks = niceTicks(heights[0], heights[1], TICKS_WANTED);
  return { values, paths, bands, changes: changeDays(kpi.targets).filter(shown), baseline, days, ticks };
}

function daysShown(
  firstDay: number,
  lastDay: number,
  paths: readonly TargetPath[],
  bands: readonly TargetBand[],
  baselineDay: number | undefined,
): [number, number] {
  const span = lastDay - firstDay + 1;
  const ends = [...paths.flatMap(({ points }) => points.at(-1)?.day ?? []), ...bands.map(({ untilDay }) => untilDay)];
  const wantedEnd = Math.max(lastDay, ...ends);
  const wantedStart = Math.min(firstDay, baselineDay ?? firstDay);
  return [
    Math.max(wantedStart, firstDay - span * BEFORE_SHARE_MAX),
    Math.min(wantedEnd, lastDay + Math.max(span * FUTURE_SHARE_MAX, 31)),
  ];
}

function dayOf({ period, running }: KpiPeriodValue, kpi: KpiDetail): number {
  const end = dayNumber(period.endsOn);
  if (!running || kpi.asOf.recordedAt === null) return end;
  const answered = dayNumber(kpi.asOf.recordedAt.slice(0, 10));
  return Math.min(end, Math.max(dayNumber(period.startsOn), answered));
}
