import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ComparableAnswers, seriesByKey, valuesByPeriod } from './support/answers.js';
import { datasetText, describeWithDataset, referenceAnswers, type Row, rowsOf } from './support/dataset-files.js';
import { checked, isExactly, isRounded } from './support/figures.js';
import { csvDeliveries } from './support/deliveries.js';
import { deliverAndAnswer, expectSameAfterCrashAndDisorder } from './support/nothing-changes.js';
import { type PreparedSystem, prepareSystem, type RegisteredDataset } from './support/prepare.js';

const FILE = 'PRSA_data_2010.1.1-2014.12.31.csv';
const PM25 = 'beijing/air/pm25';
/** Two observations a row, so 9,000 observations a request. */
const ROWS_PER_UPLOAD = 4_500;
const HOURS_FOR_A_VALID_DAY = 18;
const HOUR_MS = 3_600_000;

const csvTime = { year: 'year', month: 'month', day: 'day', hour: 'hour' };
const dataset: RegisteredDataset = {
  timeZone: 'Asia/Shanghai',
  fiscalYearStartMonth: 1,
  sourceId: 'us-embassy-beijing',
  series: [
    {
      seriesKey: PM25,
      sourceId: 'us-embassy-beijing',
      name: { en: 'PM2.5', 'zh-CN': '细颗粒物' },
      unitOfMeasure: 'ug/m3',
      physicalRange: { min: 0, max: 2_000 },
      expectedInterval_ms: HOUR_MS,
      csv: { time: csvTime, timeZone: 'Asia/Shanghai', valueColumn: 'pm2.5' },
    },
    {
      seriesKey: 'beijing/weather/temperature',
      sourceId: 'us-embassy-beijing',
      name: { en: 'Temperature', 'zh-CN': '气温' },
      unitOfMeasure: 'Cel',
      physicalRange: { min: -90, max: 60 },
      expectedInterval_ms: HOUR_MS,
      csv: { time: csvTime, timeZone: 'Asia/Shanghai', valueColumn: 'TEMP' },
    },
  ],
  kpis: [
    {
      kpiId: 'pm25-annual-mean',
      measure: { kind: 'statistic', statistic: 'mean', series: [PM25] },
      period: 'year',
      unitOfMeasure: 'ug/m3',
      direction: 'down',
    },
    {
      kpiId: 'pm25-monthly-mean',
      measure: { kind: 'statistic', statistic: 'mean', series: [PM25] },
      period: 'month',
      unitOfMeasure: 'ug/m3',
      direction: 'down',
    },
    ...([75, 15] as const).map((threshold) => ({
      kpiId: `days-above-${threshold}`,
      measure: {
        kind: 'days' as const,
        dayStatistic: 'mean' as const,
        comparison: 'above' as const,
        threshold,
        minimumObservations: HOURS_FOR_A_VALID_DAY,
        series: [PM25],
      },
      period: 'year' as const,
      unitOfMeasure: 'd',
      direction: 'down' as const,
    })),
  ],
};

interface Reference {
  readonly time: { readonly first: string; readonly last: string; readonly expected_slots: number };
  readonly pm25: { n: number; mean: number; min: number; max: number; missing: number };
  readonly annual_mean: Record<string, { n: number; mean: number }>;
  readonly monthly_mean: Record<string, { n: number; mean: number }>;
  readonly daily: {
    days_with_any_value: number;
    days_with_18_or_more_hours: number;
    valid_days_mean_above_75: number;
    valid_days_mean_above_15: number;
    highest_valid_day: string;
    highest_valid_day_mean: number;
  };
}

const twoDigits = (text: string | undefined): string => (text ?? '').padStart(2, '0');
const dayOf = (row: Row): string => `${row['year']}-${twoDigits(row['month'])}-${twoDigits(row['day'])}`;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The valid PM2.5 values by some part of their local day (10 characters: day, 7: month, 4: year). */
function valuesBy(rows: readonly Row[], characters: number): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    if (row['pm2.5'] === 'NA') continue;
    const label = dayOf(row).slice(0, characters);
    const group = groups.get(label) ?? [];
    group.push(Number(row['pm2.5']));
    groups.set(label, group);
  }
  return groups;
}

describeWithDataset('beijing-pm25', () => {
  const csv = datasetText('beijing-pm25', FILE);
  const rows = rowsOf(csv);
  const reference = referenceAnswers<Reference>('beijing-pm25');
  let system: PreparedSystem;
  let answers: ComparableAnswers;

  beforeAll(async () => {
    system = await prepareSystem(dataset);
    answers = await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), [PM25]);
  });
  afterAll(() => system?.tallystick.stop());

  it('counts what is there, what was missing and what was due', async () => {
    const pm25 = (await seriesByKey(system.admin)).get(PM25);
    expect(pm25).toMatchObject({
      observations: reference.pm25.n,
      min: reference.pm25.min,
      max: reference.pm25.max,
      quarantined: { 'not-finite': reference.pm25.missing },
      repeats: 0,
      corrections: 0,
      lastObservedAt: '2014-12-31T15:00:00.000Z',
    });
    // The reference counts from the file's first row, the series from its first value; the first 24 rows have none.
    const leading = rows.findIndex((row) => row['pm2.5'] !== 'NA');
    expect(pm25?.expected).toBe(reference.time.expected_slots - leading);
    expect(pm25?.missing).toBe(reference.pm25.missing - leading);
    expect(isRounded(pm25?.mean, reference.pm25.mean)).toBe(true);
  });

  it('gives the annual and monthly means', async () => {
    for (const [kpiId, characters, expected] of [
      ['pm25-annual-mean', 4, reference.annual_mean],
      ['pm25-monthly-mean', 7, reference.monthly_mean],
    ] as const) {
      const actual = await valuesByPeriod(system.admin, kpiId);
      const exact = valuesBy(rows, characters);
      expect([...actual.keys()].sort()).toEqual(Object.keys(expected));
      for (const [label, { mean: rounded }] of Object.entries(expected)) {
        expect(checked(label, actual.get(label), mean(exact.get(label) ?? []), rounded)).toBe('as it should be');
      }
    }
  });

  it('counts the days above a threshold among the days with 18 valid hours or more', async () => {
    for (const threshold of [75, 15] as const) {
      const byYear = await valuesByPeriod(system.admin, `days-above-${threshold}`);
      const total = [...byYear.values()].reduce((sum, days) => sum + days, 0);
      expect(total).toBe(reference.daily[`valid_days_mean_above_${threshold}`]);
    }
    const days = answers.rollups[PM25] ?? [];
    const valid = days.filter((day) => day.count >= HOURS_FOR_A_VALID_DAY);
    expect(days.filter((day) => day.count > 0)).toHaveLength(reference.daily.days_with_any_value);
    expect(valid).toHaveLength(reference.daily.days_with_18_or_more_hours);
    const highest = valid.reduce((high, day) => ((day.mean ?? 0) > (high.mean ?? 0) ? day : high));
    expect(highest.day).toBe(reference.daily.highest_valid_day);
    expect(isRounded(highest.mean, reference.daily.highest_valid_day_mean)).toBe(true);
  });

  it('gives the mean of every single day exactly', () => {
    const exact = valuesBy(rows, 10);
    const wrong = (answers.rollups[PM25] ?? []).filter((day) => !isExactly(day.mean, mean(exact.get(day.day) ?? [])));
    expect(wrong).toEqual([]);
    expect(answers.rollups[PM25]).toHaveLength(exact.size);
  });

  it('answers the same when everything is loaded twice', async () => {
    const again = await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), [PM25]);
    expect(again).toEqual(answers);
    expect((await seriesByKey(system.admin)).get(PM25)?.repeats).toBe(reference.pm25.n);
  });

  it('answers the same after a crash half way and in another order', async () => {
    const shuffled = csvDeliveries(csv, ROWS_PER_UPLOAD, 20_100_101);
    await expectSameAfterCrashAndDisorder(dataset, shuffled, [PM25], answers);
  });
});
