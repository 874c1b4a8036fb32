import { withQuery } from './api.js';
import { asOfBanner, asOfForm } from './as-of-view.js';
import { h, replaceIfChanged } from './dom.js';
import { formatNumber, formatPercent, formatPeriod } from './format.js';
import { currentFigureText, isCurrent, targetText } from './headline.js';
import { localized } from './language.js';
import { followLive } from './live.js';
import { textOf } from './messages.js';
import { openShell, refreshQuietly, runPage, type Shell, showPerson } from './shell.js';
import { sparkline } from './sparkline-view.js';
import { edgeOf, standingLabel, statusIcon } from './status-view.js';
import { type AsOf, type KpiSummary, type Page, type ProgressStatus, type UnitSummary } from './wire.js';

/** Up to so many changed KPIs are fetched one by one; more are cheaper as one list. */
const SINGLE_FETCHES_MAX = 6;
const STATUS_ORDER: readonly ProgressStatus[] = ['off-track', 'at-risk', 'on-track', 'running', 'no-data', 'no-target'];

interface Overview {
  readonly units: readonly UnitSummary[];
  readonly kpis: ReadonlyMap<string, KpiSummary>;
  readonly asOf: AsOf;
}

/** A unit with its KPIs; `unit` is null for KPIs whose unit the API does not list. */
interface Group {
  readonly unitId: string;
  readonly unit: UnitSummary | null;
  readonly kpis: readonly KpiSummary[];
}

const shell = openShell(({ messages }) => messages.overviewTitle);
const asOf = shell.parameters.get('asOf');
const chosenUnit = () => ({ unit: shell.parameters.get('unit') });

await runPage(shell, async () => {
  await showPerson(shell);
  let overview = await load(shell);
  const list = h('div', { id: 'units' });
  const show = (): void => draw(shell, list, overview);
  const { overviewTitle, overviewIntro, overviewIntroAsOf } = shell.messages;
  const intro = asOf === null ? overviewIntro : overviewIntroAsOf;
  shell.main.replaceChildren(
    asOf === null ? '' : asOfBanner(shell, overview.asOf, chosenUnit),
    h(
      'div',
      { class: 'title-row' },
      h('div', {}, h('h1', {}, overviewTitle), h('p', { class: 'lead' }, intro)),
      unitFilter(shell, overview.units, show),
      asOfForm(shell, chosenUnit),
    ),
    list,
  );
  show();
  if (asOf !== null) return;
  followLive({
    connection: shell.connection,
    refresh: (kpiIds) =>
      refreshQuietly(shell, async () => {
        overview = await reload(shell, overview, kpiIds);
        show();
      }),
  });
});

async function load({ api }: Shell): Promise<Overview> {
  const [units, kpis] = await Promise.all([
    api.all<UnitSummary>('/v1/units', { asOf }),
    api.all<KpiSummary>('/v1/kpis', { asOf }),
  ]);
  return { units: units.items, kpis: byKpiId(kpis), asOf: kpis.asOf };
}

async function reload(page: Shell, old: Overview, kpiIds: ReadonlySet<string>): Promise<Overview> {
  const unknown = [...kpiIds].some((kpiId) => !old.kpis.has(kpiId));
  if (kpiIds.size === 0 || kpiIds.size > SINGLE_FETCHES_MAX || unknown) return load(page);
  const fresh = await Promise.all(
    [...kpiIds].map((id) => page.api.get<KpiSummary & { asOf: AsOf }>(`/v1/kpis/${encodeURIComponent(id)}`)),
  );
  const kpis = new Map(old.kpis);
  for (const kpi of fresh) kpis.set(kpi.kpiId, kpi);
  return { units: old.units, kpis, asOf: fresh.at(-1)?.asOf ?? old.asOf };
}

function byKpiId(page: Page<KpiSummary>): Map<string, KpiSummary> {
  return new Map(page.items.map((kpi) => [kpi.kpiId, kpi]));
}

function draw(page: Shell, list: HTMLElement, overview: Overview): void {
  const chosen = page.parameters.get('unit');
  const groups = groupByUnit(overview).filter(({ unitId }) => chosen === null || unitId === chosen);
  const sections = groups.map((group) => unitSection(page, group, overview.units));
  const empty = h('p', { class: 'notice' }, page.messages.noUnits);
  // Old and new are compared piece by piece: a card that did not change keeps its focus.
  const fresh = sections.length === 0 ? [empty] : sections;
  if (list.children.length !== fresh.length) list.replaceChildren(...fresh);
  else fresh.forEach((element, index) => replaceUnit(list.children[index] ?? list, element));
  page.updated(overview.asOf);
}

/** Exchanges single cards where the unit has the same ones as before, the whole unit otherwise. */
function replaceUnit(old: Element, fresh: Element): void {
  const oldCards = [...old.querySelectorAll('.kpi-card')];
  const freshCards = [...fresh.querySelectorAll('.kpi-card')];
  const sameCards = old.id === fresh.id && oldCards.length === freshCards.length;
  if (!sameCards || old.contains(document.activeElement) === false) {
    replaceIfChanged(old, fresh);
    return;
  }
  const oldHead = old.querySelector('.unit-head');
  const freshHead = fresh.querySelector('.unit-head');
  if (oldHead !== null && freshHead !== null) replaceIfChanged(oldHead, freshHead);
  freshCards.forEach((card, index) => {
    const oldCard = oldCards[index];
    if (oldCard === undefined) return;
    const focused = oldCard.contains(document.activeElement);
    const shown = replaceIfChanged(oldCard, card);
    if (focused) shown.querySelector('a')?.focus();
  });
}

function groupByUnit({ units, kpis }: Overview): Group[] {
  const known = new Set(units.map((unit) => unit.unitId));
  const of = (unitId: string) => [...kpis.values()].filter((kpi) => kpi.unitId === unitId);
  const strangers = [...new Set([...kpis.values()].map((kpi) => kpi.unitId))].filter((id) => !known.has(id));
  return [
    ...units.map((unit) => ({ unitId: unit.unitId, unit, kpis: of(unit.unitId) })),
    ...strangers.map((unitId) => ({ unitId, unit: null, kpis: of(unitId) })),
  ];
}

function unitFilter(page: Shell, units: readonly UnitSummary[], show: () => void): HTMLElement {
  const { messages, language, parameters } = page;
  const option = (value: string, text: string) =>
    h('option', { value, selected: (parameters.get('unit') ?? '') === value }, text);
  const select = h(
    'select',
    { id: 'unit-filter' },
    option('', messages.allUnits),
    units.map((unit) => option(unit.unitId, localized(unit.name, language, unit.unitId).text)),
  );
  select.addEventListener('change', () => {
    page.keep('unit', select.value === '' ? null : select.value);
    show();
  });
  return h('div', { class: 'field' }, h('label', { for: 'unit-filter' }, messages.filterByUnit), select);
}

function unitSection(page: Shell, group: Group, units: readonly UnitSummary[]): HTMLElement {
  const { messages } = page;
  const { unit, unitId, kpis } = group;
  const headingId = `unit-${unitId}`;
  const parent = units.find((other) => other.unitId === unit?.parentUnitId);
  const warnings = (unit?.warnings ?? []).map((code) =>
    h('li', {}, h('strong', {}, messages.warningLabel + messages.colon), textOf(messages.warnings, code)),
  );
  return h(
    'section',
    { class: 'unit', id: `section-${unitId}`, 'aria-labelledby': headingId },
    h(
      'div',
      { class: 'unit-head' },
      h('h2', { id: headingId }, unit === null ? messages.otherKpis : page.spoken(unit.name, unitId)),
      parent === undefined
        ? null
        : h('p', { class: 'quiet' }, messages.partOf(localized(parent.name, page.language, parent.unitId).text)),
      statusCounts(page, kpis),
      warnings.length === 0 ? null : h('ul', { class: 'warnings' }, warnings),
    ),
    kpis.length === 0
      ? h('p', { class: 'quiet' }, messages.noKpis)
      : h(
          'ul',
          { class: 'kpi-grid' },
          kpis.map((kpi) => kpiCard(page, kpi)),
        ),
  );
}

function statusCounts({ messages, language }: Shell, kpis: readonly KpiSummary[]): HTMLElement | null {
  const active = kpis.filter((kpi) => kpi.lifecycle === 'active');
  if (active.length === 0) return null;
  const parts = STATUS_ORDER.flatMap((status) => {
    const count = active.filter((kpi) => kpi.current.status === status).length;
    if (count === 0) return [];
    const text = messages.countOf(formatNumber(count, 0, language), messages.status[status]);
    return [h('li', { class: `tone-${status}` }, statusIcon(status), text)];
  });
  return h('ul', { class: 'status-counts' }, parts);
}

function kpiCard(page: Shell, kpi: KpiSummary): HTMLElement {
  const { messages } = page;
  const { current } = kpi;
  return h(
    'li',
    { class: `kpi-card ${edgeOf(kpi)}${kpi.lifecycle === 'active' ? '' : ' is-inactive'}` },
    h('h3', {}, h('a', { href: withQuery('/kpi.html', { id: kpi.kpiId, asOf }) }, page.spoken(kpi.name, kpi.kpiId))),
    h(
      'div',
      { class: 'kpi-figure-row' },
      h('p', { class: isCurrent(current) ? 'figure' : 'figure figure-none' }, currentFigureText(current, kpi, page)),
      standingLabel(kpi, page),
    ),
    h(
      'p',
      { class: 'period' },
      formatPeriod(current.period, page.language),
      current.running ? h('span', { class: 'tag' }, messages.running) : null,
    ),
    h(
      'dl',
      { class: 'kpi-facts' },
      h('div', {}, h('dt', {}, messages.target), h('dd', {}, targetText(current.target, kpi, page))),
      h('div', {}, h('dt', {}, messages.completeness), h('dd', {}, completenessText(page, kpi))),
    ),
    sparkline(kpi, page),
  );
}

function completenessText({ messages, language }: Shell, { current }: KpiSummary): string {
  const observations = messages.observationsCount(formatNumber(current.observations, 0, language));
  if (current.completeness_percent === null) return observations;
  return `${formatPercent(current.completeness_percent, language)} (${observations})`;
}
