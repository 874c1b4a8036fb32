import { ApiError } from './api.js';
import { h } from './dom.js';
import { openShell, runPage, type Shell, showPerson } from './shell.js';

/** A bootstrap token is spent on making the first administrator; a person token opens a session. */
const BOOTSTRAP_PREFIX = 'tsb_';
/** The first administrator's identifier; its name can be given later. */
const FIRST_ADMINISTRATOR = 'admin';

const shell = openShell(({ messages }) => messages.signInTitle);
await runPage(shell, async () => {
  const person = await whoIsThere(shell);
  showForm(shell, person);
});

/** A visitor without a session is expected here; every other failure is shown when the form is sent. */
async function whoIsThere(page: Shell): Promise<string | null> {
  // The browser writes every 401 to its console; a visitor who was just sent here or signed out has no session to ask for.
  if (page.parameters.has('next') || page.parameters.has('signed-out')) return null;
  try {
    return await showPerson(page);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function showForm(page: Shell, person: string | null): void {
  const { messages, parameters } = page;
  const input = h('input', {
    id: 'token',
    name: 'token',
    type: 'password',
    autocomplete: 'current-password',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'token-hint token-error',
  });
  const error = h('p', { id: 'token-error', class: 'field-error', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'button' }, messages.signIn);
  const form = h(
    'form',
    { class: 'sign-in', novalidate: true },
    h('label', { for: 'token' }, messages.token),
    h('p', { id: 'token-hint', class: 'hint' }, messages.tokenHint),
    input,
    error,
    button,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(page, input, error, button);
  });
  page.main.replaceChildren(
    h('h1', {}, messages.signInTitle),
    parameters.has('signed-out') ? h('p', { class: 'notice', role: 'status' }, messages.signedOut) : '',
    person === null ? '' : h('p', { class: 'notice' }, messages.alreadySignedIn(person)),
    h('p', { class: 'lead' }, messages.signInIntro),
    form,
  );
  input.focus();
}

async function submit(
  page: Shell,
  input: HTMLInputElement,
  error: HTMLElement,
  button: HTMLButtonElement,
): Promise<void> {
  const token = input.value.trim();
  error.textContent = '';
  if (token === '') return refuse(page.messages.tokenMissing, input, error);
  button.disabled = true;
  try {
    if (token.startsWith(BOOTSTRAP_PREFIX)) await bootstrap(page, token);
    else {
      await page.api.send('POST', '/v1/session', { token });
      window.location.assign(nextPage(page));
    }
  } catch (problem) {
    refuse(problem instanceof Error ? problem.message : String(problem), input, error);
  } finally {
    button.disabled = false;
  }
}

function refuse(sentence: string, input: HTMLInputElement, error: HTMLElement): void {
  error.textContent = sentence;
  input.setAttribute('aria-invalid', 'true');
  input.focus();
}

async function bootstrap(page: Shell, bootstrapToken: string): Promise<void> {
  const { messages, api } = page;
  const { token } = await api.send<{ token: string }>('POST', '/v1/bootstrap', {
    token: bootstrapToken,
    personId: FIRST_ADMINISTRATOR,
  });
  const heading = h('h1', { tabindex: '-1' }, messages.bootstrapTitle);
  const shown = h('input', { id: 'admin-token', class: 'token', readonly: true, value: token, type: 'text' });
  const error = h('p', { class: 'field-error', role: 'alert' });
  const onward = h('a', { href: nextPage(page), class: 'button' }, messages.continueToOverview);
  page.main.replaceChildren(
    heading,
    h('p', { class: 'notice notice-important' }, messages.bootstrapHint),
    h('div', { class: 'field' }, h('label', { for: 'admin-token' }, messages.adminToken), shown),
    error,
    h('p', {}, onward),
  );
  heading.focus();
  // The token is on the screen already: if opening the session fails, the reader can still sign in with it.
  try {
    await api.send('POST', '/v1/session', { token });
  } catch (problem) {
    error.textContent = problem instanceof Error ? problem.message : String(problem);
  }
}

/** Back to where the reader came from; an address outside this site is ignored. */
function nextPage({ parameters }: Shell): string {
  const wanted = new URL(parameters.get('next') ?? '/', window.location.origin);
  return wanted.origin === window.location.origin ? wanted.pathname + wanted.search : '/';
}
