import { both, type CityDomain, type Faults, HOUR_MS, type Sensor, TICK_MS } from './city-model.js';
import { RUSH_HOURS, SOUND } from './day-profiles.js';

const SOURCE = 'environment-sensors';

const STATIONS = [
  ['riverside', 'Riverside', '滨河'],
  ['old-town', 'Old Town', '老城'],
  ['harbour', 'Harbour', '港口'],
  ['university', 'University', '大学城'],
  ['north-gate', 'North Gate', '北门'],
  ['industrial-park', 'Industrial Park', '工业园'],
] as const;

/** Each station has its own ailment, so that the data quality view has something to find. */
const AILMENTS: readonly Faults[] = [
  { lateness: { perDay: 0.05, hours: 12 } },
  { sticking: { perDay: 0.02, hours: 9 } },
  { silence: { perDay: 0.02, hours: 30 }, correction: { perDay: 0.01, hours: 12 } },
  {},
  { drift: { perMonth: 0.04, calibration_days: 120 }, impossible: { perDay: 0.03, value: -999 } },
  { silence: { perDay: 0.01, hours: 72 }, lateness: { perDay: 0.08, hours: 36 } },
];
/** How much dirtier or louder than the average of the city a station is. */
const SHARES = [0.85, 1.0, 1.15, 0.8, 0.95, 1.3] as const;

function stationSensors(index: number, [id, en, chinese]: (typeof STATIONS)[number]): Sensor[] {
  const share = SHARES[index] ?? 1;
  const common = { sourceId: SOURCE, faults: AILMENTS[index] ?? {} };
  return [
    {
      ...common,
      seriesKey: `city/air/pm25/${id}`,
      name: both(`PM2.5 at ${en}`, `${chinese}站细颗粒物浓度`),
      unitOfMeasure: 'ug/m3',
      interval_ms: HOUR_MS,
      signal: {
        base: 24 * share,
        trendPerYear: -0.09,
        season: { share: 0.4, peak: 'coldest' },
        day: RUSH_HOURS.map((hour) => 0.75 + hour / 4),
        weekend: 0.94,
        wander: 0.35,
        noise: 0.08,
        min: 1,
        max: 600,
        decimals: 1,
      },
    },
    {
      ...common,
      seriesKey: `city/air/no2/${id}`,
      name: both(`NO2 at ${en}`, `${chinese}站二氧化氮浓度`),
      unitOfMeasure: 'ug/m3',
      interval_ms: HOUR_MS,
      signal: {
        base: 33 * share,
        trendPerYear: -0.05,
        season: { share: 0.2, peak: 'coldest' },
        day: RUSH_HOURS.map((hour) => 0.5 + hour / 2),
        weekend: 0.75,
        wander: 0.2,
        noise: 0.08,
        min: 0.5,
        max: 400,
        decimals: 1,
      },
    },
    {
      ...common,
      seriesKey: `city/noise/level/${id}`,
      name: both(`Sound level at ${en}`, `${chinese}站噪声等级`),
      unitOfMeasure: 'dB',
      interval_ms: TICK_MS,
      signal: {
        base: 57 + 4 * share,
        trendPerYear: -0.006,
        day: SOUND,
        weekend: 0.97,
        wander: 0.02,
        noise: 0.03,
        min: 28,
        max: 115,
        decimals: 1,
      },
    },
  ];
}

const stationsOnly = both(
  'Six fixed stations; streets between them are not measured.',
  '仅有六个固定站点，站点之间的街道没有测量。',
);

/** Air and noise. */
export const environment: CityDomain = {
  source: { sourceId: SOURCE, name: both('Environment sensor network', '环境监测传感网') },
  sensors: STATIONS.flatMap((station, index) => stationSensors(index, station)),
  units: [
    {
      unitId: 'air-quality-office',
      name: both('Air Quality Office', '空气质量处'),
      ownerId: 'owner-air',
      goal: {
        goalId: 'clean-air',
        name: both('Air that is safe to breathe', '呼吸安全的空气'),
        description: both(
          'Bring fine particles and nitrogen dioxide down to what the WHO calls an interim target.',
          '使细颗粒物和二氧化氮降至世界卫生组织的过渡期目标。',
        ),
      },
      kpis: [
        {
          kpiId: 'pm25-mean',
          name: both('PM2.5, monthly mean', '细颗粒物月均浓度'),
          description: both('Mean of all hourly values of the six stations.', '六个站点全部小时值的平均。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/air/pm25/*'] },
          period: 'month',
          unitOfMeasure: 'ug/m3',
          decimals: 1,
          horizon: 'long',
          weight: 30,
          limitations: stationsOnly,
          trajectory: 'geometric',
          baseline: 24,
          target: { value: 15 },
        },
        {
          kpiId: 'pm25-exceedance-days',
          name: both('Days above 35 ug/m3 at Old Town', '老城站日均超标天数'),
          description: both(
            'Days of the quarter with a mean above 35 ug/m3, of those with at least 18 hourly values.',
            '季度内日均浓度高于 35 ug/m3 的天数（有效小时值不少于 18 个）。',
          ),
          direction: 'down',
          measure: {
            kind: 'days',
            dayStatistic: 'mean',
            comparison: 'above',
            threshold: 35,
            minimumObservations: 18,
            series: ['city/air/pm25/old-town'],
          },
          period: 'quarter',
          unitOfMeasure: 'd',
          decimals: 0,
          horizon: 'long',
          weight: 20,
          limitations: stationsOnly,
          baseline: 20,
          target: { value: 5 },
        },
        {
          kpiId: 'no2-mean',
          name: both('NO2, monthly mean', '二氧化氮月均浓度'),
          description: both('Mean of all hourly values of the six stations.', '六个站点全部小时值的平均。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/air/no2/*'] },
          period: 'month',
          unitOfMeasure: 'ug/m3',
          decimals: 1,
          horizon: 'short',
          weight: 25,
          limitations: stationsOnly,
          baseline: 32,
          target: { value: 25 },
        },
        {
          kpiId: 'no2-share-above-40',
          name: both('Hours with NO2 above 40 ug/m3', '二氧化氮高于 40 ug/m3 的小时占比'),
          description: both('Share of all station hours.', '占全部站点小时数的比例。'),
          direction: 'down',
          measure: { kind: 'share', comparison: 'above', threshold: 40, series: ['city/air/no2/*'] },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'short',
          weight: 25,
          limitations: stationsOnly,
          baseline: 25,
          target: { value: 10 },
        },
      ],
    },
    {
      unitId: 'quiet-city-office',
      name: both('Quiet City Office', '宁静城市处'),
      ownerId: 'owner-noise',
      goal: {
        goalId: 'quiet-city',
        name: both('Streets one can sleep beside', '可以安睡的街道'),
        description: both('Fewer loud hours near homes.', '减少住宅附近的高噪声时段。'),
      },
      kpis: [
        {
          kpiId: 'noise-mean',
          name: both('Sound level, monthly mean', '噪声月均等级'),
          description: both('Mean of the quarter-hour levels of all stations.', '全部站点每刻钟等级的平均。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/noise/level/*'] },
          period: 'month',
          unitOfMeasure: 'dB',
          decimals: 1,
          horizon: 'long',
          weight: 40,
          limitations: stationsOnly,
          baseline: 60.5,
          target: { value: 58 },
        },
        {
          kpiId: 'noise-share-above-65',
          name: both('Quarter-hours above 65 dB', '高于 65 dB 的时段占比'),
          description: both('Share of all station quarter-hours.', '占全部站点时段数的比例。'),
          direction: 'down',
          measure: { kind: 'share', comparison: 'above', threshold: 65, series: ['city/noise/level/*'] },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'short',
          weight: 30,
          limitations: stationsOnly,
          baseline: 30,
          target: { value: 20 },
        },
        {
          kpiId: 'noise-peak-old-town',
          name: both('Loudest twentieth at Old Town', '老城站噪声第 95 百分位'),
          description: both('95th percentile of the quarter-hour levels.', '每刻钟等级的第 95 百分位数。'),
          direction: 'down',
          measure: { kind: 'percentile', percentile: 95, series: ['city/noise/level/old-town'] },
          period: 'quarter',
          unitOfMeasure: 'dB',
          decimals: 1,
          horizon: 'long',
          weight: 30,
          limitations: stationsOnly,
          baseline: 70,
          target: { value: 66 },
        },
      ],
    },
  ],
};
