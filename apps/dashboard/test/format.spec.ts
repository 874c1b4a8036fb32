import { describe, expect, it } from '@jest/globals';
import {
  formatDate,
  formatFigure,
  formatInstant,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatPeriodLabel,
  formatRange,
  formatTime,
} from '../src/format.js';
import { timeZone, useTimeZone } from '../src/time-zone.js';

describe('figures', () => {
  it('keep their decimals, group their digits and stay with their unit', () => {
    expect(formatFigure(1234.5, 2, 'ug/m3', 'en')).toBe('1,234.50\u00a0µg/m³');
    expect(formatFigure(93.25, 1, '%', 'zh-CN')).toBe('93.3%');
    expect(formatFigure(12, 0, '1', 'en')).toBe('12');
    expect(formatFigure(12, 0, 'trips', 'en')).toBe('12\u00a0trips');
    expect(formatFigure(9, 0, 'd', 'en')).toBe('9\u00a0days');
    expect(formatFigure(1, 0, 'd', 'en')).toBe('1\u00a0day');
    expect(formatFigure(9, 0, 'kWh', 'en')).toBe('9\u00a0kWh');
    expect(formatFigure(9, 0, '{doses}/d', 'en')).toBe('9\u00a0doses/day');
    expect(formatFigure(79, 0, '{bicycles}/h', 'en')).toBe('79\u00a0bicycles/h');
  });

  it.each([
    ['d', '1 day', '2 days', '2 天'],
    ['{doses}', '1 dose', '2 doses', '2 剂'],
    ['complaint', '1 complaint', '2 complaints', '2 件投诉'],
    ['Complaints', '1 complaint', '2 complaints', '2 件投诉'],
    ['people', '1 person', '2 people', '2 人'],
    ['h', '1 h', '2 h', '2 小时'],
    ['min', '1 min', '2 min', '2 分钟'],
    ['{doses}/d', '1 dose/day', '2 doses/day', '2 剂/天'],
    ['{bicycles}/h', '1 bicycle/h', '2 bicycles/h', '2 辆自行车/小时'],
    ['{complaints}/{resident}', '1 complaint/resident', '2 complaints/resident', '2 件投诉/名居民'],
    ['m3/d', '1 m³/day', '2 m³/day', '2 m³/天'],
    ['km/h', '1 km/h', '2 km/h', '2 km/h'],
    ['ug/m3', '1 µg/m³', '2 µg/m³', '2 µg/m³'],
    ['Cel', '1 °C', '2 °C', '2 °C'],
    ['A', '1 A', '2 A', '2 A'],
    // Unknown words are shown as they were registered, also where they are names of an object's own members.
    ['{library loans}', '1 library loans', '2 library loans', '2 library loans'],
    ['{widgets}/mo', '1 widgets/month', '2 widgets/month', '2 widgets/月'],
    ['constructor', '1 constructor', '2 constructor', '2 constructor'],
  ])('have their unit %s in words', (unit, one, many, chinese) => {
    const plain = (text: string) => text.replaceAll('\u00a0', ' ');
    expect(plain(formatFigure(1, 0, unit, 'en'))).toBe(one);
    expect(plain(formatFigure(2, 0, unit, 'en'))).toBe(many);
    expect(plain(formatFigure(2, 0, unit, 'zh-CN'))).toBe(chinese);
  });

  it('never show a minus before zero', () => {
    expect(formatNumber(-0, 1, 'en')).toBe('0.0');
    expect(formatNumber(-0.04, 1, 'en')).toBe('0.0');
    expect(formatNumber(-0.06, 1, 'en')).toBe('-0.1');
  });

  it('spell a range with negative bounds so that it is no minus sign', () => {
    expect(formatRange(6.5, 8, 1, 'en')).toBe('6.5–8.0');
    expect(formatRange(-2, 4, 0, 'en')).toBe('-2 – 4');
  });

  it('show percentages without needless decimals', () => {
    expect(formatPercent(100, 'en')).toBe('100%');
    expect(formatPercent(98.44, 'en')).toBe('98.4%');
    expect(formatPercent(3.7, 'en')).toBe('3.7%');
    expect(formatPercent(0.04, 'en')).toBe('0.0%');
  });
});

describe('dates and periods', () => {
  it('read the same calendar day in every time zone', () => {
    expect(formatDate('2026-12-31', 'en')).toBe('31\u00a0Dec\u00a02026');
    expect(formatDate('2026-12-31', 'zh-CN')).toBe('2026年12月31日');
    expect(formatDate('soon', 'en')).toBe('soon');
  });

  it('name the time zone of an instant', () => {
    const text = formatInstant('2026-11-24T16:30:00.000Z', 'en', 'Asia/Shanghai');
    expect(text).toContain('25 Nov 2026');
    expect(text).toContain('00:30');
    expect(text).toContain('GMT+8');
  });

  it('show times in the zone of the organisation once it is known, and in UTC until then', () => {
    const noon = '2026-11-24T12:00:00.000Z';
    expect(formatInstant(noon, 'en')).toMatch(/12:00.*UTC/);
    useTimeZone('Europe/Zurich');
    expect(formatInstant(noon, 'en')).toMatch(/13:00/);
    expect(formatTime(Date.parse(noon), 'en')).toBe('13:00:00');
    for (const unknown of ['Nowhere/At_All', undefined, 7]) {
      useTimeZone(unknown);
      expect(timeZone()).toBe('UTC');
    }
  });

  it.each([
    ['2026-11', 'November 2026', '2026年11月'],
    ['2026-Q4', 'Q4\u00a02026', '2026年第四季度'],
    ['2026', '2026', '2026年'],
    ['FY2026', 'FY2026', '2026财政年度'],
    ['something else', 'something else', 'something else'],
  ])('puts the period %s into words', (label, english, chinese) => {
    expect(formatPeriodLabel(label, 'en')).toBe(english);
    expect(formatPeriodLabel(label, 'zh-CN')).toBe(chinese);
  });

  it('keeps a month label that is none', () => {
    expect(formatPeriod({ period: 'month', label: 'x' }, 'en')).toBe('x');
  });
});
