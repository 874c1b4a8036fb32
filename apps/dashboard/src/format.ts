import { type Language } from './language.js';
import { timeZone } from './time-zone.js';
import { unitInWords } from './unit-words.js';
import { type PeriodRange } from './wire.js';

/** Between a figure and its unit and inside a date, so that no line ends there. */
const NO_BREAK_SPACE = '\u00a0';
const RANGE_DASH = '\u2013';

/** Units that data suppliers write in ASCII, as people read them. */
const UNIT_SYMBOLS: Readonly<Record<string, string>> = {
  percent: '%',
  'ug/m3': 'µg/m³',
  'mg/m3': 'mg/m³',
  degC: '°C',
  m2: 'm²',
  m3: 'm³',
  Cel: '°C',
  '[degF]': '°F',
  '[pH]': 'pH',
};

/** Dates in English day first: the month is a word, so nobody can misread it, and no country's habit is favoured. */
const DATE_LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', 'zh-CN': 'zh-CN' };

const symbolOf = (unit: string): string | undefined =>
  Object.hasOwn(UNIT_SYMBOLS, unit) ? UNIT_SYMBOLS[unit] : undefined;

/**
 * The unit as people read it, in their language as far as it is a word; the empty string for a bare count. `digits` is the
 * figure beside it, for "1 day".
 */
export function unitSymbol(unitOfMeasure: string, language: Language, digits = ''): string {
  if (unitOfMeasure === '1') return '';
  return symbolOf(unitOfMeasure) ?? unitInWords(unitOfMeasure, language, digits, (part) => symbolOf(part) ?? part);
}

/** A figure with exactly `decimals` decimals in the reader's digits grouping. Minus zero is written as zero. */
export function formatNumber(value: number, decimals: number, language: Language): string {
  const shown = Number(value.toFixed(decimals)) === 0 ? 0 : value;
  return new Intl.NumberFormat(language, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(shown);
}

/** A figure with its unit, kept on one line. */
export function formatFigure(value: number, decimals: number, unitOfMeasure: string, language: Language): string {
  const digits = formatNumber(value, decimals, language);
  const symbol = unitSymbol(unitOfMeasure, language, digits);
  if (symbol === '') return digits;
  return symbol === '%' ? `${digits}%` : `${digits}${NO_BREAK_SPACE}${symbol}`;
}

/** A quantity that is already in percent, for example a completeness of 98.4. */
export function formatPercent(percent: number, language: Language): string {
  return `${formatNumber(percent, percent % 1 === 0 ? 0 : 1, language)}%`;
}

/** A number of unknown kind (a formula's input), with no more digits than it has. */
export function formatPlain(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 8 }).format(value);
}

/** A calendar date `YYYY-MM-DD`; a text that is none is returned as it came. */
export function formatDate(date: string, language: Language): string {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return date;
  const month = language === 'en' ? 'short' : 'long';
  const text = new Intl.DateTimeFormat(DATE_LOCALES[language], {
    day: 'numeric',
    month,
    year: 'numeric',
    timeZone: 'UTC',
  }).format(instant);
  return text.replaceAll(' ', NO_BREAK_SPACE);
}

/** An instant in the organisation's time zone, which is named. */
export function formatInstant(instant: string, language: Language, zone = timeZone()): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return new Intl.DateTimeFormat(DATE_LOCALES[language], {
    day: 'numeric',
    month: language === 'en' ? 'short' : 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone: zone,
  }).format(date);
}

/** Only the time of day in the organisation's time zone, for "updated at". */
export function formatTime(at_ms: number, language: Language, zone = timeZone()): string {
  const options = { timeStyle: 'medium', hourCycle: 'h23', timeZone: zone } as const;
  return new Intl.DateTimeFormat(DATE_LOCALES[language], options).format(at_ms);
}

type LabelParts = Pick<PeriodRange, 'period' | 'label'>;
const CHINESE_QUARTERS = ['一', '二', '三', '四'];

/** A period in words: `2026-11` is November 2026, `2026-Q4` is Q4 2026, `FY2026` stays `FY2026` in English. */
export function formatPeriod(range: LabelParts, language: Language): string {
  const year = /\d{4}/.exec(range.label)?.[0] ?? range.label;
  const quarter = Number(/Q([1-4])$/.exec(range.label)?.[1]);
  if (range.period === 'month') return formatMonth(range.label, language);
  if (language === 'en') {
    if (range.period === 'quarter') return `Q${quarter}${NO_BREAK_SPACE}${year}`;
    return range.period === 'fiscal-year' ? `FY${year}` : year;
  }
  if (range.period === 'quarter') return `${year}年第${CHINESE_QUARTERS[quarter - 1] ?? quarter}季度`;
  return range.period === 'fiscal-year' ? `${year}财政年度` : `${year}年`;
}

/** A period of which only the label is known (a review's): its kind is read from the label's form. */
export function formatPeriodLabel(label: string, language: Language): string {
  if (/^\d{4}-\d{2}$/.test(label)) return formatPeriod({ period: 'month', label }, language);
  if (/^\d{4}-Q[1-4]$/.test(label)) return formatPeriod({ period: 'quarter', label }, language);
  if (/^FY\d{4}$/.test(label)) return formatPeriod({ period: 'fiscal-year', label }, language);
  return /^\d{4}$/.test(label) ? formatPeriod({ period: 'year', label }, language) : label;
}

function formatMonth(label: string, language: Language): string {
  const first = new Date(`${label}-01T00:00:00Z`);
  if (Number.isNaN(first.getTime())) return label;
  return new Intl.DateTimeFormat(DATE_LOCALES[language], { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    first,
  );
}

/** Two figures as a range, `40–60`; negative bounds are spelled with a wide dash so that it does not read as a minus. */
export function formatRange(low: number, high: number, decimals: number, language: Language): string {
  const dash = low < 0 || high < 0 ? ` ${RANGE_DASH} ` : RANGE_DASH;
  return `${formatNumber(low, decimals, language)}${dash}${formatNumber(high, decimals, language)}`;
}
