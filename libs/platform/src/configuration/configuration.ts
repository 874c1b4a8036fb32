import { isIP } from 'node:net';
import { join } from 'node:path';
import { isTimeZone } from '#lib/analysis';
import type { LocalizedText } from '#lib/domain';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  validateSync,
  type ValidationOptions,
} from 'class-validator';
import { nearestOf } from './nearest.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Longest time that a clean stop may be allowed. */
export const SHUTDOWN_DEADLINE_MAX_ms = 600_000;
const ORGANISATION_NAME_LENGTH_MAX = 200;
const PORT_MAX = 65_535;
const MONTH_MAX = 12;
const PREFIX = 'TALLYSTICK_';
/** Variables of the test runners, which a process under test inherits and does not read. */
const TEST_PREFIX = 'TALLYSTICK_TEST_';

/** How a process is to run; read once at its start and frozen. */
export interface Configuration {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Folder of the views, and of the log unless `log` says otherwise. */
  readonly data: string;
  /**
   * URL of the log, default `sqlite:<data>/log.db`; may hold a password. A relative file is relative to the working
   * directory, as `data` is.
   */
  readonly log: string;
  /** Used when the log is new: afterwards the log itself says whose it is and which calendar it follows. */
  readonly organisation: {
    readonly name: LocalizedText;
    readonly timeZone: string;
    readonly fiscalYearStartMonth: number;
  };
  readonly logLevel: LogLevel;
  /** Session cookies are sent over HTTPS only. */
  readonly secureCookies: boolean;
  readonly shutdownDeadline_ms: number;
}

/** One variable that cannot be used. */
export interface ConfigurationProblem {
  readonly variable: string;
  readonly what: string;
}

/** Names every variable that is wrong, what is wrong with it and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ variable, what }) => `  ${variable} ${what}`);
    super(`The configuration cannot be used:\n${lines.join('\n')}`);
  }
}

/** The variables as a class, so that class-validator holds each rule beside the value it is about. */
class Variables {
  @IsHost({ message: 'must be a host name or an IP address to listen on, for example 127.0.0.1' })
  host = '127.0.0.1';

  @IsInt({ message: `must be a whole number from 0 to ${PORT_MAX} (0: any free port)` })
  @Min(0, { message: `must be a whole number from 0 to ${PORT_MAX} (0: any free port)` })
  @Max(PORT_MAX, { message: `must be a whole number from 0 to ${PORT_MAX} (0: any free port)` })
  port = 3000;

  @IsNotEmpty({ message: 'must be a folder, for example ./data' })
  @Matches(/^[^\0]*$/, { message: 'must be a folder, for example ./data' })
  data = './data';

  @IsOptional()
  log?: string;

  @IsKnownTimeZone({ message: 'must be an IANA time zone, for example Asia/Shanghai or Europe/Zurich' })
  timeZone = 'UTC';

  @IsInt({ message: `must be a month from 1 to ${MONTH_MAX}` })
  @Min(1, { message: `must be a month from 1 to ${MONTH_MAX}` })
  @Max(MONTH_MAX, { message: `must be a month from 1 to ${MONTH_MAX}` })
  fiscalYearStartMonth = 1;

  @IsOptional()
  @MaxLength(ORGANISATION_NAME_LENGTH_MAX, { message: `must have at most ${ORGANISATION_NAME_LENGTH_MAX} characters` })
  organisationNameEn?: string;

  @IsOptional()
  @MaxLength(ORGANISATION_NAME_LENGTH_MAX, { message: `must have at most ${ORGANISATION_NAME_LENGTH_MAX} characters` })
  organisationNameZh?: string;

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  logLevel: LogLevel = 'info';

  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  secureCookies?: boolean;

  @IsInt({ message: `must be a whole number of milliseconds from 1 to ${SHUTDOWN_DEADLINE_MAX_ms}` })
  @Min(1, { message: `must be a whole number of milliseconds from 1 to ${SHUTDOWN_DEADLINE_MAX_ms}` })
  @Max(SHUTDOWN_DEADLINE_MAX_ms, {
    message: `must be a whole number of milliseconds from 1 to ${SHUTDOWN_DEADLINE_MAX_ms}`,
  })
  shutdownDeadline_ms = 10_000;
}

const asText = (text: string): unknown => text;
/** Decimal digits only: `Number` would take `0x10`, `1e3` and blanks. Anything else stays text and fails its rule. */
const asInteger = (text: string): unknown => (/^-?\d{1,9}$/.test(text) ? Number(text) : text);
const asBoolean = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text);

/** Every variable that there is, its property and how its text is read. */
const VARIABLES: Readonly<Record<string, { property: keyof Variables; read: (text: string) => unknown }>> = {
  TALLYSTICK_HOST: { property: 'host', read: asText },
  TALLYSTICK_PORT: { property: 'port', read: asInteger },
  TALLYSTICK_DATA: { property: 'data', read: asText },
  TALLYSTICK_LOG: { property: 'log', read: asText },
  TALLYSTICK_TIME_ZONE: { property: 'timeZone', read: asText },
  TALLYSTICK_FISCAL_YEAR_START_MONTH: { property: 'fiscalYearStartMonth', read: asInteger },
  TALLYSTICK_ORGANISATION_NAME_EN: { property: 'organisationNameEn', read: asText },
  TALLYSTICK_ORGANISATION_NAME_ZH: { property: 'organisationNameZh', read: asText },
  TALLYSTICK_LOG_LEVEL: { property: 'logLevel', read: asText },
  TALLYSTICK_SECURE_COOKIES: { property: 'secureCookies', read: asBoolean },
  TALLYSTICK_SHUTDOWN_DEADLINE_MS: { property: 'shutdownDeadline_ms', read: asInteger },
};

/** The names of all variables. */
export const CONFIGURATION_VARIABLES: readonly string[] = Object.keys(VARIABLES);

/** What only the app knows how to check. */
export interface ConfigurationChecks {
  /** What is wrong with the URL of the log, without any password in it; null when it names a log. */
  readonly problemOfLogUrl?: (url: string) => string | null;
}

/**
 * Reads and checks the `TALLYSTICK_…` variables; an empty one counts as not set. Throws `ConfigurationError` with all that
 * is wrong at once, names nobody knows included, because a misspelt variable would otherwise be a silent default.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  { problemOfLogUrl = () => null }: ConfigurationChecks = {},
): Configuration {
  const variables = new Variables();
  for (const [name, { property, read }] of Object.entries(VARIABLES)) {
    const text = env[name]?.trim();
    if (text) Object.assign(variables, { [property]: read(text) });
  }
  const problems = [...unknownVariables(env), ...wrongVariables(variables, env)];
  const wrongLog = variables.log === undefined ? null : problemOfLogUrl(variables.log);
  if (wrongLog !== null) problems.push({ variable: 'TALLYSTICK_LOG', what: `cannot be used: ${wrongLog}` });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return configurationOf(variables);
}

function configurationOf(variables: Variables): Configuration {
  const { organisationNameEn: en, organisationNameZh: zh } = variables;
  const name: LocalizedText = en || zh ? { ...(en && { en }), ...(zh && { 'zh-CN': zh }) } : { en: 'Organisation' };
  return Object.freeze({
    host: variables.host,
    port: variables.port,
    data: variables.data,
    log: variables.log ?? `sqlite:${join(variables.data, 'log.db')}`,
    organisation: Object.freeze({
      name: Object.freeze(name),
      timeZone: variables.timeZone,
      fiscalYearStartMonth: variables.fiscalYearStartMonth,
    }),
    logLevel: variables.logLevel,
    // Plain HTTP is usual on the own machine and nowhere else.
    secureCookies: variables.secureCookies ?? !isLoopback(variables.host),
    shutdownDeadline_ms: variables.shutdownDeadline_ms,
  });
}

/** Whether only this machine can reach a server that listens on the host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): ConfigurationProblem[] {
  return Object.keys(env)
    .filter(
      (variable) =>
        variable.startsWith(PREFIX) && !variable.startsWith(TEST_PREFIX) && !Object.hasOwn(VARIABLES, variable),
    )
    .sort()
    .map((variable) => ({
      variable,
      what: `is not a variable of Tallystick; did you mean ${nearestOf(variable, CONFIGURATION_VARIABLES)}?`,
    }));
}

function wrongVariables(
  variables: Variables,
  env: Readonly<Record<string, string | undefined>>,
): ConfigurationProblem[] {
  return validateSync(variables).map(({ property, constraints = {} }) => {
    const [variable] = Object.entries(VARIABLES).find(([, known]) => known.property === property)!;
    const rules = [...new Set(Object.values(constraints))].join('; ');
    return { variable, what: `is ${JSON.stringify(env[variable])}: it ${rules}` };
  });
}

function IsKnownTimeZone(options: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    { name: 'isKnownTimeZone', validator: { validate: (value) => isTimeZone(String(value)) } },
    options,
  );
}

function IsHost(options: ValidationOptions): PropertyDecorator {
  const hostName =
    /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
  const allDigits = /^[\d.]+$/;
  const validate = (value: unknown): boolean =>
    typeof value === 'string' && (isIP(value) !== 0 || (hostName.test(value) && !allDigits.test(value)));
  return ValidateBy({ name: 'isHost', validator: { validate } }, options);
}
