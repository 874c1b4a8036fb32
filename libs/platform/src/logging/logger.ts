import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions as PinoOptions } from 'pino';
import type { LogLevel } from '../configuration/configuration.js';

/** Structured log: `logger.info({ position }, 'sentence')`; `child({ … })` adds fields to every line. */
export type Logger = PinoLogger;

/** Stands where something secret stood. */
export const CENSORED = '[censored]';

const SECRET_NAMES = ['authorization', 'cookie', 'set-cookie', 'token', 'secret', 'apiKey', 'password'];
/** How deep in a logged object secret names are looked for: `request.headers.authorization` is two down. */
const SECRET_DEPTH = 3;
/** Our own keys and tokens, wherever they stand in a line: in a path, a message, an error. */
const OWN_SECRET = /\b(ts[kpbs]_)[A-Za-z0-9_-]{6,}/g;
/** Looked for first: most lines have none. */
const OWN_PREFIX = /ts[kpbs]_/;

/** What a logger needs to know. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which process, thread or app speaks; a field of every line. */
  readonly service?: string;
  /** Where lines go: standard output unless given. */
  readonly destination?: DestinationStream;
}

/**
 * A logger that writes one JSON object a line (`level` in words, `time` as RFC 3339 in UTC) and censors what must not be
 * kept: fields called authorization, cookie, token and the like, and our own keys in any text.
 */
export function createLogger({ level, service = 'tallystick', destination }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretPaths(), censor: CENSORED },
    hooks: { streamWrite: withoutOwnSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}

function secretPaths(): string[] {
  const paths: string[] = [];
  for (let depth = 0; depth < SECRET_DEPTH; depth++)
    for (const name of SECRET_NAMES) {
      const last = name.includes('-') ? `["${name}"]` : depth === 0 ? name : `.${name}`;
      paths.push(Array(depth).fill('*').join('.') + last);
    }
  return paths;
}

function withoutOwnSecrets(line: string): string {
  return OWN_PREFIX.test(line) ? line.replace(OWN_SECRET, `$1${CENSORED}`) : line;
}
