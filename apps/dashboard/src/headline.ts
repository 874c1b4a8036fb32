import { formatDate, formatFigure, formatNumber, formatPeriod, formatRange, unitSymbol } from './format.js';
import { type Language } from './language.js';
import { type Messages } from './messages-en.js';
import { type Direction, type KpiPeriodValue, type KpiSummary, type Target } from './wire.js';

/** What the sentences need to know of a KPI. */
export interface FigureStyle {
  readonly unitOfMeasure: string;
  readonly decimals: number;
  readonly direction: Direction;
}

/** Texts and language always travel together. */
export interface Speech {
  readonly messages: Messages;
  readonly language: Language;
}

/** A figure with its unit, or "no data": there is never a zero, a dash or an old figure in place of a missing one. */
export function figureText(value: number | null, style: FigureStyle, { messages, language }: Speech): string {
  return value === null ? messages.noValue : formatFigure(value, style.decimals, style.unitOfMeasure, language);
}

/** Whether a period's value may stand as the headline figure: a stale one may not, whatever the badge beside it says. */
export function isCurrent(current: KpiPeriodValue): boolean {
  return current.value !== null && current.status !== 'no-data';
}

/** The headline figure of a KPI: its value, or "no data" where there is no valid, fresh one. */
export function currentFigureText(current: KpiPeriodValue, style: FigureStyle, speech: Speech): string {
  return figureText(isCurrent(current) ? current.value : null, style, speech);
}

/** A target in words: "at most 35.0 µg/m³ by 31 Dec 2027". */
export function targetText(target: Target | null, style: FigureStyle, { messages, language }: Speech): string {
  const date = target === null ? '' : formatDate(target.date, language);
  if (target?.range !== undefined) return messages.targetWithin(rangeText(target.range, style, language), date);
  if (target?.value === undefined) return messages.noTarget;
  const figure = formatFigure(target.value, decimalsFor(target.value, style.decimals), style.unitOfMeasure, language);
  return style.direction === 'down' ? messages.targetAtMost(figure, date) : messages.targetAtLeast(figure, date);
}

/**
 * The page's headline: what the figure is, for which period, and what it means for the target. The figure of a draft or
 * retired KPI is told and not judged.
 */
export function headline(
  name: string,
  current: KpiPeriodValue,
  style: FigureStyle & { readonly lifecycle?: KpiSummary['lifecycle'] },
  speech: Speech,
): string {
  const { messages, language } = speech;
  const period = formatPeriod(current.period, language);
  if (!isCurrent(current)) return messages.headlineEnd(messages.headlineNoData(name, period));
  const figure = figureText(current.value, style, speech);
  const lead = current.running
    ? messages.headlineRunning(name, figure, period)
    : messages.headlineValue(name, figure, period);
  if (style.lifecycle === 'draft' || style.lifecycle === 'retired') return messages.headlineEnd(lead);
  const target = targetText(current.target, style, speech);
  switch (current.status) {
    case 'on-track':
      return messages.headlineOnTrack(lead, target);
    case 'at-risk':
      return messages.headlineAtRisk(lead, target);
    case 'off-track':
      return messages.headlineOffTrack(lead, target);
    case 'no-target':
      return messages.headlineNoTarget(lead);
    case 'no-data':
    case 'running':
      return messages.headlineEnd(lead);
  }
}

/** Why the status is what it is, in one sentence; the empty string where the headline has said all. */
export function statusReason(current: KpiPeriodValue, style: FigureStyle, speech: Speech): string {
  const { messages, language } = speech;
  if (!isCurrent(current))
    return current.observations === 0
      ? messages.reasonNoObservations
      : messages.reasonNotValid(formatNumber(current.observations, 0, language));
  if (current.status === 'no-target') return messages.reasonNoTarget;
  if (current.status === 'running') return messages.reasonRunning;
  const range = current.target?.range;
  if (range !== undefined) {
    const tolerance = messages.tolerance(figureText(range.tolerance, style, speech));
    return messages.reasonWithin(rangeText(range, style, language), tolerance);
  }
  if (current.expected === null) return '';
  const expected = figureText(current.expected, style, speech);
  return style.direction === 'down'
    ? messages.reasonExpectedAtMost(expected)
    : messages.reasonExpectedAtLeast(expected);
}

function rangeText(range: NonNullable<Target['range']>, style: FigureStyle, language: Language): string {
  const symbol = unitSymbol(style.unitOfMeasure, language);
  const bounds = formatRange(range.low, range.high, style.decimals, language);
  return symbol === '%' || symbol === '' ? `${bounds}${symbol}` : `${bounds}\u00a0${symbol}`;
}

/** A target of 37.25 must not be shown as 37 because the KPI shows no decimals: it would look met when it is not. */
function decimalsFor(value: number, decimals: number): number {
  return Math.max(decimals, Math.min(6, (String(value).split('.')[1] ?? '').length));
}
