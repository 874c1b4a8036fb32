/** What a decimal number becomes as an IEEE 754 double. */
export type NumberFate =
  /** The double says the same as the text, to the digits that the text has. */
  | 'exact'
  /** The text has more to say than a double can hold (2^53 + 1, 1e-400): it would come back changed. */
  | 'inexact'
  /** Larger than the largest double (1e999): it would become infinite. */
  | 'overflow';

/** Every decimal of so many significant digits survives the way through a double and back. */
const SAFE_DIGITS = 15;
/** `Number.prototype.toPrecision` goes no further. */
const PRECISION_MAX = 100;

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Whether a text is a number as RFC 8259 writes it. */
export function isJsonNumber(text: string): boolean {
  return JSON_NUMBER.test(text);
}

/**
 * Whether a number written in decimal comes back from a double as it was sent. The double is asked to write itself with as
 * many significant digits as the text has: the same digits mean that the text was a printing of this double (whatever the
 * sender's `%.17g`), other digits mean that two different texts would become one. Equality with the shortest printing is
 * accepted too, for senders that print as JavaScript does.
 *
 * @param text an optional sign, digits with at most one point, an optional exponent
 */
export function numberFate(text: string): NumberFate {
  const value = Number(text);
  if (!Number.isFinite(value)) return 'overflow';
  // What most senders print; the rest of this function is ten times slower.
  if (String(value) === text) return 'exact';
  const digits = significantDigits(text);
  if (digits.length === 0) return 'exact';
  if (value === 0) return 'inexact';
  if (digits.length <= SAFE_DIGITS && Math.abs(value) >= 1e-290) return 'exact';
  if (digits.length <= PRECISION_MAX && significantDigits(value.toPrecision(digits.length)) === digits) return 'exact';
  return significantDigits(String(value)) === digits ? 'exact' : 'inexact';
}

/** The digits of the mantissa without sign, point, leading and trailing zeros. */
function significantDigits(text: string): string {
  const exponent = text.search(/[eE]/);
  const mantissa = exponent < 0 ? text : text.slice(0, exponent);
  return mantissa.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '');
}
