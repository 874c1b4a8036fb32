import { Api, ApiError, withQuery } from './api.js';
import { byId, type Child, h } from './dom.js';
import { formatInstant, formatTime } from './format.js';
import { type Speech } from './headline.js';
import { chooseLanguage, LANGUAGES, type Language, localized } from './language.js';
import { MESSAGES } from './messages.js';
import { timeZone, useTimeZone } from './time-zone.js';
import { type AsOf, type LocalizedText } from './wire.js';

const STORAGE_KEY = 'tallystick.language';
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '中文' };

/** What every page needs: texts, the API, and the places of the frame that it fills. */
export interface Shell extends Speech {
  readonly api: Api;
  readonly parameters: URLSearchParams;
  readonly main: HTMLElement;
  /** Text in the reader's language, or in the other one with its `lang`. */
  spoken(text: LocalizedText | undefined, fallback: string): HTMLElement;
  /** Writes "Updated 12:00:00" and up to where in the log the page has seen the data. */
  updated(asOf: AsOf): void;
  connection(alive: boolean): void;
  /** Keeps a choice in the page's address without a step of its own in the history; null takes it out. */
  keep(parameter: string, value: string | null): void;
}

/** Builds the frame (skip link, header, footer) around `main` and hands back what the page needs. */
export function openShell(pageTitle: (speech: Speech) => string): Shell {
  const parameters = new URLSearchParams(window.location.search);
  const language = chooseLanguage([parameters.get('lang'), storedLanguage(), ...navigator.languages]);
  if (parameters.has('lang')) storeLanguage(language);
  const messages = MESSAGES[language];
  const speech: Speech = { messages, language };
  document.documentElement.lang = language;
  document.title = `${pageTitle(speech)} – ${messages.productName}`;
  const api = new Api(messages);
  byId('skip').textContent = messages.skipToContent;
  byId('header').replaceChildren(header(speech));
  fillLanguageNav(speech, parameters);
  byId('footer').replaceChildren(footer(speech));
  return {
    ...speech,
    api,
    parameters,
    main: byId('content'),
    spoken: (text, fallback) => spokenElement(text, language, fallback),
    updated: (asOf) => showUpdated(asOf, speech),
    connection: (alive) => {
      byId('connection').textContent = alive ? '' : messages.liveLost;
    },
    keep: (parameter, value) => {
      if (value === null) parameters.delete(parameter);
      else parameters.set(parameter, value);
      window.history.replaceState(null, '', withQuery(window.location.pathname, Object.fromEntries(parameters)));
      fillLanguageNav(speech, parameters);
    },
  };
}

/** Runs a page: shows loading, then the page or the error in words. Without a session the reader is sent to sign in. */
export async function runPage(shell: Shell, load: () => Promise<void>): Promise<void> {
  shell.main.setAttribute('aria-busy', 'true');
  shell.main.replaceChildren(h('p', { class: 'quiet' }, shell.messages.loading));
  try {
    await load();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return goToSignIn();
    showError(shell, error);
  }
  shell.main.setAttribute('aria-busy', 'false');
}

/** A failed refresh keeps the old figures on the page, and says that they are old. */
export async function refreshQuietly(shell: Shell, refresh: () => Promise<void>): Promise<void> {
  try {
    await refresh();
    shell.connection(true);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return goToSignIn();
    shell.connection(false);
  }
}

/** Shows who is signed in and the way out, and takes the organisation's time zone for everything that follows. */
export async function showPerson(shell: Shell): Promise<string> {
  const me = await shell.api.get<unknown>('/v1/me');
  useTimeZone((me as { readonly timeZone?: unknown } | null)?.timeZone);
  byId('time-zone').textContent = shell.messages.timesIn(timeZone());
  const who = personName(me);
  const out = h('button', { type: 'button', class: 'link-button' }, shell.messages.signOut);
  out.addEventListener('click', () => void signOut(shell));
  byId('person').replaceChildren(h('span', { class: 'person-name' }, shell.messages.signedInAs(who)), out);
  return who;
}

/** The error in the page's place, as an alert. */
export function showError(shell: Shell, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  const said = error instanceof ApiError ? error.detail : null;
  const again = h('a', { href: window.location.href, class: 'button' }, shell.messages.tryAgain);
  // Earlier than its definition a KPI is not found: the way back must not be the address bar.
  const [id, unit] = [shell.parameters.get('id'), shell.parameters.get('unit')];
  const now = withQuery(window.location.pathname, { id, unit });
  const toNow = shell.parameters.has('asOf') ? h('a', { href: now }, shell.messages.backToNow) : null;
  shell.main.replaceChildren(
    h('h1', {}, shell.messages.failed),
    h('p', { role: 'alert', class: 'notice notice-error' }, detail),
    said === null ? '' : h('p', { class: 'quiet', lang: 'en' }, said),
    h('p', { class: 'field-row' }, again, toNow, h('a', { href: '/' }, shell.messages.overview)),
  );
}

/** "As of log position 812, recorded 24 Nov 2026, 10:15 UTC". */
export function asOfText(asOf: AsOf, { messages, language }: Speech): string {
  return asOf.recordedAt === null
    ? messages.emptyLog
    : messages.basedOn(asOf.position, formatInstant(asOf.recordedAt, language));
}

/** A heading with its section, labelled by it. */
export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  const headingId = `${id}-title`;
  return h('section', { id, 'aria-labelledby': headingId }, h('h2', { id: headingId }, title), ...children);
}

/** Links to the same page, with all that its address says, in each language. */
function fillLanguageNav({ language }: Speech, parameters: URLSearchParams): void {
  const switches = LANGUAGES.map((other) => {
    const query = Object.fromEntries([...parameters, ['lang', other]]);
    const current = other === language ? 'true' : null;
    const attributes = { href: withQuery(window.location.pathname, query), lang: other, hreflang: other };
    return h('a', { ...attributes, 'aria-current': current }, LANGUAGE_NAMES[other]);
  });
  byId('languages').replaceChildren(...switches);
}

function header({ messages }: Speech): HTMLElement {
  return h(
    'div',
    { class: 'frame header-row' },
    h('a', { href: '/', class: 'brand' }, messages.productName),
    h(
      'nav',
      { 'aria-label': messages.mainNavigation, class: 'main-nav' },
      h('a', { href: '/', 'aria-current': window.location.pathname === '/' ? 'page' : null }, messages.overview),
      h('a', { href: '/docs' }, messages.apiDocs),
    ),
    h('div', { id: 'person', class: 'person' }),
    h('nav', { id: 'languages', 'aria-label': messages.languageNavigation, class: 'language-nav' }),
  );
}

function footer({ messages }: Speech): HTMLElement {
  return h(
    'div',
    { class: 'frame' },
    h('p', {}, messages.tagline),
    h('p', { id: 'as-of', class: 'quiet' }),
    h('p', { id: 'time-zone', class: 'quiet' }),
    h('p', { class: 'quiet' }, h('span', { id: 'updated' }), ' ', h('span', { id: 'connection', role: 'status' })),
  );
}

let lastAnnounced_ms = 0;
/** A screen reader hears of updates at most once a minute; the time on the screen is always right. */
const ANNOUNCE_EVERY_MS = 60_000;

function showUpdated(asOf: AsOf, speech: Speech): void {
  const now_ms = Date.now();
  const text = speech.messages.updatedAt(formatTime(now_ms, speech.language));
  byId('as-of').textContent = asOfText(asOf, speech);
  byId('updated').textContent = text;
  if (now_ms - lastAnnounced_ms < ANNOUNCE_EVERY_MS) return;
  lastAnnounced_ms = now_ms;
  byId('announcer').textContent = text;
}

function spokenElement(text: LocalizedText | undefined, language: Language, fallback: string): HTMLElement {
  const spoken = localized(text, language, fallback);
  return h('span', { lang: spoken.language === language ? null : spoken.language }, spoken.text);
}

/** Where to go after signing in: back to where the reader was, inside this site only. */
function goToSignIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(withQuery('/sign-in.html', { next: here === '/' ? null : here }));
}

async function signOut(shell: Shell): Promise<void> {
  try {
    await shell.api.send('DELETE', '/v1/session');
    window.location.assign('/sign-in.html?signed-out=1');
  } catch (error) {
    showError(shell, error);
  }
}

function personName(me: unknown): string {
  const { name, personId, id, role } = (me ?? {}) as Partial<Record<'name' | 'personId' | 'id' | 'role', unknown>>;
  const who = [name, personId, id].find((value): value is string => typeof value === 'string') ?? '–';
  return typeof role === 'string' && role !== who ? `${who} (${role})` : who;
}

function storedLanguage(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage can be switched off; the browser's languages decide then.
    return null;
  }
}

function storeLanguage(language: Language): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // As above: the choice then lasts as long as the address keeps it.
  }
}
