import { describe, expect, it } from '@jest/globals';
import { anna } from '../testing/examples.js';
import { DomainError, type DomainProblem } from '../errors.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type SeriesDefinition } from './series.events.js';
import { type SeriesCommand, seriesDecider, seriesStream } from './series.js';

const { given, after } = scenario(seriesDecider);
const definition: SeriesDefinition = {
  seriesKey: 'environment/air/pm25/station-3',
  sourceId: 'air-network',
  name: { en: 'PM2.5 at station 3' },
  unitOfMeasure: 'ug/m3',
  physicalRange: { min: 0, max: 1_000 },
  expectedInterval_ms: 3_600_000,
  timeWindow: { maxAge_ms: 86_400_000, maxAhead_ms: 0 },
  csv: {
    time: { column: 'time', format: 'local' },
    timeZone: 'Asia/Shanghai',
    valueColumn: 'pm25',
    where: { station: '3' },
  },
};
const register: SeriesCommand = { type: 'RegisterSeries', actor: anna, ...definition };
const change: SeriesCommand = { ...register, type: 'ChangeSeries', physicalRange: { max: 500 } };
const retire: SeriesCommand = { type: 'RetireSeries', actor: anna, seriesKey: definition.seriesKey };

describe('series', () => {
  it('is registered once, with everything it is judged by', () => {
    expect(given().when(register)).toEqual(decided({ type: 'SeriesRegistered', data: definition }));
    expect(after(register).when({ ...register })).toEqual(decided());
    expect(after(register).when({ ...register, unitOfMeasure: 'mg/m3' })).toEqual(
      refused('conflict', 'SERIES.ALREADY_REGISTERED'),
    );
    expect(seriesStream(definition.seriesKey)).toBe('series-environment/air/pm25/station-3');
  });

  it('changes as a whole, but stays with its source', () => {
    expect(after(register).when(change)).toMatchObject({ events: [{ type: 'SeriesChanged' }] });
    expect(after(register, change).when(change)).toEqual(decided());
    expect(after(register).when({ ...change, sourceId: 'other' })).toEqual(refused('conflict', 'SERIES.OTHER_SOURCE'));
    expect(given().when(change)).toEqual(refused('not-found', 'SERIES.UNKNOWN'));
  });

  it('is retired once, and then refuses everything', () => {
    expect(after(register, retire).when(retire)).toEqual(decided());
    expect(after(register, retire).when(change)).toEqual(refused('conflict', 'SERIES.RETIRED'));
    expect(after(register, retire).when(register)).toEqual(refused('conflict', 'SERIES.RETIRED'));
  });

  it('leaves out what is undefined, so that it looks the same after JSON', () => {
    const bare = { ...register, physicalRange: { min: 0, max: undefined }, csv: undefined, timeWindow: undefined };
    const { events } = after(bare);
    expect(JSON.parse(JSON.stringify(events))).toStrictEqual(events);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a key with a star', { seriesKey: 'air/*' }, 'seriesKey'],
    ['a key of 129 characters', { seriesKey: 'a'.repeat(129) }, 'seriesKey'],
    ['no unit of measure', { unitOfMeasure: ' ' }, 'unitOfMeasure'],
    ['an upside-down range', { physicalRange: { min: 2, max: 1 } }, 'physicalRange'],
    ['an empty range', { physicalRange: {} }, 'physicalRange'],
    ['a range without end', { physicalRange: { max: Number.POSITIVE_INFINITY } }, 'physicalRange.max'],
    ['a misspelt bound', { physicalRange: { min: 0, maximum: 9 } }, 'physicalRange.maximum'],
    ['an interval of nothing', { expectedInterval_ms: 0 }, 'expectedInterval_ms'],
    ['a negative window', { timeWindow: { maxAge_ms: -1 } }, 'timeWindow.maxAge_ms'],
    ['a CSV time zone that is none', { csv: { ...definition.csv, timeZone: 'Nowhere' } }, 'csv.timeZone'],
    ['a CSV mapping without time', { csv: { valueColumn: 'v' } }, 'csv.time'],
    [
      'a CSV time in an unknown format',
      { csv: { time: { column: 't', format: 'us' }, valueColumn: 'v' } },
      'csv.time.format',
    ],
    [
      'a value in the time column',
      { csv: { time: { column: 't', format: 'local' }, valueColumn: 't' } },
      'csv.valueColumn',
    ],
    ['a date without its day', { csv: { time: { year: 'y', month: 'm' }, valueColumn: 'v' } }, 'csv.time.day'],
    ['one column for two parts', { csv: { time: { year: 'y', month: 'y', day: 'd' }, valueColumn: 'v' } }, 'csv.time'],
    [
      'minutes without hours',
      { csv: { time: { year: 'y', month: 'm', day: 'd', minute: 'n' }, valueColumn: 'v' } },
      'csv.time.hour',
    ],
    ['a row choice by a number', { csv: { ...definition.csv, where: { station: 3 } } }, 'csv.where.station'],
  ])('refuses %s', (_what, part, where) => {
    expect(given().when({ ...register, ...part } as SeriesCommand)).toEqual(
      refused('invalid', 'SERIES.INVALID', where),
    );
  });

  it.each([undefined, 'when'])('says how the time of a CSV mapping is written when it is %p', (time) => {
    const command = { ...register, csv: { time, valueColumn: 'v' } } as unknown as SeriesCommand;
    let problems: readonly DomainProblem[] = [];
    try {
      seriesDecider.decide(command, seriesDecider.initialState);
    } catch (error) {
      if (error instanceof DomainError) problems = error.problems;
    }
    expect(problems).toEqual([{ where: 'csv.time', what: expect.stringMatching(/"column":.*"year":/) }]);
  });
});
