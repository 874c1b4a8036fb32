import { ApiError, withQuery } from './api.js';
import { asOfBanner, asOfForm } from './as-of-view.js';
import { h, replaceIfChanged } from './dom.js';
import { localized } from './language.js';
import { followLive } from './live.js';
import { explainSection } from './kpi-explain.js';
import { auditSection, improvementSection } from './kpi-history.js';
import { chartSection, definitionSection, periodsSection, summarySection } from './kpi-overview.js';
import { openShell, refreshQuietly, runPage, type Shell, showPerson } from './shell.js';
import {
  type ActionHistory,
  type AuditEntry,
  type KpiDetail,
  type KpiPeriodValue,
  type LocalizedText,
  type Page,
  type ReviewHistory,
  type UnitSummary,
} from './wire.js';

/** All answers that the page is drawn from, read as of the same moment. */
interface KpiAnswers {
  readonly kpi: KpiDetail;
  readonly periods: readonly KpiPeriodValue[];
  readonly audit: readonly AuditEntry[];
  readonly reviews: readonly ReviewHistory[];
  readonly actions: readonly ActionHistory[];
  readonly unit: UnitSummary | undefined;
  readonly goalName: string | null;
}

interface Goal {
  readonly goalId: string;
  readonly name: LocalizedText;
}

const shell = openShell(({ messages }) => messages.kpiTitle);
const kpiId = shell.parameters.get('id');
const asOf = shell.parameters.get('asOf');
/** Outlives a refresh: the period that the reader is looking at. */
const explained = { label: '' };

await runPage(shell, async () => {
  if (kpiId === null || kpiId === '') throw new Error(shell.messages.noSuchKpi);
  await showPerson(shell);
  const answers = await load(shell, kpiId).catch((error: unknown) => {
    throw isUnknown(error) ? new Error(shell.messages.unknownKpi(kpiId)) : error;
  });
  const { kpi } = answers;
  document.title = `${localized(kpi.name, shell.language, kpi.kpiId).text} – ${shell.messages.productName}`;
  const head = [asOf === null ? '' : asOfBanner(shell, kpi.asOf, () => ({ id: kpiId }))];
  const built = Object.values(sectionBuilders(shell, answers)).map((build) => build());
  shell.main.replaceChildren(...head, topRow(shell, kpi, answers.unit), ...built);
  shell.updated(kpi.asOf);
  if (asOf !== null) return;
  let shown = answers;
  followLive({
    connection: shell.connection,
    refresh: (kpiIds) =>
      refreshQuietly(shell, async () => {
        if (kpiIds.size > 0 && !kpiIds.has(kpiId)) return;
        const now = await load(shell, kpiId);
        redraw(shell, shown, now);
        shown = now;
      }),
  });
});

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

async function load({ api, language }: Shell, id: string): Promise<KpiAnswers> {
  const path = `/v1/kpis/${encodeURIComponent(id)}`;
  const of = { kpi: id, asOf };
  const [kpi, periods, audit, reviews, actions, units, goals] = await Promise.all([
    api.get<KpiDetail>(path, { asOf }),
    api.all<KpiPeriodValue>(`${path}/periods`, { asOf }),
    api.all<AuditEntry>('/v1/audit-trail', of),
    api.all<ReviewHistory>('/v1/reviews', of),
    api.all<ActionHistory>('/v1/actions', of),
    api.all<UnitSummary>('/v1/units', { asOf }),
    api.all<Goal>('/v1/goals', { asOf }),
  ] satisfies [Promise<KpiDetail>, ...Promise<Page<unknown>>[]]);
  const goal = goals.items.find(({ goalId }) => goalId === kpi.goalId);
  return {
    kpi,
    periods: periods.items,
    audit: audit.items,
    reviews: reviews.items,
    actions: actions.items,
    unit: units.items.find(({ unitId }) => unitId === kpi.unitId),
    goalName: goal === undefined ? kpi.goalId : localized(goal.name, language, goal.goalId).text,
  };
}

/** The sections in reading order, each built only when it is needed: the explanation fetches its own answer. */
function sectionBuilders(page: Shell, answers: KpiAnswers): Readonly<Record<string, () => HTMLElement>> {
  const { kpi, periods, audit, reviews, actions, goalName } = answers;
  return {
    summary: () => summarySection(page, kpi),
    course: () => chartSection(page, kpi, periods),
    values: () => periodsSection(page, kpi, periods),
    definition: () => definitionSection(page, kpi, goalName),
    explain: () => explainSection(page, kpi, periods, asOf, explained),
    improvement: () => improvementSection(page, kpi, reviews, actions),
    audit: () => auditSection(page, kpi, audit),
  };
}

/** Exchanges the sections that changed, but none in which the reader is working just now. */
function redraw(page: Shell, before: KpiAnswers, now: KpiAnswers): void {
  const figuresChanged = JSON.stringify(before.periods) !== JSON.stringify(now.periods);
  const targetsChanged = JSON.stringify(before.kpi.targets) !== JSON.stringify(now.kpi.targets);
  const drawnFromFigures = new Set(['course', 'explain']);
  for (const [id, build] of Object.entries(sectionBuilders(page, now))) {
    const old = document.getElementById(id);
    if (old === null || old.contains(document.activeElement)) continue;
    if (drawnFromFigures.has(id) && !figuresChanged && !targetsChanged) continue;
    // A list of days that the reader has opened would be closed by an exchange.
    if (id === 'explain' && old.querySelector('details[open]') !== null) continue;
    replaceIfChanged(old, build());
  }
  page.updated(now.kpi.asOf);
}

/** Where the reader is (the way up stays in the same moment), and the way to an earlier one. */
function topRow(page: Shell, kpi: KpiDetail, unit: UnitSummary | undefined): HTMLElement {
  const unitName = unit === undefined ? kpi.unitId : page.spoken(unit.name, kpi.unitId);
  const crumbs = h('p', { class: 'crumbs' }, h('a', { href: withQuery('/', { unit: kpi.unitId, asOf }) }, unitName));
  return h(
    'div',
    { class: 'title-row' },
    crumbs,
    asOfForm(page, () => ({ id: kpi.kpiId })),
  );
}
