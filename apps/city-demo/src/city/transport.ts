import { both, type CityDomain, type Faults, HOUR_MS, type Sensor, TICK_MS } from './city-model.js';
import { RUSH_HOURS, SERVICE } from './day-profiles.js';

const SOURCE = 'transport-telemetry';

const LINES = [
  ['line-1', 'Line 1', '1 路'],
  ['line-5', 'Line 5', '5 路'],
  ['line-12', 'Line 12', '12 路'],
  ['line-21', 'Line 21', '21 路'],
  ['night-n3', 'Night line N3', '夜 3 路'],
] as const;
const METRO_STATIONS = [
  ['central', 'Central', '中央站'],
  ['exchange', 'Exchange', '交易所站'],
  ['stadium', 'Stadium', '体育场站'],
  ['airport', 'Airport', '机场站'],
  ['west-park', 'West Park', '西公园站'],
  ['museum', 'Museum', '博物馆站'],
] as const;
const COUNTERS = [
  ['bridge', 'Bridge', '大桥'],
  ['canal', 'Canal', '运河'],
  ['station-square', 'Station Square', '站前广场'],
  ['lake-road', 'Lake Road', '湖滨路'],
  ['market', 'Market', '市场'],
  ['school-lane', 'School Lane', '学府路'],
  ['ring-east', 'Ring East', '东环'],
  ['ring-west', 'Ring West', '西环'],
] as const;

const radioGaps: Faults = { lateness: { perDay: 0.1, hours: 6 }, silence: { perDay: 0.02, hours: 8 } };

function busSensors([id, en, chinese]: (typeof LINES)[number], index: number): Sensor[] {
  const departures = `city/bus/departures/${id}`;
  const night = id.startsWith('night');
  const common = { sourceId: SOURCE, unitOfMeasure: '{departures}', interval_ms: TICK_MS };
  return [
    {
      ...common,
      seriesKey: departures,
      name: both(`Departures, ${en}`, `${chinese}公交发车数`),
      faults: index % 2 === 0 ? radioGaps : {},
      signal: {
        base: 12 - index,
        trendPerYear: 0.01,
        day: night ? RUSH_HOURS.map((hour) => 2 - hour) : RUSH_HOURS,
        weekend: 0.8,
        wander: 0.02,
        noise: 0.05,
        min: 0,
        max: 60,
        decimals: 0,
      },
    },
    {
      ...common,
      seriesKey: `city/bus/on-time/${id}`,
      name: both(`Departures on time, ${en}`, `${chinese}公交准点发车数`),
      faults: index % 2 === 0 ? radioGaps : { correction: { perDay: 0.02, hours: 10 } },
      partOf: departures,
      signal: {
        base: 0.87 - 0.02 * index,
        trendPerYear: 0.025,
        season: { share: 0.03, peak: 'warmest' },
        day: SERVICE,
        weekend: 1.02,
        wander: 0.03,
        noise: 0.04,
        min: 0,
        max: 1,
        decimals: 0,
      },
    },
  ];
}

const metroSensor = ([id, en, chinese]: (typeof METRO_STATIONS)[number], index: number): Sensor => ({
  seriesKey: `city/metro/crowding/${id}`,
  sourceId: SOURCE,
  name: both(`Platform crowding, ${en}`, `${chinese}站台拥挤度`),
  unitOfMeasure: '%',
  interval_ms: TICK_MS,
  faults: index === 2 ? { sticking: { perDay: 0.03, hours: 14 }, impossible: { perDay: 0.02, value: 6_553.5 } } : {},
  signal: {
    base: 48 + 3 * index,
    trendPerYear: 0.04,
    day: RUSH_HOURS,
    weekend: 0.72,
    wander: 0.06,
    noise: 0.08,
    min: 0,
    max: 150,
    decimals: 1,
  },
});

const bikeSensor = ([id, en, chinese]: (typeof COUNTERS)[number], index: number): Sensor => ({
  seriesKey: `city/bike/count/${id}`,
  sourceId: SOURCE,
  name: both(`Bicycles, ${en}`, `${chinese}自行车流量`),
  unitOfMeasure: '{bicycles}',
  interval_ms: HOUR_MS,
  faults: index === 5 ? { silence: { perDay: 0.03, hours: 60 } } : index === 1 ? radioGaps : {},
  signal: {
    base: 60 + 12 * index,
    trendPerYear: 0.11,
    season: { share: 0.45, peak: 'warmest' },
    day: RUSH_HOURS,
    weekend: 0.7,
    wander: 0.2,
    noise: 0.1,
    min: 0,
    max: 5_000,
    decimals: 0,
  },
});

const punctuality = (lines: string) =>
  ({
    kind: 'ratio',
    numerator: { statistic: 'sum', series: [`city/bus/on-time/${lines}`] },
    denominator: { statistic: 'sum', series: [`city/bus/departures/${lines}`] },
    scale: 100,
    complement: false,
  }) as const;

const telemetry = both(
  'Buses whose radio is silent are not counted; they are reported late or not at all.',
  '车载设备离线的车辆不计入，数据可能迟到或缺失。',
);

/** Buses, metro and bicycles. */
export const transport: CityDomain = {
  source: { sourceId: SOURCE, name: both('Transport telemetry', '交通遥测系统') },
  sensors: [...LINES.flatMap(busSensors), ...METRO_STATIONS.map(metroSensor), ...COUNTERS.map(bikeSensor)],
  units: [
    {
      unitId: 'bus-operations',
      name: both('Bus Operations', '公交运营处'),
      ownerId: 'owner-bus',
      goal: {
        goalId: 'buses-on-time',
        name: both('Buses one can rely on', '值得信赖的公交'),
        description: both('Nine departures in ten on time, on every line.', '每条线路九成以上的班次准点。'),
      },
      kpis: [
        {
          kpiId: 'bus-punctuality',
          name: both('Departures on time', '公交准点率'),
          description: both(
            'Departures at most five minutes late, of all lines.',
            '全部线路晚点不超过五分钟的班次占比。',
          ),
          direction: 'up',
          measure: punctuality('*'),
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'short',
          weight: 40,
          limitations: telemetry,
          baseline: 82,
          target: { value: 90 },
        },
        {
          kpiId: 'bus-punctuality-night',
          name: both('Departures on time, night line', '夜班公交准点率'),
          description: both('The line with the most complaints.', '投诉最多的线路。'),
          direction: 'up',
          measure: punctuality('night-n3'),
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'short',
          weight: 20,
          limitations: telemetry,
          baseline: 77,
          target: { value: 86 },
        },
        {
          kpiId: 'bus-punctuality-year',
          name: both('Departures on time, fiscal year', '财年公交准点率'),
          description: both('The figure in the service contract.', '服务合同中约定的指标。'),
          direction: 'up',
          measure: punctuality('*'),
          period: 'fiscal-year',
          unitOfMeasure: '%',
          decimals: 2,
          horizon: 'long',
          weight: 20,
          limitations: telemetry,
          baseline: 82,
          target: { value: 90 },
        },
        {
          kpiId: 'bus-departures',
          name: both('Departures a quarter-hour', '每刻钟公交发车数'),
          description: both(
            'Mean of a line: not fewer than ordered, not more than paid for.',
            '每条线路的平均值：不少于合同约定，也不超出预算。',
          ),
          direction: 'range',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/bus/departures/*'] },
          period: 'month',
          unitOfMeasure: '{departures}',
          decimals: 2,
          horizon: 'short',
          weight: 20,
          limitations: telemetry,
          baseline: 9.5,
          target: { range: { low: 9.2, high: 10.2, tolerance: 0.4 } },
        },
      ],
    },
    {
      unitId: 'metro-and-cycling',
      name: both('Metro and Cycling', '地铁与骑行处'),
      ownerId: 'owner-metro',
      goal: {
        goalId: 'room-to-move',
        name: both('Room to move', '出行有空间'),
        description: both('Less crowding below ground, more bicycles above.', '地下少拥挤，地上多骑行。'),
      },
      kpis: [
        {
          kpiId: 'metro-crowding',
          name: both('Platform crowding, monthly mean', '站台拥挤度月均值'),
          description: both('100 % is every marked place taken.', '100 % 表示所有候车位均被占用。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/metro/crowding/*'] },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'long',
          weight: 35,
          limitations: both('Cameras count heads; children are often missed.', '摄像头按头部计数，儿童常被漏计。'),
          baseline: 51,
          target: { value: 47 },
        },
        {
          kpiId: 'metro-crowding-above-90',
          name: both('Quarter-hours above 90 % crowding', '拥挤度超过 90 % 的时段占比'),
          description: both('Share of all platform quarter-hours.', '占全部站台时段数的比例。'),
          direction: 'down',
          measure: { kind: 'share', comparison: 'above', threshold: 90, series: ['city/metro/crowding/*'] },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'short',
          weight: 30,
          limitations: both('Cameras count heads; children are often missed.', '摄像头按头部计数，儿童常被漏计。'),
          baseline: 9,
          target: { value: 6 },
        },
        {
          kpiId: 'bike-traffic',
          name: both('Bicycles an hour', '每小时自行车流量'),
          description: both('Mean of an hour at a counter, of eight counters.', '八个计数点的小时平均。'),
          direction: 'up',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/bike/count/*'] },
          period: 'month',
          unitOfMeasure: '{bicycles}/h',
          decimals: 0,
          horizon: 'long',
          weight: 35,
          limitations: both('A silent counter looks like fewer bicycles.', '计数器离线会显得骑行量下降。'),
          baseline: 90,
          target: { value: 130 },
        },
      ],
    },
  ],
};
