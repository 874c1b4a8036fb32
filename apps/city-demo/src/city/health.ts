import { both, type CityDomain, DAY_MS, HOUR_MS, type Sensor } from './city-model.js';
import { EMERGENCY_ROOM, FLAT } from './day-profiles.js';

const SOURCE = 'health-systems';

const HOSPITALS = [
  ['general', 'General Hospital', '总医院'],
  ['st-anna', 'St Anna', '圣安娜医院'],
  ['eastside', 'Eastside', '城东医院'],
  ['childrens', "Children's", '儿童医院'],
] as const;
const DISTRICTS = [
  ['centre', 'Centre', '中心区'],
  ['east', 'East', '东区'],
  ['south', 'South', '南区'],
  ['hills', 'Hills', '山区'],
] as const;

function hospitalSensors([id, en, chinese]: (typeof HOSPITALS)[number], index: number): Sensor[] {
  const attendances = `city/emergency/attendances/${id}`;
  const common = { sourceId: SOURCE, interval_ms: HOUR_MS };
  const season = { share: 0.1, peak: 'coldest' } as const;
  return [
    {
      ...common,
      seriesKey: attendances,
      name: both(`Emergency attendances, ${en}`, `${chinese}急诊人次`),
      unitOfMeasure: '{patients}',
      faults: { correction: { perDay: 0.03, hours: 24 } },
      signal: {
        base: 14 - 2 * index,
        trendPerYear: 0.02,
        season,
        day: EMERGENCY_ROOM,
        weekend: 1.06,
        wander: 0.05,
        noise: 0.12,
        min: 0,
        max: 400,
        decimals: 0,
      },
    },
    {
      ...common,
      seriesKey: `city/emergency/breaches/${id}`,
      name: both(`Waits over four hours, ${en}`, `${chinese}急诊等候超四小时人次`),
      unitOfMeasure: '{patients}',
      faults: index === 1 ? { lateness: { perDay: 0.1, hours: 48 } } : {},
      partOf: attendances,
      signal: {
        base: 0.14 + 0.03 * index,
        trendPerYear: -0.07,
        season: { share: 0.35, peak: 'coldest' },
        day: EMERGENCY_ROOM.map((hour) => 0.6 + hour * 0.4),
        weekend: 1.1,
        wander: 0.2,
        noise: 0.25,
        min: 0,
        max: 1,
        decimals: 0,
      },
    },
    {
      ...common,
      seriesKey: `city/emergency/wait/${id}`,
      name: both(`Wait for a doctor, ${en}`, `${chinese}急诊候诊时间`),
      unitOfMeasure: 'min',
      faults: index === 2 ? { impossible: { perDay: 0.05, value: 99_999 } } : {},
      signal: {
        base: 62 + 8 * index,
        trendPerYear: -0.06,
        season: { share: 0.18, peak: 'coldest' },
        day: EMERGENCY_ROOM.map((hour) => 0.6 + hour * 0.4),
        weekend: 1.08,
        wander: 0.15,
        noise: 0.12,
        min: 1,
        max: 900,
        decimals: 0,
      },
    },
  ];
}

function districtSensors([id, en, chinese]: (typeof DISTRICTS)[number], index: number): Sensor[] {
  const common = { sourceId: SOURCE, interval_ms: DAY_MS, faults: {} };
  return [
    {
      ...common,
      seriesKey: `city/vaccination/doses/${id}`,
      name: both(`Doses given, ${en}`, `${chinese}接种剂次`),
      unitOfMeasure: '{doses}',
      signal: {
        base: 210 + 40 * index,
        trendPerYear: 0.08,
        season: { share: 0.5, peak: 'coldest' },
        day: FLAT,
        weekend: 0.25,
        wander: 0.1,
        noise: 0.1,
        min: 0,
        max: 20_000,
        decimals: 0,
      },
    },
    {
      ...common,
      seriesKey: `city/vaccination/coverage/${id}`,
      name: both(`Vaccination coverage, ${en}`, `${chinese}疫苗接种率`),
      unitOfMeasure: '%',
      signal: {
        base: 74 - 2 * index,
        trendPerYear: 0.05,
        day: FLAT,
        weekend: 1,
        wander: 0.002,
        noise: 0.001,
        min: 0,
        max: 100,
        decimals: 2,
      },
    },
  ];
}

const appointmentSensor = ([id, en, chinese]: (typeof DISTRICTS)[number], index: number): Sensor => ({
  seriesKey: `city/vaccination/appointment-wait/${id}`,
  sourceId: SOURCE,
  name: both(`Wait for an appointment, ${en}`, `${chinese}预约等候天数`),
  unitOfMeasure: 'd',
  interval_ms: DAY_MS,
  faults: index === 3 ? { sticking: { perDay: 0.01, hours: 240 } } : {},
  signal: {
    base: 9 + index,
    trendPerYear: -0.12,
    day: FLAT,
    weekend: 1,
    wander: 0.1,
    noise: 0.05,
    min: 0,
    max: 365,
    decimals: 1,
  },
});

const registers = both('Hospitals correct their registers for some days.', '医院登记数据会在数日内更正。');
const residents = both('Residents vaccinated elsewhere are unknown here.', '在外地接种的居民未计入。');

/** Emergency care and vaccination. */
export const health: CityDomain = {
  source: { sourceId: SOURCE, name: both('Health systems', '卫生信息系统') },
  sensors: [
    ...HOSPITALS.flatMap(hospitalSensors),
    ...DISTRICTS.flatMap(districtSensors),
    ...DISTRICTS.map(appointmentSensor),
  ],
  units: [
    {
      unitId: 'emergency-care',
      name: both('Emergency Care', '急诊服务处'),
      ownerId: 'owner-emergency',
      goal: {
        goalId: 'seen-in-time',
        name: both('Seen in time', '及时救治'),
        description: both(
          'Ninety-five of a hundred patients leave the emergency room within four hours.',
          '百分之九十五的急诊患者在四小时内完成诊治。',
        ),
      },
      kpis: [
        {
          kpiId: 'four-hour-performance',
          name: both('Seen within four hours', '四小时内完成诊治比例'),
          description: both('100 × (1 − waits over four hours / attendances).', '100 ×（1 − 超时人次 / 急诊人次）。'),
          direction: 'up',
          measure: {
            kind: 'ratio',
            numerator: { statistic: 'sum', series: ['city/emergency/breaches/*'] },
            denominator: { statistic: 'sum', series: ['city/emergency/attendances/*'] },
            scale: 100,
            complement: true,
          },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'long',
          weight: 40,
          limitations: registers,
          baseline: 80,
          target: { value: 95 },
        },
        {
          kpiId: 'emergency-wait',
          name: both('Wait for a doctor, monthly mean', '急诊候诊时间月均值'),
          description: both('Mean of the hourly waits of four hospitals.', '四家医院每小时候诊时间的平均。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/emergency/wait/*'] },
          period: 'month',
          unitOfMeasure: 'min',
          decimals: 0,
          horizon: 'short',
          weight: 30,
          limitations: registers,
          baseline: 74,
          target: { value: 55 },
        },
        {
          kpiId: 'emergency-wait-p90',
          name: both('Wait of the unluckiest tenth', '候诊时间第 90 百分位'),
          description: both('90th percentile of the hourly waits.', '每小时候诊时间的第 90 百分位数。'),
          direction: 'down',
          measure: { kind: 'percentile', percentile: 90, series: ['city/emergency/wait/*'] },
          period: 'quarter',
          unitOfMeasure: 'min',
          decimals: 0,
          horizon: 'short',
          weight: 30,
          limitations: registers,
          baseline: 110,
          target: { value: 80 },
        },
      ],
    },
    {
      unitId: 'public-health',
      name: both('Public Health', '公共卫生处'),
      ownerId: 'owner-public-health',
      goal: {
        goalId: 'protected-city',
        name: both('A protected city', '受保护的城市'),
        description: both('Vaccination for everyone who wants it, within a week.', '让每位居民一周内可以接种。'),
      },
      kpis: [
        {
          kpiId: 'vaccination-coverage',
          name: both('Vaccination coverage, weakest district', '最低区疫苗接种率'),
          description: both('Latest daily figure of the Hills district.', '山区的最新每日数据。'),
          direction: 'up',
          measure: { kind: 'statistic', statistic: 'last', series: ['city/vaccination/coverage/hills'] },
          period: 'month',
          unitOfMeasure: '%',
          decimals: 1,
          horizon: 'long',
          weight: 40,
          limitations: residents,
          baseline: 68,
          target: { value: 80 },
        },
        {
          kpiId: 'vaccination-doses',
          name: both('Doses a day', '每日接种剂次'),
          description: both('Mean of a day in a district, of four districts.', '四个区的日平均。'),
          direction: 'up',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/vaccination/doses/*'] },
          period: 'quarter',
          unitOfMeasure: '{doses}/d',
          decimals: 0,
          horizon: 'short',
          weight: 30,
          limitations: residents,
          baseline: 210,
          target: { value: 280 },
        },
        {
          kpiId: 'appointment-wait',
          name: both('Wait for an appointment', '预约等候天数'),
          description: both('Mean of the daily figures of four districts.', '四个区每日数据的平均。'),
          direction: 'down',
          measure: { kind: 'statistic', statistic: 'mean', series: ['city/vaccination/appointment-wait/*'] },
          period: 'month',
          unitOfMeasure: 'd',
          decimals: 1,
          horizon: 'short',
          weight: 30,
          limitations: residents,
          baseline: 10.5,
          target: { value: 7 },
        },
      ],
    },
  ],
};
