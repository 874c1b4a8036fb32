import { ApiError, withQuery } from './api.js';
import { type Child, h } from './dom.js';
import { formatDate, formatNumber, formatPeriod, formatPlain } from './format.js';
import { figureText, type FigureStyle } from './headline.js';
import { section, type Shell } from './shell.js';
import { facts, scrollTable } from './table-view.js';
import {
  type DayRollup,
  type Explanation,
  type ExplanationInput,
  type KpiDetail,
  type KpiPeriodValue,
} from './wire.js';

/** Positions listed on the page; the JSON has them all. */
const POSITIONS_SHOWN_MAX = 12;

/** Formula and inputs of one period's figure; the reader chooses the period. `chosen` survives a refresh of the page. */
export function explainSection(
  page: Shell,
  kpi: KpiDetail,
  periods: readonly KpiPeriodValue[],
  asOf: string | null,
  chosen: { label: string },
): HTMLElement {
  const { messages, language } = page;
  const newestFirst = [...periods].sort((a, b) => b.period.startsOn.localeCompare(a.period.startsOn));
  if (!newestFirst.some(({ period }) => period.label === chosen.label)) chosen.label = kpi.current.period.label;
  const options = newestFirst.map(({ period }) =>
    h('option', { value: period.label, selected: period.label === chosen.label }, formatPeriod(period, language)),
  );
  const select = h('select', { id: 'explain-period' }, options);
  const json = h('a', {}, messages.explainJson);
  const place = h('div');
  const show = async (): Promise<void> => {
    const path = `/v1/kpis/${encodeURIComponent(kpi.kpiId)}/explain`;
    const parameters = { period: chosen.label, asOf };
    json.setAttribute('href', withQuery(path, parameters));
    place.replaceChildren(await explanationOrProblem(page, kpi, path, parameters));
  };
  select.addEventListener('change', () => {
    chosen.label = select.value;
    void show();
  });
  void show();
  return section(
    'explain',
    messages.explainTitle,
    h('div', { class: 'field-row' }, h('label', { for: 'explain-period' }, messages.explainPeriod), select, json),
    place,
  );
}

async function explanationOrProblem(
  page: Shell,
  kpi: KpiDetail,
  path: string,
  parameters: { period: string; asOf: string | null },
): Promise<HTMLElement> {
  try {
    return explanationView(page, kpi, await page.api.get<Explanation>(path, parameters));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return h('p', { class: 'notice notice-error' }, error.message);
  }
}

function explanationView(page: Shell, kpi: KpiDetail, explanation: Explanation): HTMLElement {
  const { messages } = page;
  const { method, attainment } = explanation;
  return h(
    'div',
    {},
    facts([
      [messages.formula, h('code', { class: 'formula' }, explanation.formula)],
      [messages.result, figureText(explanation.value, kpi, page)],
      [messages.method, messages.version(method.name, String(method.version))],
      [messages.attainmentFormula, h('code', { class: 'formula' }, attainment.formula)],
      [messages.positionsTitle, positionsText(page, explanation)],
    ]),
    inputsTable(page, kpi, explanation.inputs),
    explanation.inputs.filter(({ days }) => days.length > 0).map((input) => daysBlock(page, kpi, input)),
  );
}

function positionsText({ messages }: Shell, { positions }: Explanation): string {
  const listed = positions.observations.slice(0, POSITIONS_SHOWN_MAX).join(', ');
  const more = positions.truncated || positions.observations.length > POSITIONS_SHOWN_MAX ? messages.andMore : '';
  const observations = listed === '' ? messages.none : `${listed} ${more}`.trim();
  return messages.positionsText(positions.definition ?? messages.none, positions.target ?? messages.none, observations);
}

function inputsTable(page: Shell, kpi: KpiDetail, inputs: readonly ExplanationInput[]): HTMLElement {
  const { messages, language } = page;
  const columns = [
    { title: messages.inputName },
    { title: messages.statistic },
    { title: messages.value, numeric: true },
    { title: messages.observations, numeric: true },
    { title: messages.series },
  ];
  const rows = inputs.map((input) => [
    input.name,
    input.statistic,
    input.value === null ? messages.noValue : formatPlain(input.value, language),
    formatNumber(input.observations, 0, language),
    h(
      'ul',
      { class: 'plain-list' },
      input.series.map((key) => h('li', {}, h('code', {}, key))),
    ),
  ]);
  return scrollTable(
    { regionLabel: `${messages.inputsRegion} (${kpi.kpiId})`, hint: messages.scrollHint },
    columns,
    rows,
  );
}

function daysBlock(page: Shell, style: FigureStyle, input: ExplanationInput): HTMLElement {
  const { messages, language } = page;
  const decimals = style.decimals + 1;
  const figure = (value: number | null): Child =>
    value === null ? messages.none : formatNumber(value, decimals, language);
  const columns = [
    { title: messages.day },
    ...[messages.count, messages.sum, messages.mean, messages.minimum, messages.maximum, messages.last].map(
      (title) => ({
        title,
        numeric: true,
      }),
    ),
  ];
  const rows = input.days.map(({ day, count, sum, mean, min, max, last }: DayRollup) => [
    formatDate(day, language),
    formatNumber(count, 0, language),
    ...[sum, mean, min, max, last].map(figure),
  ]);
  const title = messages.daysTitle(input.name, formatNumber(input.days.length, 0, language));
  return h(
    'details',
    { class: 'days' },
    h('summary', {}, title),
    scrollTable({ regionLabel: messages.daysRegion(input.name), hint: messages.scrollHint }, columns, rows),
  );
}
