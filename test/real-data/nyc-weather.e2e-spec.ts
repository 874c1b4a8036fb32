import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { QuarantineEntry } from '../../libs/projections/src/answers.js';
import { type ComparableAnswers, observationsOf, seriesByKey, valuesByPeriod } from './support/answers.js';
import { datasetText, describeWithDataset, referenceAnswers, type Row, rowsOf } from './support/dataset-files.js';
import { csvDeliveries } from './support/deliveries.js';
import { checked, isExactly, isRounded } from './support/figures.js';
import { deliverAndAnswer, expectSameAfterCrashAndDisorder } from './support/nothing-changes.js';
import { type PreparedSystem, prepareSystem, type RegisteredDataset } from './support/prepare.js';

const SOURCE = 'iowa-environmental-mesonet';
const STATIONS = ['EWR', 'JFK', 'LGA'] as const;
/** Column and unit; wind speed alone has a physical range: the strongest gust ever measured is 253 mph. */
const COLUMNS: Readonly<Record<string, string>> = {
  temp: '[degF]',
  dewp: '[degF]',
  humid: '%',
  wind_dir: 'deg',
  wind_speed: '[mi_i]/h',
  wind_gust: '[mi_i]/h',
  precip: '[in_i]',
  pressure: 'mbar',
  visib: '[mi_i]',
};
const FASTEST_WIND_MPH = 254;
/** Nine observations a row, so 9,900 observations a request. */
const ROWS_PER_UPLOAD = 1_100;
const HOUR_MS = 3_600_000;

const keyOf = (station: string, column: string): string => `weather/${station.toLowerCase()}/${column}`;
const temperatures = STATIONS.map((station) => keyOf(station, 'temp'));

const dataset: RegisteredDataset = {
  timeZone: 'America/New_York',
  fiscalYearStartMonth: 7,
  sourceId: SOURCE,
  series: STATIONS.flatMap((origin) =>
    Object.entries(COLUMNS).map(([column, unitOfMeasure]) => ({
      seriesKey: keyOf(origin, column),
      sourceId: SOURCE,
      name: { en: `${column} at ${origin}` },
      unitOfMeasure,
      ...(column === 'wind_speed' ? { physicalRange: { min: 0, max: FASTEST_WIND_MPH } } : {}),
      expectedInterval_ms: HOUR_MS,
      csv: {
        time: { column: 'time_hour', format: 'rfc3339' as const },
        valueColumn: column,
        where: { origin },
      },
    })),
  ),
  kpis: [
    ...STATIONS.map((station) => ({
      kpiId: `temperature-${station.toLowerCase()}`,
      measure: { kind: 'statistic' as const, statistic: 'mean' as const, series: [keyOf(station, 'temp')] },
      period: 'month' as const,
      unitOfMeasure: '[degF]',
      direction: 'down' as const,
    })),
    {
      kpiId: 'precipitation-total',
      measure: { kind: 'statistic', statistic: 'sum', series: STATIONS.map((station) => keyOf(station, 'precip')) },
      period: 'year',
      unitOfMeasure: '[in_i]',
      direction: 'down',
    },
  ],
};

interface Summary {
  readonly n: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

interface Reference {
  readonly rows: number;
  readonly missing: Record<string, number>;
  readonly stations: Record<
    string,
    {
      time_utc: { rows: number; expected_slots: number; missing_slots: number };
      temp_f: Summary;
      wind_speed_mph: Summary;
      precip_in_total: number;
      monthly_temp_f_mean_local: Record<string, { n: number; mean: number }>;
    }
  >;
}

const numbersOf = (rows: readonly Row[], column: string): number[] =>
  rows.flatMap((row) => (row[column] === 'NA' ? [] : [Number(row[column])]));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describeWithDataset('nyc-weather', () => {
  const csv = datasetText('nyc-weather', 'weather.csv');
  const rows = rowsOf(csv);
  const reference = referenceAnswers<Reference>('nyc-weather');
  let system: PreparedSystem;
  let answers: ComparableAnswers;

  beforeAll(async () => {
    system = await prepareSystem(dataset);
    answers = await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), temperatures);
  });
  afterAll(() => system?.tallystick.stop());

  it('counts the missing values of every column', async () => {
    const series = await seriesByKey(system.admin);
    for (const [column, missing] of Object.entries(reference.missing)) {
      const ofColumn = STATIONS.map((station) => series.get(keyOf(station, column)));
      const notFinite = ofColumn.reduce((sum, one) => sum + (one?.quarantined['not-finite'] ?? 0), 0);
      expect([column, notFinite]).toEqual([column, missing]);
      const impossible = column === 'wind_speed' ? 1 : 0;
      const there = ofColumn.reduce((sum, one) => sum + (one?.observations ?? 0), 0);
      expect([column, there]).toEqual([column, reference.rows - missing - impossible]);
    }
  });

  it('knows how many hours are due and missing at every station', async () => {
    const series = await seriesByKey(system.admin);
    for (const [station, { time_utc }] of Object.entries(reference.stations)) {
      const { expected, missing } = series.get(keyOf(station, 'precip')) ?? {};
      expect({ station, expected, missing }).toEqual({
        station,
        expected: time_utc.expected_slots,
        missing: time_utc.missing_slots,
      });
    }
  });

  it('gives count, mean and extremes of the temperature', async () => {
    const series = await seriesByKey(system.admin);
    for (const [station, { temp_f, precip_in_total }] of Object.entries(reference.stations)) {
      const temperature = series.get(keyOf(station, 'temp'));
      expect(temperature).toMatchObject({ observations: temp_f.n, min: temp_f.min, max: temp_f.max });
      expect(isRounded(temperature?.mean, temp_f.mean)).toBe(true);
      expect(isExactly(series.get(keyOf(station, 'precip'))?.sum, precip_in_total)).toBe(true);
    }
  });

  it('keeps the impossible wind speed out and in quarantine', async () => {
    const series = await seriesByKey(system.admin);
    const newark = series.get(keyOf('EWR', 'wind_speed'));
    const possible = numbersOf(
      rows.filter((row) => row['origin'] === 'EWR'),
      'wind_speed',
    ).filter((value) => value <= FASTEST_WIND_MPH);
    expect(newark).toMatchObject({
      observations: (reference.stations['EWR']?.wind_speed_mph.n ?? 0) - 1,
      max: Math.max(...possible),
      quarantined: { 'outside-physical-range': 1 },
    });
    expect(isExactly(newark?.mean, mean(possible))).toBe(true);
    const held = await system.admin.getAll<QuarantineEntry>('/v1/quarantine', { series: keyOf('EWR', 'wind_speed') });
    const outside = held.filter(({ reason }) => reason === 'outside-physical-range');
    expect(outside).toHaveLength(1);
    expect(outside[0]?.original).toContain('1048.36');
    for (const station of ['JFK', 'LGA']) {
      const { n: observations, max } = reference.stations[station]?.wind_speed_mph ?? { n: NaN, max: NaN };
      expect(series.get(keyOf(station, 'wind_speed'))).toMatchObject({ observations, max });
    }
  });

  it('gives the mean temperature of every local month', async () => {
    for (const [station, { monthly_temp_f_mean_local }] of Object.entries(reference.stations)) {
      const actual = await valuesByPeriod(system.admin, `temperature-${station.toLowerCase()}`);
      expect([...actual.keys()].sort()).toEqual(Object.keys(monthly_temp_f_mean_local));
      for (const [label, { mean: published }] of Object.entries(monthly_temp_f_mean_local)) {
        const month = String(Number(label.slice(5)));
        const local = rows.filter((row) => row['origin'] === station && row['month'] === month);
        const exact = mean(numbersOf(local, 'temp'));
        expect(checked(`${station} ${label}`, actual.get(label), exact, published)).toBe('as it should be');
      }
    }
  });

  it('puts every hour into its local day, the doubled and the missing hour of daylight saving included', async () => {
    for (const station of STATIONS) {
      const expected = new Map<string, number>();
      for (const row of rows) {
        if (row['origin'] !== station || row['temp'] === 'NA') continue;
        const day = `2013-${row['month']?.padStart(2, '0')}-${row['day']?.padStart(2, '0')}`;
        expected.set(day, (expected.get(day) ?? 0) + 1);
      }
      const actual = answers.rollups[keyOf(station, 'temp')]?.map(({ day, count }) => [day, count]);
      expect(actual).toEqual([...expected]);
      expect(expected.get('2013-03-10')).toBe(23);
    }
    const doubled = (await observationsOf(system.admin, keyOf('JFK', 'temp'))).filter(
      ({ observedAt }) => observedAt >= '2013-11-03T05:00:00.000Z' && observedAt < '2013-11-03T07:00:00.000Z',
    );
    expect(doubled).toHaveLength(2);
  });

  it('answers the same when everything is loaded twice', async () => {
    const again = await deliverAndAnswer(system, dataset, csvDeliveries(csv, ROWS_PER_UPLOAD), temperatures);
    expect(again).toEqual(answers);
  });

  it('answers the same after a crash half way and in another order', async () => {
    const shuffled = csvDeliveries(csv, ROWS_PER_UPLOAD, 20_131_103);
    await expectSameAfterCrashAndDisorder(dataset, shuffled, temperatures, answers);
  });
});
