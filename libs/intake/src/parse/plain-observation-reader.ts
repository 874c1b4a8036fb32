import { EPOCH_NUMBER_MIN_ms, parseFixedInstant, parseInstant } from './instant.js';
import { isJsonNumber, numberFate } from './number-text.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const NON_ASCII = 0x80;
const LOWER_E = 0x65;
const CLOSE = 0x7d;

/** So many decimal digits fit a double exactly as an integer, whatever they are. */
const SAFE_DIGITS = 15;
/** 10^0 to 10^15 are exact doubles, so one division by them rounds once, as correctly as `Number(text)`. */
const POWER_OF_TEN = Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const SERIES = 1;
const OBSERVED_AT = 2;
const VALUE = 4;
const UNIT = 8;
const FLAG = 16;
const REQUIRED = SERIES | OBSERVED_AT | VALUE;

/**
 * Reads the plain form of an observation straight from the bytes of a body into fields of this reader, as fast as
 * `JSON.parse` alone would be, with all checks done. It knows a subset of JSON in which nothing can hide: the five known
 * keys, each at most once; texts without escapes; numbers that come back exactly; times that are times. Whatever is not
 * exactly that is left to the careful way, which accepts the same items and more, with the same result (a law in the specs
 * holds the two together).
 */
export class PlainObservationReader {
  seriesKey = '';
  at_ms = 0;
  value = 0;
  unit: string | null = null;
  flag: string | null = null;

  private number = 0;

  /**
   * @param bytes the body, valid UTF-8
   * @param latin1 the same bytes as text of one character a byte: cutting text out of it is cheaper than decoding bytes
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly latin1: string,
  ) {}

  /** @returns the offset after the object that starts at `start`, or -1 when it must be read carefully */
  read(start: number): number {
    const bytes = this.bytes;
    this.unit = null;
    this.flag = null;
    let present = 0;
    let at = start + 1;
    for (;;) {
      at = skipSpaces(bytes, at);
      if (bytes[at] !== QUOTE) return -1;
      const key = keyAt(bytes, at + 1);
      if (key === 0 || (present & key) !== 0) return -1;
      present |= key;
      at = skipSpaces(bytes, at + KEY_LENGTH[key]! + 2);
      if (bytes[at] !== COLON) return -1;
      at = this.readField(key, skipSpaces(bytes, at + 1));
      if (at < 0) return -1;
      at = skipSpaces(bytes, at);
      if (bytes[at] === COMMA) at += 1;
      else if (bytes[at] === CLOSE) return (present & REQUIRED) === REQUIRED ? at + 1 : -1;
      else return -1;
    }
  }

  private readField(key: number, at: number): number {
    switch (key) {
      case SERIES: {
        const end = plainTextEnd(this.bytes, at);
        if (end > 0) this.seriesKey = this.latin1.slice(at + 1, end - 1);
        return end;
      }
      case OBSERVED_AT:
        return this.readTime(at);
      case VALUE: {
        const end = this.readNumber(at);
        this.value = this.number;
        return end;
      }
      case UNIT: {
        const end = plainTextEnd(this.bytes, at);
        if (end > 0) this.unit = this.textBetween(at + 1, end - 1);
        return end;
      }
      default:
        return this.readFlag(at);
    }
  }

  private readTime(at: number): number {
    if (this.bytes[at] !== QUOTE) {
      const end = this.readNumber(at);
      this.at_ms = this.number;
      return Number.isInteger(this.number) && this.number >= EPOCH_NUMBER_MIN_ms ? end : -1;
    }
    const close = this.bytes[at + 21] === QUOTE ? at + 21 : at + 25;
    if (this.bytes[close] === QUOTE) {
      this.at_ms = parseFixedInstant(this.bytes, at + 1, close);
      if (!Number.isNaN(this.at_ms)) return close + 1;
    }
    const end = plainTextEnd(this.bytes, at);
    if (end < 0) return -1;
    this.at_ms = parseInstant(this.latin1.slice(at + 1, end - 1));
    return Number.isNaN(this.at_ms) ? -1 : end;
  }

  private readFlag(at: number): number {
    const letter = this.bytes[at + 1]!;
    if (this.bytes[at] !== QUOTE || this.bytes[at + 2] !== QUOTE || letter < 0x41 || letter > 0x5a) return -1;
    this.flag = this.latin1[at + 1]!;
    return at + 3;
  }

  /** Short numbers digit by digit: at most SAFE_DIGITS digits, leading zeros of `0.00…` included, and no exponent. */
  private readNumber(start: number): number {
    const bytes = this.bytes;
    const negative = bytes[start] === MINUS;
    let at = negative ? start + 1 : start;
    const first = at;
    let mantissa = 0;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return -1;
    let decimals = 0;
    if (bytes[at] === POINT) {
      digit = bytes[++at]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        decimals += 1;
        digit = bytes[++at]! - ZERO;
      }
      if (decimals === 0) return -1;
    }
    if (whole + decimals > SAFE_DIGITS || !endsNumber(bytes[at])) return this.readLongNumber(start, at);
    const magnitude = decimals === 0 ? mantissa : mantissa / POWER_OF_TEN[decimals]!;
    this.number = negative ? -magnitude : magnitude;
    return at;
  }

  /** Long mantissas and exponents: the platform converts, and the text must say no more than the double does. */
  private readLongNumber(start: number, from: number): number {
    let end = from;
    while (continuesNumber(this.bytes[end])) end += 1;
    if (!endsNumber(this.bytes[end])) return -1;
    const text = this.latin1.slice(start, end);
    if (!isJsonNumber(text) || numberFate(text) !== 'exact') return -1;
    this.number = Number(text);
    return end;
  }

  private textBetween(start: number, end: number): string {
    for (let at = start; at < end; at += 1) {
      if (this.bytes[at]! >= NON_ASCII) return this.bytes.toString('utf8', start, end);
    }
    return this.latin1.slice(start, end);
  }
}

const KEY_LENGTH: readonly number[] = keyLengths();

function keyLengths(): number[] {
  const lengths = new Array<number>(REQUIRED + UNIT + FLAG + 1).fill(0);
  lengths[SERIES] = 'series'.length;
  lengths[OBSERVED_AT] = 'observedAt'.length;
  lengths[VALUE] = 'value'.length;
  lengths[UNIT] = 'unit'.length;
  lengths[FLAG] = 'flag'.length;
  return lengths;
}

const KEY_BYTES: readonly { readonly key: number; readonly bytes: Buffer }[] = [
  { key: SERIES, bytes: Buffer.from('series"') },
  { key: OBSERVED_AT, bytes: Buffer.from('observedAt"') },
  { key: VALUE, bytes: Buffer.from('value"') },
  { key: UNIT, bytes: Buffer.from('unit"') },
  { key: FLAG, bytes: Buffer.from('flag"') },
];

/** Which key stands at `at`, its closing quote included; 0 for none of ours. The five differ in their first letter. */
function keyAt(bytes: Buffer, at: number): number {
  const first = bytes[at];
  for (let k = 0; k < KEY_BYTES.length; k += 1) {
    const candidate = KEY_BYTES[k]!;
    if (candidate.bytes[0] !== first) continue;
    for (let i = 1; i < candidate.bytes.length; i += 1) if (bytes[at + i] !== candidate.bytes[i]) return 0;
    return candidate.key;
  }
  return 0;
}

/** Offset after the closing quote of a text without escapes and control characters, or -1. */
function plainTextEnd(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return -1;
  for (let next = at + 1; next < bytes.length; next += 1) {
    const byte = bytes[next]!;
    if (byte === QUOTE) return next + 1;
    if (byte < SPACE || byte === BACKSLASH) return -1;
  }
  return -1;
}

function skipSpaces(bytes: Buffer, at: number): number {
  let next = at;
  while (bytes[next] === SPACE) next += 1;
  return next;
}

/** Digits, signs, point and exponent. Stopping at anything else keeps a hostile line from being read to the body's end. */
function continuesNumber(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= ZERO && byte <= NINE) || byte === MINUS || byte === POINT || byte === PLUS || (byte | 0x20) === LOWER_E
  );
}

function endsNumber(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE || byte === SPACE;
}
