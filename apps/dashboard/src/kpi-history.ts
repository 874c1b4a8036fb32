import { withQuery } from './api.js';
import { describeChange, type FieldChange } from './change-description.js';
import { positionBefore } from './as-of.js';
import { type Child, h, svg } from './dom.js';
import { formatDate, formatInstant, formatPercent, formatPeriodLabel } from './format.js';
import { figureText } from './headline.js';
import { localized } from './language.js';
import { textOf } from './messages.js';
import { section, type Shell } from './shell.js';
import { facts, scrollTable } from './table-view.js';
import {
  type ActionHistory,
  type AgendaItem,
  type AuditEntry,
  type Finding,
  type KpiDetail,
  type ReviewHistory,
} from './wire.js';

/** More changed fields than this are folded away: a first definition has twenty. */
const FIELDS_SHOWN_MAX = 4;

/** Who decided what, when and why, with the state before and after; each line opens the page as of that decision. */
export function auditSection(page: Shell, kpi: KpiDetail, entries: readonly AuditEntry[]): HTMLElement {
  const { messages } = page;
  if (entries.length === 0)
    return section('audit', messages.auditTitle, h('p', { class: 'quiet' }, messages.auditEmpty));
  const columns = [
    { title: messages.when },
    { title: messages.what },
    { title: messages.beforeAfter },
    { title: messages.why },
    { title: messages.who },
    { title: messages.approvedBy },
    { title: messages.position, numeric: true },
  ];
  const rows = entries.map((entry) => auditRow(page, kpi, entry));
  const intro = h('p', { class: 'quiet' }, messages.auditIntro);
  const table = scrollTable({ regionLabel: messages.auditRegion, hint: messages.scrollHint }, columns, rows);
  return section('audit', messages.auditTitle, intro, table);
}

function auditRow(page: Shell, kpi: KpiDetail, entry: AuditEntry): Child[] {
  const { messages, language } = page;
  const periods = entry.markedPeriods.length > 0 ? `${messages.colon}${entry.markedPeriods.join(', ')}` : '';
  const marks = entry.marks.map((mark) => h('p', { class: 'mark' }, `${textOf(messages.marks, mark)}${periods}`));
  const effective = entry.effectiveFrom;
  const proposer = entry.proposedBy !== null && entry.proposedBy !== entry.actor.id ? entry.proposedBy : null;
  const asOf = (position: string) => withQuery('/kpi.html', { id: kpi.kpiId, asOf: position });
  return [
    h('time', { datetime: entry.recordedAt }, formatInstant(entry.recordedAt, language)),
    [
      h('strong', {}, textOf(messages.eventTypes, entry.type)),
      effective === null ? null : h('p', { class: 'quiet' }, messages.effective(formatDate(effective, language))),
      marks,
    ],
    changeList(page, describeChange(entry.before, entry.after)),
    entry.reason ?? h('span', { class: 'quiet' }, messages.none),
    [
      `${entry.actor.id} (${entry.actor.role})`,
      proposer === null ? null : h('p', { class: 'quiet' }, messages.proposedBy(proposer)),
    ],
    entry.approvedBy ?? messages.none,
    [
      h('a', { href: asOf(entry.position), 'aria-label': messages.showAsOf(entry.position) }, entry.position),
      h('br'),
      h('a', { href: asOf(positionBefore(entry.position)) }, messages.showBefore),
    ],
  ];
}

function changeList(page: Shell, changes: readonly FieldChange[]): Child {
  const { messages, language } = page;
  const shown = (value: string | null): string => {
    if (value === null) return messages.absent;
    return /^\d{4}-\d{2}-\d{2}$/.test(value) ? formatDate(value, language) : value;
  };
  const items = changes.map(({ field, before, after }) =>
    h(
      'li',
      {},
      h('span', { class: 'quiet' }, textOf(messages.fields, field) + messages.colon),
      before === null ? '' : `${shown(before)} → `,
      h('strong', {}, shown(after)),
    ),
  );
  if (items.length === 0) return messages.none;
  const list = h('ul', { class: 'plain-list changes' }, items);
  if (items.length <= FIELDS_SHOWN_MAX) return list;
  return h('details', {}, h('summary', {}, `${messages.beforeAfter} (${items.length})`), list);
}

/** Reviews with their findings, and actions with what became of them. */
export function improvementSection(
  page: Shell,
  kpi: KpiDetail,
  reviews: readonly ReviewHistory[],
  actions: readonly ActionHistory[],
): HTMLElement {
  const { messages } = page;
  return section(
    'improvement',
    messages.improvementTitle,
    h('h3', {}, messages.reviewsTitle),
    reviews.length === 0
      ? h('p', { class: 'quiet' }, messages.noReviews)
      : reviews.map((review) => reviewCard(page, kpi, review)),
    h('h3', {}, messages.actionsTitle),
    actions.length === 0
      ? h('p', { class: 'quiet' }, messages.noActions)
      : actions.map((action) => actionCard(page, kpi, action)),
  );
}

/** Why, and of which period of the KPI: a yearly figure in a monthly review is last year's. */
function agendaPoint({ messages, language }: Shell, { reason, period }: AgendaItem): string {
  const why = messages.agenda[reason];
  return period === undefined ? why : messages.agendaPoint(why, formatPeriodLabel(period, language));
}

function reviewCard(page: Shell, kpi: KpiDetail, review: ReviewHistory): HTMLElement {
  const { messages, language } = page;
  const dates = [messages.openedOn(formatDate(review.openedOn, language))];
  if (review.closedOn !== null) dates.push(messages.closedOn(formatDate(review.closedOn, language)));
  const agenda = review.agenda.filter((item) => item.kpiId === kpi.kpiId);
  const findings = review.findings.filter((finding) => finding.kpiId === undefined || finding.kpiId === kpi.kpiId);
  return h(
    'article',
    { class: 'card' },
    h(
      'h4',
      {},
      messages.reviewOf(formatPeriodLabel(review.period, language)),
      h('span', { class: 'tag' }, messages.reviewStates[review.state]),
    ),
    h('p', { class: 'quiet' }, dates.join(' · '), ` · ${messages.position} ${review.agendaAsOf}`),
    agenda.length === 0
      ? null
      : facts([[messages.agendaTitle, agenda.map((item) => agendaPoint(page, item)).join(', ')]]),
    findings.map((finding) => findingBlock(page, finding)),
    review.conclusion === null ? null : facts([[messages.conclusion, review.conclusion]]),
  );
}

function findingBlock({ messages }: Shell, finding: Finding): HTMLElement {
  return h(
    'div',
    { class: 'finding' },
    h(
      'h5',
      {},
      messages.finding(finding.findingId),
      h('span', { class: 'quiet' }, ` · ${messages.position} ${finding.position}`),
    ),
    facts([
      [messages.criteria, finding.criteria],
      [messages.condition, finding.condition],
      [messages.cause, finding.cause],
      [messages.effect, finding.effect],
    ]),
  );
}

function actionCard(page: Shell, kpi: KpiDetail, action: ActionHistory): HTMLElement {
  const { messages, language } = page;
  const title = localized(action.title, language, action.actionId).text;
  const percent = formatPercent(action.progress_percent, language);
  const state = action.state;
  return h(
    'article',
    { class: 'card' },
    h('h4', {}, page.spoken(action.title, action.actionId), h('span', { class: 'tag' }, messages.actionStates[state])),
    h(
      'p',
      { class: 'progress-line' },
      progressBar(action.progress_percent, `${title}: ${messages.progress(percent)}`),
      h('span', {}, percent),
    ),
    facts([
      [messages.owner, `${action.ownerId} · ${messages.due(formatDate(action.dueDate, language))}`],
      [messages.expectedEffect, effectText(page, kpi, action)],
      [messages.checkTitle, checkText(page, kpi, action)],
    ]),
  );
}

function effectText(page: Shell, kpi: KpiDetail, { expectedEffect, valueAtPlanning }: ActionHistory): string {
  const date = formatDate(expectedEffect.date, page.language);
  const to = figureText(expectedEffect.value, kpi, page);
  if (valueAtPlanning === null) return page.messages.toBy(to, date);
  return page.messages.fromTo(figureText(valueAtPlanning, kpi, page), to, date);
}

function checkText(page: Shell, kpi: KpiDetail, { check }: ActionHistory): Child {
  const { messages, language } = page;
  if (check === null) return h('span', { class: 'quiet' }, messages.notChecked);
  const period = formatPeriodLabel(check.period, language);
  const when = messages.checkedOn(formatDate(check.checkedOn, language), period, figureText(check.value, kpi, page));
  return [
    h('strong', { class: `worked worked-${check.worked}` }, messages.worked[check.worked]),
    ` – ${when}`,
    check.judged === check.worked ? null : h('p', {}, messages.judgedByData(messages.worked[check.judged])),
    check.note === '' ? null : h('p', {}, check.note),
    h('p', { class: 'quiet' }, `${messages.position} ${check.asOf}`),
  ];
}

/** A bar of our own: the browser's `progress` cannot be coloured alike everywhere without inline styles. */
function progressBar(percent: number, label: string): SVGSVGElement {
  const width = Math.min(100, Math.max(0, percent));
  return svg(
    'svg',
    { class: 'bar', role: 'img', 'aria-label': label, viewBox: '0 0 100 6', preserveAspectRatio: 'none' },
    svg('rect', { class: 'bar-track', width: 100, height: 6 }),
    svg('rect', { class: 'bar-done', width, height: 6 }),
  );
}
