import { h, svg } from './dom.js';
import { type Speech } from './headline.js';
import { type KpiSummary, type ProgressStatus } from './wire.js';

/** Shapes differ, not only colours: tick in a disc, triangle, square with a cross, broken ring, dash, three dots. */
const ICON_PATHS: Readonly<Record<ProgressStatus, string>> = {
  'on-track': 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.7 5.2-4.4 4.9a.8.8 0 0 1-1.2 0L4.3 9.2l1.2-1.1 1.2 1.3 3.8-4.3Z',
  'at-risk': 'M8 1.2 15.4 14.4H.6ZM7.2 6v4.4h1.6V6Zm0 5.4v1.6h1.6v-1.6Z',
  'off-track':
    'M2.5 1.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1Zm2 4.1L6.9 8l-2.4 2.4 1.1 1.1L8 9.1l2.4 2.4 1.1-1.1L9.1 8l2.4-2.4-1.1-1.1L8 6.9 5.6 4.5Z',
  'no-data':
    'M7 1.1v1.6a5.4 5.4 0 0 0-4.3 4.3H1.1A7 7 0 0 1 7 1.1Zm2 0A7 7 0 0 1 14.9 7h-1.6A5.4 5.4 0 0 0 9 2.7ZM1.1 9h1.6A5.4 5.4 0 0 0 7 13.3v1.6A7 7 0 0 1 1.1 9Zm13.8 0A7 7 0 0 1 9 14.9v-1.6A5.4 5.4 0 0 0 13.3 9Z',
  'no-target': 'M2 7h12v2H2Z',
  running: 'M1.5 6.5h3v3h-3Zm5 0h3v3h-3Zm5 0h3v3h-3Z',
};

/** The icon alone, for places where the word stands beside it. */
export function statusIcon(status: ProgressStatus): SVGSVGElement {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: ICON_PATHS[status], 'fill-rule': 'evenodd' }),
  );
}

/** Status as word and icon in a coloured label. */
export function statusLabel(status: ProgressStatus, { messages }: Speech): HTMLElement {
  return h('span', { class: `status status-${status}` }, statusIcon(status), messages.status[status]);
}

/** The status of an active KPI; of a draft or retired one the word that says so, because nobody is judged by it. */
export function standingLabel({ lifecycle, current }: KpiSummary, speech: Speech): HTMLElement {
  if (lifecycle === 'active') return statusLabel(current.status, speech);
  return h('span', { class: 'lifecycle' }, speech.messages[lifecycle]);
}

/** The class of a card's or panel's edge, which repeats the status. */
export function edgeOf({ lifecycle, current }: KpiSummary): string {
  return lifecycle === 'active' ? `edge-${current.status}` : 'edge-inactive';
}
