import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ComparableAnswers, observationsOf, seriesByKey, valuesByPeriod } from './support/answers.js';
import { datasetText, describeWithDataset, referenceAnswers, type Row, rowsOf } from './support/dataset-files.js';
import { csvDeliveries } from './support/deliveries.js';
import { checked, isExactly, isRounded } from './support/figures.js';
import { deliverAndAnswer, expectSameAfterCrashAndDisorder } from './support/nothing-changes.js';
import { type PreparedSystem, prepareSystem, type RegisteredDataset } from './support/prepare.js';

const FILE = 'StationDailyTimeSeries-Bicycle.csv';
const SOURCE = 'city-of-zurich';
const ROWS_PER_UPLOAD = 3_000;
const DAY_MS = 86_400_000;
const ALL = 'transport/bikes/*';

/** Some station names end in `*` (merged counters), which stands for a prefix in measures and so is no legal key. */
const keyOf = (station: string): string =>
  `transport/bikes/${station.toLowerCase().replace('_', '-').replace('*', '-merged')}`;

function registrationOf(stations: readonly string[]): RegisteredDataset {
  return {
    timeZone: 'Europe/Zurich',
    fiscalYearStartMonth: 1,
    sourceId: SOURCE,
    series: stations.map((station) => ({
      seriesKey: keyOf(station),
      sourceId: SOURCE,
      name: { en: station },
      unitOfMeasure: '{bicycles}/d',
      physicalRange: { min: 0, max: 100_000 },
      expectedInterval_ms: DAY_MS,
      csv: { time: { column: 'date', format: 'local' }, valueColumn: 'count', where: { station } },
    })),
    kpis: [
      {
        kpiId: 'bikes-monthly-total',
        measure: { kind: 'statistic', statistic: 'sum', series: [ALL] },
        period: 'month',
        unitOfMeasure: '{bicycles}',
        direction: 'up',
      },
      {
        kpiId: 'bikes-mean-per-station-day',
        measure: { kind: 'statistic', statistic: 'mean', series: [ALL] },
        period: 'month',
        unitOfMeasure: '{bicycles}/d',
        direction: 'up',
      },
      {
        kpiId: 'bikes-median-per-station-day',
        measure: { kind: 'percentile', percentile: 50, series: [keyOf('VZS_ANDR')] },
        period: 'year',
        unitOfMeasure: '{bicycles}/d',
        direction: 'up',
      },
    ],
  };
}

interface Reference {
  readonly rows: number;
  readonly per_station: Record<
    string,
    {
      rows: number;
      expected_slots: number;
      missing_slots: number;
      total: number;
      count: { n: number; mean: number; min: number; max: number };
    }
  >;
  readonly monthly_total_all_stations: Record<string, { rows: number; total: number }>;
  readonly busiest_day: string;
  readonly busiest_day_total: number;
  readonly xmr_monthly_mean_per_station_day: { centre: number };
}

/** The middle of an ordered list (mean of the two middle ones), which is the type 7 percentile at 50. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

const yearOf = (row: Row): string => (row['date'] ?? '').slice(0, 4);

describeWithDataset('zurich-bikes', () => {
  const csv = datasetText('zurich-bikes', FILE);
  const rows = rowsOf(csv);
  const reference = referenceAnswers<Reference>('zurich-bikes');
  const dataset = registrationOf(Object.keys(reference.per_station));
  const keys = dataset.series.map(({ seriesKey }) => seriesKey);
  let system: PreparedSystem;
  let answers: ComparableAnswers;

  beforeAll(async () => {
    system = await prepareSystem(dataset);
    answers = await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), keys);
  });
  afterAll(() => system?.tallystick.stop());

  it('gives count, gaps, total, mean and extremes of every counter', async () => {
    const series = await seriesByKey(system.admin);
    expect(series.size).toBe(20);
    for (const [station, expected] of Object.entries(reference.per_station)) {
      const actual = series.get(keyOf(station));
      expect({ station, ...actual }).toMatchObject({
        station,
        observations: expected.count.n,
        min: expected.count.min,
        max: expected.count.max,
        sum: expected.total,
        quarantined: {},
      });
      expect([station, isRounded(actual?.mean, expected.count.mean)]).toEqual([station, true]);
    }
  });

  it('knows how many days are due and missing, also where summer time begins or ends in between', async () => {
    const series = await seriesByKey(system.admin);
    const wrong = Object.entries(reference.per_station).flatMap(([station, { expected_slots, missing_slots }]) => {
      const { expected, missing } = series.get(keyOf(station)) ?? {};
      return expected === expected_slots && missing === missing_slots ? [] : [{ station, expected, missing }];
    });
    expect(wrong).toEqual([]);
  });

  it('gives the monthly totals over all counters and the mean of a counter day', async () => {
    const totals = await valuesByPeriod(system.admin, 'bikes-monthly-total');
    const means = await valuesByPeriod(system.admin, 'bikes-mean-per-station-day');
    expect([...totals.keys()].sort()).toEqual(Object.keys(reference.monthly_total_all_stations));
    for (const [label, { total, rows: counted }] of Object.entries(reference.monthly_total_all_stations)) {
      expect([label, totals.get(label)]).toEqual([label, total]);
      expect([label, isExactly(means.get(label), total / counted)]).toEqual([label, true]);
    }
    const centre = [...means.values()].reduce((sum, value) => sum + value, 0) / means.size;
    expect(isRounded(centre, reference.xmr_monthly_mean_per_station_day.centre)).toBe(true);
  });

  it('gives the median of a counter over a year', async () => {
    const medians = await valuesByPeriod(system.admin, 'bikes-median-per-station-day');
    for (const year of ['2020', '2021']) {
      const counts = rows.filter((row) => row['station'] === 'VZS_ANDR' && yearOf(row) === year);
      const exact = median(counts.map((row) => Number(row['count'])));
      expect(checked(year, medians.get(year), exact, exact)).toBe('as it should be');
    }
  });

  it('finds the busiest day', () => {
    const byDay = new Map<string, number>();
    for (const day of Object.values(answers.rollups).flat()) byDay.set(day.day, (byDay.get(day.day) ?? 0) + day.sum);
    const [busiest, total] = [...byDay].reduce((most, day) => (day[1] > most[1] ? day : most));
    expect({ busiest, total }).toEqual({ busiest: reference.busiest_day, total: reference.busiest_day_total });
  });

  it('answers the same when everything is loaded twice', async () => {
    expect(await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), keys)).toEqual(answers);
  });

  it('answers the same after a crash half way and in another order', async () => {
    const shuffled = csvDeliveries(csv, ROWS_PER_UPLOAD, 20_200_316);
    await expectSameAfterCrashAndDisorder(dataset, shuffled, keys, answers);
  });

  it('tells after a correction what is true now and what was known before', async () => {
    const { position: before } = await system.admin.get<{ position: string }>('/v1/views');
    const observedAt = '2020-06-11T22:00:00.000Z';
    const row = rows.find(({ date, station }) => date === '2020-06-12' && station === 'VZS_ANDR');
    const counted = Number(row?.['count']);
    const correction = { series: keyOf('VZS_ANDR'), observedAt, value: counted + 100 };
    const { position } = await system.source.sendObservations(correction);
    await system.admin.waitForViews(position ?? '');

    const june = reference.monthly_total_all_stations['2020-06']?.total ?? NaN;
    const now = await valuesByPeriod(system.admin, 'bikes-monthly-total');
    const then = await valuesByPeriod(system.admin, 'bikes-monthly-total', before);
    expect([then.get('2020-06'), now.get('2020-06')]).toEqual([june, june + 100]);
    const [observation] = (await observationsOf(system.admin, correction.series)).filter(
      (one) => one.observedAt === observedAt,
    );
    expect(observation).toMatchObject({ value: counted + 100, position });
    expect(observation?.replaced).toMatchObject([{ value: counted, until: position }]);
  });
});
