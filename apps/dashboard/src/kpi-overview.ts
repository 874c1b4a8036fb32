import { chartFigure } from './chart-view.js';
import { h } from './dom.js';
import {
  formatDate,
  formatInstant,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatPlain,
  unitSymbol,
} from './format.js';
import {
  currentFigureText,
  figureText,
  headline,
  isCurrent,
  type Speech,
  statusReason,
  targetText,
} from './headline.js';
import { localized } from './language.js';
import { measureSeries, measureText } from './measure-words.js';
import { methodChangeWords } from './method-change-words.js';
import { textOf } from './messages.js';
import { section, type Shell } from './shell.js';
import { edgeOf, standingLabel, statusLabel } from './status-view.js';
import { facts, scrollTable } from './table-view.js';
import { type KpiDetail, type KpiPeriodValue } from './wire.js';

/** Warnings that the status or the list of proposals says already, and better. */
const SAID_ELSEWHERE = new Set(['NO_DATA', 'NO_TARGET', 'TARGET_CHANGE_OPEN']);

/** Name, headline sentence, figure, status with its reason, and what it is measured against. */
export function summarySection(page: Shell, kpi: KpiDetail): HTMLElement {
  const { messages, language } = page;
  const { current } = kpi;
  const name = localized(kpi.name, language, kpi.kpiId).text;
  return h(
    'div',
    { class: kpi.lifecycle === 'active' ? 'summary' : 'summary is-inactive', id: 'summary' },
    h('h1', {}, page.spoken(kpi.name, kpi.kpiId)),
    h('p', { class: 'headline' }, headline(name, current, kpi, page)),
    h(
      'div',
      { class: `figure-panel ${edgeOf(kpi)}` },
      h(
        'div',
        {},
        h(
          'p',
          { class: isCurrent(current) ? 'figure figure-big' : 'figure figure-none figure-big' },
          currentFigureText(current, kpi, page),
        ),
        h(
          'p',
          { class: 'period' },
          formatPeriod(current.period, language),
          current.running ? h('span', { class: 'tag' }, messages.runningLong) : null,
        ),
      ),
      h(
        'div',
        { class: 'status-block' },
        standingLabel(kpi, page),
        h(
          'p',
          { class: 'reason' },
          kpi.lifecycle === 'active' ? statusReason(current, kpi, page) : messages.notJudged[kpi.lifecycle],
        ),
      ),
      standing(page, kpi),
    ),
    warningList(page, kpi),
    targetProposals(page, kpi),
    methodProposals(page, kpi),
  );
}

function standing(page: Shell, kpi: KpiDetail): HTMLElement {
  const { messages, language } = page;
  const { current, baseline } = kpi;
  const observed = current.lastObservedAt;
  return facts([
    [messages.target, targetText(current.target, kpi, page)],
    [messages.expectedNow, current.expected === null ? messages.none : figureText(current.expected, kpi, page)],
    [messages.attainment, percentOrNone(current.attainment_percent, page)],
    [
      messages.baseline,
      baseline === null
        ? messages.noBaseline
        : messages.valueOn(figureText(baseline.value, kpi, page), formatDate(baseline.date, language)),
    ],
    [
      messages.lastObserved,
      observed === null ? messages.never : h('time', { datetime: observed }, formatInstant(observed, language)),
    ],
    [
      messages.completeness,
      current.completeness_percent === null
        ? messages.completenessUnknown
        : messages.dataComplete(formatPercent(current.completeness_percent, language)),
    ],
  ]);
}

function warningList({ messages }: Shell, kpi: KpiDetail): HTMLElement | null {
  const warnings = kpi.warnings.filter((code) => !SAID_ELSEWHERE.has(code));
  if (warnings.length === 0) return null;
  const items = warnings.map((code) =>
    h('li', {}, h('strong', {}, messages.warningLabel + messages.colon), textOf(messages.warnings, code)),
  );
  return h('ul', { class: 'warnings' }, items);
}

function targetProposals(page: Shell, kpi: KpiDetail): HTMLElement | null {
  const { messages, language } = page;
  const items = kpi.openChanges.map(({ target, effectiveFrom, proposedBy, reason }) => {
    const from = formatDate(effectiveFrom, language);
    const change = messages.proposedChange(targetText(target, kpi, page), from, proposedBy);
    return h('li', {}, h('strong', {}, change), h('br'), reason);
  });
  return proposalNotice('open-target-changes', messages.openChangesTitle, items);
}

function methodProposals(page: Shell, kpi: KpiDetail): HTMLElement | null {
  const { messages, language } = page;
  const items = kpi.openMethodChanges.map(({ method, effectiveFrom, proposedBy, reason }) => {
    const changes = methodChangeWords(method, kpi, page).map(({ field, before, after }) =>
      h('li', {}, h('span', { class: 'quiet' }, field + messages.colon), `${before} → `, h('strong', {}, after)),
    );
    const proposal = messages.proposedMethod(formatDate(effectiveFrom, language), proposedBy);
    return h('li', {}, h('strong', {}, proposal), h('ul', { class: 'plain-list' }, changes), reason);
  });
  return proposalNotice('open-method-changes', messages.openMethodChangesTitle, items);
}

function proposalNotice(id: string, title: string, items: readonly HTMLElement[]): HTMLElement | null {
  if (items.length === 0) return null;
  return h('div', { class: 'notice', id }, h('h2', { class: 'small-title' }, title), h('ul', {}, items));
}

export function chartSection(page: Shell, kpi: KpiDetail, periods: readonly KpiPeriodValue[]): HTMLElement {
  return section('course', page.messages.chartTitle, chartFigure(kpi, periods, page));
}

/** The chart's figures as a table, newest period first. */
export function periodsSection(page: Shell, kpi: KpiDetail, periods: readonly KpiPeriodValue[]): HTMLElement {
  const { messages, language } = page;
  const symbol = unitSymbol(kpi.unitOfMeasure, language);
  const withUnit = (title: string) => (symbol === '' ? title : `${title} (${symbol})`);
  const figure = (value: number) => formatNumber(value, kpi.decimals, language);
  const columns = [
    { title: messages.period },
    { title: withUnit(messages.value), numeric: true },
    { title: withUnit(messages.expected), numeric: true },
    { title: messages.attainment, numeric: true },
    { title: messages.statusTitle },
    { title: messages.target },
    { title: messages.observations, numeric: true },
    { title: messages.completeness, numeric: true },
  ];
  const newestFirst = [...periods].sort((a, b) => b.period.startsOn.localeCompare(a.period.startsOn));
  const rows = newestFirst.map((value) => [
    [formatPeriod(value.period, language), value.running ? h('span', { class: 'tag' }, messages.running) : null],
    value.value === null ? h('span', { class: 'figure-none' }, messages.noValue) : figure(value.value),
    value.expected === null ? messages.none : figure(value.expected),
    percentOrNone(value.attainment_percent, page),
    kpi.lifecycle === 'draft' ? messages.none : statusLabel(value.status, page),
    targetText(value.target, kpi, page),
    formatNumber(value.observations, 0, language),
    percentOrNone(value.completeness_percent, page),
  ]);
  const table = scrollTable({ regionLabel: messages.tableRegion, hint: messages.scrollHint }, columns, rows);
  return section('values', messages.tableTitle, table);
}

/** What is measured and how, where the data come from, and what the figure cannot tell. */
export function definitionSection(page: Shell, kpi: KpiDetail, goalName: string | null): HTMLElement {
  const { messages, language } = page;
  const { definition } = kpi;
  const stated = (text: typeof definition.description) =>
    text === undefined ? h('span', { class: 'figure-none' }, messages.notStated) : page.spoken(text, '');
  const stale = definition.staleAfter_days;
  const list = facts([
    [messages.description, stated(definition.description)],
    [messages.measure, measureText(definition.measure, page)],
    [
      messages.series,
      h(
        'ul',
        { class: 'plain-list' },
        measureSeries(definition.measure).map((key) => h('li', {}, h('code', {}, key))),
      ),
    ],
    [messages.dataSource, stated(definition.dataSource)],
    [messages.limitations, stated(definition.limitations)],
    [messages.direction, messages.directions[kpi.direction]],
    [messages.reportingPeriod, messages.periods[definition.period]],
    [messages.trajectory, messages.trajectories[definition.trajectory]],
    [messages.horizon, messages.horizons[kpi.horizon]],
    [messages.weight, formatPlain(kpi.weight, language)],
    [messages.owner, kpi.ownerId],
    [messages.goal, goalName],
    [messages.staleAfter, stale === undefined ? null : messages.days(formatNumber(stale, 0, language))],
  ]);
  return section('definition', messages.definitionTitle, list);
}

function percentOrNone(percent: number | null, { messages, language }: Speech): string {
  return percent === null ? messages.none : formatPercent(percent, language);
}
