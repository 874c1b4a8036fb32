import { describe, expect, it } from '@jest/globals';
import { currentFigureText, figureText, headline, type Speech, statusReason, targetText } from '../src/headline.js';
import { MESSAGES } from '../src/messages.js';
import { type KpiPeriodValue } from '../src/wire.js';

const english: Speech = { messages: MESSAGES.en, language: 'en' };
const chinese: Speech = { messages: MESSAGES['zh-CN'], language: 'zh-CN' };
const particles = { unitOfMeasure: 'ug/m3', decimals: 1, direction: 'down' as const };
const november: KpiPeriodValue = {
  period: { period: 'month', label: '2026-11', startsOn: '2026-11-01', endsOn: '2026-11-30' },
  value: 41.23,
  observations: 8640,
  completeness_percent: 99,
  lastObservedAt: '2026-11-24T10:00:00.000Z',
  target: { value: 35, date: '2027-12-31' },
  expected: 38,
  attainment_percent: 40,
  status: 'at-risk',
  running: true,
};
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the headline', () => {
  it('says what the figure is and what it means, in both languages', () => {
    expect(plain(headline('PM2.5', november, particles, english))).toBe(
      'PM2.5 is 41.2 µg/m³ so far in November 2026: the target (at most 35.0 µg/m³ by 31 Dec 2027) is at risk.',
    );
    expect(plain(headline('PM2.5', november, particles, chinese))).toBe(
      '2026年11月至今，PM2.5为 41.2 µg/m³，目标有无法完成的风险（2027年12月31日前不高于 35.0 µg/m³）。',
    );
  });

  it('speaks of a closed period in the past', () => {
    const closed = { ...november, running: false, status: 'on-track' as const };
    expect(headline('PM2.5', closed, particles, english)).toContain('was 41.2');
  });

  it('puts "no data" in the place of the figure', () => {
    const silent = { ...november, value: null, observations: 0, status: 'no-data' as const };
    expect(headline('PM2.5', silent, particles, english)).toBe('PM2.5: no valid data for November 2026.');
    expect(statusReason(silent, particles, english)).toBe('No observation of this period is in the log.');
    expect(statusReason({ ...silent, observations: 3 }, particles, english)).toContain('3 observations');
    expect(figureText(null, particles, chinese)).toBe('无数据');
  });

  it('does not show a stale figure, although there is one', () => {
    const stale = { ...november, status: 'no-data' as const };
    expect(headline('PM2.5', stale, particles, english)).toBe('PM2.5: no valid data for November 2026.');
    expect(currentFigureText(stale, particles, english)).toBe('No data');
    expect(currentFigureText(november, particles, english)).toContain('41.2');
  });

  it('tells the figure of a draft or retired KPI and does not judge it', () => {
    for (const lifecycle of ['draft', 'retired'] as const) {
      const text = plain(headline('PM2.5', november, { ...particles, lifecycle }, english));
      expect(text).toBe('PM2.5 is 41.2 µg/m³ so far in November 2026.');
    }
  });

  it('does not judge a figure that still accumulates', () => {
    const running = { ...november, status: 'running' as const, attainment_percent: null };
    expect(plain(headline('Accidents', running, particles, english))).toBe(
      'Accidents is 41.2 µg/m³ so far in November 2026.',
    );
    expect(statusReason(running, particles, english)).toContain('when the period is over');
    expect(statusReason(running, particles, chinese)).toContain('期末');
  });

  it('does not judge without a target', () => {
    const free = { ...november, target: null, expected: null, status: 'no-target' as const };
    expect(headline('PM2.5', free, particles, english)).toMatch(/No target is in force\.$/);
  });
});

describe('targets and reasons', () => {
  it('say "at most" where lower is better and "at least" where higher is', () => {
    expect(plain(statusReason(november, particles, english))).toContain('at most 38.0 µg/m³');
    expect(plain(targetText(november.target, { ...particles, direction: 'up' }, english))).toContain('at least 35.0');
  });

  it('do not round a target until it looks met', () => {
    const whole = { unitOfMeasure: '%', decimals: 0, direction: 'up' as const };
    expect(targetText({ value: 92.5, date: '2027-12-31' }, whole, english)).toContain('92.5%');
  });

  it('name both bounds of a range', () => {
    const range = { range: { low: 6.8, high: 7.6, tolerance: 0.4 }, date: '2027-12-31' };
    const acidity = { unitOfMeasure: 'pH', decimals: 1, direction: 'range' as const };
    expect(plain(targetText(range, acidity, english))).toBe('6.8–7.6 pH until 31 Dec 2027');
    expect(plain(statusReason({ ...november, target: range }, acidity, english))).toBe(
      'The target range is 6.8–7.6 pH (tolerance 0.4 pH).',
    );
  });
});
