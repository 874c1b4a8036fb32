import { withQuery } from './api.js';
import { readAsOf } from './as-of.js';
import { h } from './dom.js';
import { formatInstant } from './format.js';
import { type Shell } from './shell.js';
import { timeZone } from './time-zone.js';
import { type AsOf } from './wire.js';

/** What the page shows beside its moment, as its address says it: read when the reader goes, because it may change until then. */
export type RestOfAddress = () => Readonly<Record<string, string | null>>;

/** Says which moment the page shows, with the way back to now. */
export function asOfBanner({ messages, language }: Shell, seen: AsOf, rest: RestOfAddress): HTMLElement {
  const text =
    seen.recordedAt === null
      ? messages.asOfEmpty
      : messages.asOfBanner(seen.position, formatInstant(seen.recordedAt, language));
  const back = h('a', { href: addressAsOf(null, rest) }, messages.backToNow);
  back.addEventListener('click', () => back.setAttribute('href', addressAsOf(null, rest)));
  return h('div', { class: 'notice notice-important as-of-banner', role: 'status' }, h('p', {}, text), back);
}

/** The way to an earlier moment of the same page. It is an address of its own: the browser's back button leads back. */
export function asOfForm({ messages, parameters }: Shell, rest: RestOfAddress): HTMLElement {
  const shown = parameters.get('asOf');
  const input = h('input', {
    id: 'as-of-input',
    name: 'asOf',
    type: 'text',
    value: shown ?? '',
    autocomplete: 'off',
    'aria-describedby': 'as-of-hint as-of-error',
  });
  const error = h('p', { id: 'as-of-error', class: 'field-error', role: 'alert' });
  const form = h(
    'form',
    { novalidate: true },
    h('label', { for: 'as-of-input' }, messages.asOfLabel),
    h('p', { id: 'as-of-hint', class: 'hint' }, messages.asOfHint(timeZone())),
    h('div', { class: 'field-row' }, input, h('button', { type: 'submit', class: 'button' }, messages.asOfShow)),
    error,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const read = readAsOf(input.value, timeZone());
    if (read.kind === 'not-understood') {
      error.textContent = messages.asOfBad;
      input.setAttribute('aria-invalid', 'true');
      input.focus();
      return;
    }
    window.location.assign(addressAsOf(read.kind === 'as-of' ? read.value : null, rest));
  });
  return h('details', { class: 'as-of', open: shown !== null }, h('summary', {}, messages.asOfTitle), form);
}

const addressAsOf = (asOf: string | null, rest: RestOfAddress): string =>
  withQuery(window.location.pathname, { ...rest(), asOf });
