import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Measure } from '#lib/domain';
import {
  type MeasureInput,
  type RolledDay,
  dayNumber,
  extendRollup,
  emptyRollup,
  localDayIndexOf,
  parseWallTimeParts,
  periodFromLabel,
  valueOfMeasure,
} from './index.js';

const DATASETS = join(process.cwd(), '..', 'shared', 'datasets');
const found = existsSync(DATASETS);
if (!found) process.stderr.write(`tests skipped: ${DATASETS} is not there\n`);
const withData = found ? it : it.skip;
/** The reference figures are rounded to six decimals. */
const isNear = (figure: number | null, reference: number): boolean =>
  figure !== null && Math.abs(figure - reference) <= 0.500_001e-6;

interface Observed {
  readonly at_ms: number;
  readonly value: number;
}

/** None of these files quotes a field. */
function rowsOf(file: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(join(DATASETS, file), 'utf8').trimEnd().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((text, column) => [names[column]!, text])));
}

function answersOf<Answers>(dataset: string): Answers {
  const file = JSON.parse(readFileSync(join(DATASETS, dataset, 'reference.json'), 'utf8')) as { answers: Answers };
  return file.answers;
}

/** Sorts by time, as a view does, and rolls up the local days. */
function inputOf(observed: readonly Observed[], timeZone: string): MeasureInput {
  const sorted = [...observed].sort((a, b) => a.at_ms - b.at_ms);
  const index = localDayIndexOf(timeZone);
  const days = new Map<number, RolledDay>();
  for (const { at_ms, value } of sorted) {
    const day = index.dayNumberAt(at_ms);
    days.set(day, { day, rollup: extendRollup(days.get(day)?.rollup ?? emptyRollup, at_ms, value) });
  }
  return { days: [...days.values()], values: sorted.map(({ value }) => value) };
}

function within(input: MeasureInput, label: string, timeZone: string): MeasureInput {
  const { startsOn, endsOn } = periodFromLabel(label, { timeZone, fiscalYearStartMonth: 1 });
  const [from, until] = [dayNumber(startsOn), dayNumber(endsOn)];
  return { days: input.days.filter(({ day }) => day >= from && day <= until) };
}

const series = ['*'];
const meanOf: Measure = { kind: 'statistic', statistic: 'mean', series };

describe('methods on real data', () => {
  withData(
    'given five years of air in Beijing, then means, exceedance days and median are those of the reference',
    () => {
      const zone = 'Asia/Shanghai';
      const observed = rowsOf('beijing-pm25/PRSA_data_2010.1.1-2014.12.31.csv')
        .filter((row) => row['pm2.5'] !== 'NA')
        .map((row) => ({
          at_ms: parseWallTimeParts(row as Record<'year' | 'month' | 'day' | 'hour', string>, zone),
          value: Number(row['pm2.5']),
        }));
      const value = inputOf(observed.reverse(), zone);
      const reference = answersOf<{
        pm25: { n: number; mean: number; median: number };
        annual_mean: Record<string, { n: number; mean: number }>;
        monthly_mean: Record<string, { n: number; mean: number }>;
        daily: {
          days_with_18_or_more_hours: number;
          valid_days_mean_above_75: number;
          valid_days_mean_above_15: number;
        };
      }>('beijing-pm25');
      const means = Object.entries({ ...reference.annual_mean, ...reference.monthly_mean });
      expect(means).toHaveLength(65);
      for (const [label, { n, mean }] of means) {
        const figure = valueOfMeasure(meanOf, { value: within(value, label, zone) });
        expect([label, figure.observations, isNear(figure.value, mean)]).toEqual([label, n, true]);
      }
      for (const [threshold, expected] of [
        [75, reference.daily.valid_days_mean_above_75],
        [15, reference.daily.valid_days_mean_above_15],
      ] as const) {
        const rule = { dayStatistic: 'mean', comparison: 'above', threshold, minimumObservations: 18 } as const;
        const figure = valueOfMeasure({ kind: 'days', ...rule, series }, { value });
        expect(figure).toMatchObject({
          value: expected,
          quantities: [{ assessed: reference.daily.days_with_18_or_more_hours }],
        });
      }
      const median = valueOfMeasure({ kind: 'percentile', percentile: 50, series }, { value });
      expect(median).toMatchObject({ value: reference.pm25.median, observations: reference.pm25.n });
    },
  );

  withData(
    'given a year of weather at Newark, then its mean, median and hours of summer time are those of the reference',
    () => {
      const zone = 'America/New_York';
      const rows = rowsOf('nyc-weather/weather.csv').filter((row) => row.origin === 'EWR');
      const { stations } = answersOf<{
        stations: { EWR: { temp_f: { n: number; mean: number; median: number }; utc_minus_local_hours: object } };
      }>('nyc-weather');
      const hours: Record<string, number> = {};
      let doubled = 0;
      for (const row of rows) {
        const at_ms = Date.parse(row.time_hour!);
        const behind = -localDayIndexOf(zone).offsetAt_ms(at_ms) / 3_600_000;
        hours[behind] = (hours[behind] ?? 0) + 1;
        const byWallTime = parseWallTimeParts(row as Record<'year' | 'month' | 'day' | 'hour', string>, zone);
        if (byWallTime !== at_ms) doubled++;
      }
      expect(hours).toEqual(stations.EWR.utc_minus_local_hours);
      // Only the second 01:00 of 3 November reads as another instant: of a doubled time the first is meant.
      expect(doubled).toBe(1);
      const observed = rows
        .filter((row) => row.temp !== 'NA')
        .map((row) => ({ at_ms: Date.parse(row.time_hour!), value: Number(row.temp) }));
      const value = inputOf(observed, zone);
      const { n, mean, median } = stations.EWR.temp_f;
      expect(valueOfMeasure(meanOf, { value }).observations).toBe(n);
      expect(isNear(valueOfMeasure(meanOf, { value }).value, mean)).toBe(true);
      expect(valueOfMeasure({ kind: 'percentile', percentile: 50, series }, { value }).value).toBeCloseTo(median, 9);
    },
  );

  withData(
    'given three years of emergency departments, then the performance of every month is that of the reference',
    () => {
      const { england_all_types: months } = answersOf<{
        england_all_types: Record<string, { rows: number; performance_percent: number }>;
      }>('nhs-ae');
      const rows = rowsOf('nhs-ae/ae_attendances.csv');
      const measure: Measure = {
        kind: 'ratio',
        numerator: { statistic: 'sum', series: ['breaches/*'] },
        denominator: { statistic: 'sum', series: ['attendances/*'] },
        scale: 100,
        complement: true,
      };
      expect(Object.keys(months)).toHaveLength(36);
      for (const [startsOn, reference] of Object.entries(months)) {
        const ofMonth = rows.filter((row) => row.period === startsOn);
        const column = (name: string): MeasureInput =>
          inputOf(
            ofMonth.map((row) => ({ at_ms: Date.parse(`${startsOn}T00:00:00Z`), value: Number(row[name]) })),
            'UTC',
          );
        const figure = valueOfMeasure(measure, { numerator: column('breaches'), denominator: column('attendances') });
        expect(isNear(figure.value, reference.performance_percent)).toBe(true);
        expect(figure.observations).toBe(2 * reference.rows);
      }
    },
  );
});
