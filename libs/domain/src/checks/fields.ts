import { IDENTIFIER_PATTERN, type LocalizedText, SERIES_KEY_PATTERN } from '../common.js';
import { NAME_LENGTH_MAX, REASON_LENGTH_MIN, TEXT_LENGTH_MAX } from '../limits.js';
import { isObject } from './content.js';
import { isInstant, isLocalDate } from './dates.js';
import { type Problems } from './problems.js';

const LANGUAGES: readonly (keyof LocalizedText)[] = ['en', 'zh-CN'];
/** Control characters other than tab and line ends, and halves of surrogate pairs: neither survives storage and display. */
const UNPRINTABLE_PATTERN = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;
const SHA256_HEX_PATTERN = /^[0-9a-f]{64}$/;
const PERIOD_LABEL_PATTERN = /^(?:\d{4}(?:-(?:0[1-9]|1[0-2])|-Q[1-4])?|FY\d{4})$/;
const POSITION_PATTERN = /^(?:0|[1-9]\d{0,39})$/;

/** Bounds of a text, in UTF-16 code units; `min` is counted without outer blanks and is 1 unless told. */
export interface TextBounds {
  readonly min?: number;
  readonly max: number;
}

/** Bounds of a number, inclusive unless named otherwise. */
export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly integer?: boolean;
}

/** The text is printable and its length within the bounds. */
export function checkText(problems: Problems, where: string, value: unknown, bounds: TextBounds): void {
  const min = bounds.min ?? 1;
  if (typeof value !== 'string') return problems.add(where, 'is missing: a text is needed');
  if (value.trim().length < min) {
    return problems.add(where, min === 1 ? 'is empty' : `is too short: at least ${min} characters are needed`);
  }
  if (value.length > bounds.max) problems.add(where, `is longer than ${bounds.max} characters`);
  if (UNPRINTABLE_PATTERN.test(value)) problems.add(where, 'contains control characters or broken characters');
}

/** A reason that somebody can follow later. */
export function checkReason(problems: Problems, where: string, value: unknown): void {
  checkText(problems, where, value, { min: REASON_LENGTH_MIN, max: TEXT_LENGTH_MAX });
}

/** The text is there in at least one language of the face, and in no other language. */
export function checkLocalizedText(problems: Problems, where: string, value: unknown, max = NAME_LENGTH_MAX): void {
  if (!isObject(value)) return problems.add(where, 'is missing: a text in en or zh-CN is needed');
  checkKnownFields(problems, where, value, LANGUAGES);
  const present = LANGUAGES.filter((language) => value[language] !== undefined);
  if (present.length === 0) problems.add(where, 'has no text: en or zh-CN is needed');
  for (const language of present) checkText(problems, `${where}.${language}`, value[language], { max });
}

/** An identifier chosen by the caller, see `IDENTIFIER_PATTERN`. */
export function checkIdentifier(problems: Problems, where: string, value: unknown): void {
  if (typeof value !== 'string') return problems.add(where, 'is missing: an identifier is needed');
  if (IDENTIFIER_PATTERN.test(value)) return;
  problems.add(
    where,
    'is not an identifier: use 1 to 64 lower case letters, digits, dots, hyphens and underscores, with a letter or digit at both ends',
  );
}

/** A series key, see `SERIES_KEY_PATTERN`. */
export function checkSeriesKey(problems: Problems, where: string, value: unknown): void {
  if (typeof value !== 'string') return problems.add(where, 'is missing: a series key is needed');
  if (SERIES_KEY_PATTERN.test(value)) return;
  problems.add(
    where,
    'is not a series key: use 1 to 128 letters, digits and . _ : / @ + - , with a letter or digit first',
  );
}

/** A finite number within the bounds. */
export function checkNumber(problems: Problems, where: string, value: unknown, bounds: NumberBounds = {}): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) return problems.add(where, 'is not a finite number');
  if (bounds.integer && !Number.isInteger(value)) problems.add(where, 'is not a whole number');
  if (bounds.above !== undefined && value <= bounds.above) problems.add(where, `is not above ${bounds.above}`);
  if (bounds.min !== undefined && value < bounds.min) problems.add(where, `is below ${bounds.min}`);
  if (bounds.max !== undefined && value > bounds.max) problems.add(where, `is above ${bounds.max}`);
}

/** A real calendar date; answers whether it is one, so that comparisons can follow. */
export function checkDate(problems: Problems, where: string, value: unknown): boolean {
  if (isLocalDate(value)) return true;
  problems.add(where, 'is not a real calendar date written YYYY-MM-DD');
  return false;
}

/** A real instant; answers whether it is one. */
export function checkInstant(problems: Problems, where: string, value: unknown): boolean {
  if (isInstant(value)) return true;
  problems.add(where, 'is not an instant written YYYY-MM-DDTHH:mm:ss.sssZ');
  return false;
}

/** An optional time of expiry that lies after `now`. */
export function checkExpiry(problems: Problems, expiresAt: unknown, now: unknown): void {
  const nowKnown = checkInstant(problems, 'now', now);
  if (expiresAt === undefined || !checkInstant(problems, 'expiresAt', expiresAt) || !nowKnown) return;
  // Instants in the one fixed form order as texts do.
  if (String(expiresAt) <= String(now)) problems.add('expiresAt', 'is not in the future');
}

/** One of a few words. */
export function checkOneOf(problems: Problems, where: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  problems.add(where, `is none of ${allowed.join(', ')}`);
}

export function checkBoolean(problems: Problems, where: string, value: unknown): void {
  if (typeof value !== 'boolean') problems.add(where, 'is neither true nor false');
}

/** No field beside the known ones: a misspelt optional field would otherwise be lost in silence. */
export function checkKnownFields(
  problems: Problems,
  where: string,
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !known.includes(key)) problems.add(`${where}.${key}`, 'is not known here');
  }
}

/** A SHA-256 as 64 lower case hexadecimal digits. */
export function checkSha256(problems: Problems, where: string, value: unknown): void {
  if (typeof value === 'string' && SHA256_HEX_PATTERN.test(value)) return;
  problems.add(where, 'is not a SHA-256 in 64 lower case hexadecimal digits');
}

/** A period label: `2026-11`, `2026-Q4`, `2026` or `FY2026`. */
export function checkPeriodLabel(problems: Problems, where: string, value: unknown): void {
  if (typeof value === 'string' && PERIOD_LABEL_PATTERN.test(value)) return;
  problems.add(where, 'is not a period such as 2026-11, 2026-Q4, 2026 or FY2026');
}

/** A log position as decimal text. */
export function checkPosition(problems: Problems, where: string, value: unknown): void {
  if (typeof value === 'string' && POSITION_PATTERN.test(value)) return;
  problems.add(where, 'is not a log position in decimal digits');
}

/** A finite number, or null for "no value". */
export function checkNumberOrNull(problems: Problems, where: string, value: unknown): void {
  if (value !== null) checkNumber(problems, where, value);
}
