/** What the URL of a log says, before anything is opened. */

export type EngineName = 'sqlite' | 'postgres' | 'eventstoredb';

/** The URL names no log that can be opened here; the message says what it should be, and never a password. */
export class LogUrlError extends Error {
  override readonly name = 'LogUrlError';
  constructor(
    /** `LOG_NOT_FOUND`: well formed, but there is no such file and it was to be read only. */
    readonly code: 'LOG_URL_INVALID' | 'LOG_NOT_FOUND',
    message: string,
  ) {
    super(message);
  }
}

export interface LogAddress {
  readonly engine: EngineName;
  /** What the engine is opened with; may hold a password. */
  readonly url: string;
  /** For people: without the password. */
  readonly name: string;
  /** SQLite's file, relative to the working directory unless absolute. */
  readonly file?: string;
  /** Positions count events: 1, 2, 3 … */
  readonly hasDensePositions: boolean;
  /** Several processes may append to it at once. */
  readonly isShared: boolean;
}

const ENGINE_OF_SCHEME: Readonly<Record<string, EngineName>> = {
  sqlite: 'sqlite',
  postgres: 'postgres',
  postgresql: 'postgres',
  esdb: 'eventstoredb',
  'esdb+discover': 'eventstoredb',
  kurrentdb: 'eventstoredb',
  'kurrentdb+discover': 'eventstoredb',
};

/**
 * Reads the URL of a log: `sqlite:<file>`, `postgres://user:password@host:5432/database` (also `postgresql:`, and with
 * `?schema=name` of ours), `esdb://host:2113?tls=true` (also `kurrentdb:` and `+discover`).
 * @throws LogUrlError `LOG_URL_INVALID`
 */
export function parseLogUrl(text: string): LogAddress {
  const url = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  const engine = scheme !== undefined && Object.hasOwn(ENGINE_OF_SCHEME, scheme) ? ENGINE_OF_SCHEME[scheme]! : null;
  const name = withoutPassword(url);
  switch (engine) {
    case 'sqlite':
      return { engine, url, name, file: fileOf(url), hasDensePositions: true, isShared: false };
    case 'postgres':
      if (!URL.canParse(url) || new URL(url).hostname === '')
        throw outOfForm(name, 'postgres://user@host:5432/database');
      return { engine, url, name, hasDensePositions: true, isShared: true };
    case 'eventstoredb':
      if (!/:\/\/[^/?#]/.test(url)) throw outOfForm(name, 'esdb://host:2113');
      return { engine, url, name, hasDensePositions: false, isShared: true };
    case null:
      throw unknownScheme(name, scheme === undefined);
  }
}

/** What is wrong with the URL, for a list of problems; null when it can be opened as far as can be told from the text. */
export function problemOfLogUrl(url: string): string | null {
  try {
    parseLogUrl(url);
    return null;
  } catch (error) {
    if (error instanceof LogUrlError) return error.message;
    throw error;
  }
}

/** `sqlite:file`, `sqlite:/folder/file` and, as others write it, `sqlite:///folder/file`. */
function fileOf(url: string): string {
  const file = url.slice(url.indexOf(':') + 1).replace(/^\/\/(?=.)/, '');
  if (file === '' || file.endsWith('/') || file.includes('\0'))
    throw new LogUrlError('LOG_URL_INVALID', `"${url}" names no file: write sqlite:path/to/log.db`);
  return file;
}

const outOfForm = (name: string, form: string): LogUrlError =>
  new LogUrlError('LOG_URL_INVALID', `"${name}" is not the URL of a log: it must look like ${form}`);

function unknownScheme(name: string, hasNone: boolean): LogUrlError {
  const known = Object.keys(ENGINE_OF_SCHEME).map((scheme) => `${scheme}:`);
  const advice = hasNone ? `; for a file write sqlite:${name}` : '';
  const message = `"${name}" is not the URL of a log: it must begin with one of ${known.join(', ')}${advice}`;
  return new LogUrlError('LOG_URL_INVALID', message);
}

/** The driver of PostgreSQL takes a password from the query, too. */
const SECRET_PARAMETER = /([?&](?:password|sslpassword|userkeyfile)=)[^&#]*/gi;

/**
 * URLs are printed; passwords are not. What stands between the name and the last @ counts as one, whatever it holds: a
 * password that was not encoded must not be printed because of that.
 */
export function withoutPassword(url: string): string {
  if (/^sqlite:/i.test(url)) return url;
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(url) ?? [];
  const shown = rest.replace(/^([^:@/?#]*):.*@/s, '$1:***@');
  return `${scheme}${shown}`.replaceAll(SECRET_PARAMETER, '$1***');
}

/** A text (a driver's message) in which the URL's password may stand, without it. */
export function withoutSecretsOf(url: string, text: string): string {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:(.*)@/is.exec(url)?.[1];
  const plain = text.replaceAll(url, withoutPassword(url));
  if (!password) return plain;
  return [password, decoded(password)].reduce((before, secret) => before.replaceAll(secret, '***'), plain);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
