import { type Child, h } from './dom.js';

/** A column: its heading, and whether its cells are figures (right-aligned, digits of one width). */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** Tables of so many columns are wider than a phone. */
const WIDE_COLUMNS = 5;

/** One row; the first cell is the row's heading. */
export type Row = readonly Child[];

/**
 * A table in its own scrolling region. The region has a name and takes the focus, so that it can be scrolled by keyboard;
 * the page itself never scrolls sideways. The hint says so in words where the window is narrow (the style sheet decides).
 */
export function scrollTable(
  { regionLabel, hint }: { readonly regionLabel: string; readonly hint: string },
  columns: readonly Column[],
  rows: readonly Row[],
): HTMLElement {
  const kind = (index: number) => (columns[index]?.numeric ? 'numeric' : null);
  const cell = (content: Child, index: number) =>
    index === 0 ? h('th', { scope: 'row', class: kind(index) }, content) : h('td', { class: kind(index) }, content);
  const region = h(
    'div',
    { class: 'scroll-region', role: 'region', 'aria-label': regionLabel, tabindex: 0 },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map(({ title }, index) => h('th', { scope: 'col', class: kind(index) }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cell))),
      ),
    ),
  );
  const isWide = columns.length >= WIDE_COLUMNS;
  return h('div', {}, isWide ? h('p', { class: 'scroll-hint', 'aria-hidden': true }, hint) : null, region);
}

/** A list of terms and what they are; a definition that is null is left out. */
export function facts(entries: readonly (readonly [term: string, definition: Child])[]): HTMLElement {
  const given = entries.filter(([, definition]) => definition !== null && definition !== undefined);
  return h(
    'dl',
    { class: 'facts' },
    given.map(([term, definition]) => h('div', {}, h('dt', {}, term), h('dd', {}, definition))),
  );
}
