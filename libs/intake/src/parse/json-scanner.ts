import { ITEM_SIZE_MAX_bytes, NESTING_MAX } from '../door/door-request.js';
import { isJsonNumber, numberFate } from './number-text.js';

/** The text is no JSON, or nested too deep to be touched. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
  constructor(
    readonly code: 'NOT_JSON' | 'NESTED_TOO_DEEP',
    message: string,
    /** Offset of the offending byte. */
    readonly at: number,
  ) {
    super(message);
  }
}

/** What JSON.parse would hide: the last of two equal keys wins, digits are rounded away, prototypes are set. */
export interface HiddenFinding {
  readonly reason: 'DUPLICATE_KEY' | 'FORBIDDEN_KEY' | 'NUMBER_NOT_EXACT' | 'TEXT_NOT_ALLOWED';
  readonly detail: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Walks over one JSON value without building it: finds where it ends and what `JSON.parse` would not tell. Recursion is
 * bounded by NESTING_MAX. Items that the fast reader knows never come here, so this is written for clarity, not for speed.
 */
export class JsonScanner {
  /** The first finding in the values walked over since `forget`. */
  finding: HiddenFinding | null = null;

  /** An item that reaches so far is rejected for its size: only its end is still wanted, not what its texts say. */
  private tooLargeFrom = 0;

  /** @param bytes valid UTF-8 */
  constructor(
    private readonly bytes: Buffer,
    private readonly end: number = bytes.length,
  ) {}

  /**
   * @returns the offset after the value that starts at `at` (which is no white space)
   * @throws JsonProblem
   */
  scan(at: number): number {
    this.finding = null;
    this.tooLargeFrom = at + ITEM_SIZE_MAX_bytes;
    return this.value(at, 0);
  }

  /** First offset from `at` that is no JSON white space. */
  skipSpace(at: number): number {
    let next = at;
    while (next < this.end && isSpace(this.bytes[next]!)) next += 1;
    return next;
  }

  private value(at: number, depth: number): number {
    switch (this.bytes[at]) {
      case 0x7b: // {
        return this.object(at, this.deeper(at, depth));
      case 0x5b: // [
        return this.array(at, this.deeper(at, depth));
      case QUOTE:
        return this.string(at).end;
      default:
        return this.scalar(at);
    }
  }

  private deeper(at: number, depth: number): number {
    if (depth >= NESTING_MAX) throw new JsonProblem('NESTED_TOO_DEEP', `more than ${NESTING_MAX} levels deep`, at);
    return depth + 1;
  }

  private object(at: number, depth: number): number {
    const keys = new Set<string>();
    let next = this.skipSpace(at + 1);
    if (this.at(next) === 0x7d) return next + 1;
    for (;;) {
      if (this.at(next) !== QUOTE) throw this.unexpected(next, 'a key in quotes');
      const key = this.string(next);
      this.noteKey(keys, key.text);
      next = this.skipSpace(key.end);
      if (this.at(next) !== 0x3a) throw this.unexpected(next, 'a colon');
      next = this.skipSpace(this.value(this.skipSpace(next + 1), depth));
      if (this.at(next) === 0x7d) return next + 1;
      if (this.at(next) !== 0x2c) throw this.unexpected(next, 'a comma or }');
      next = this.skipSpace(next + 1);
    }
  }

  private array(at: number, depth: number): number {
    let next = this.skipSpace(at + 1);
    if (this.at(next) === 0x5d) return next + 1;
    for (;;) {
      next = this.skipSpace(this.value(next, depth));
      if (this.at(next) === 0x5d) return next + 1;
      if (this.at(next) !== 0x2c) throw this.unexpected(next, 'a comma or ]');
      next = this.skipSpace(next + 1);
    }
  }

  private string(at: number): { readonly end: number; readonly text: string } {
    let next = at + 1;
    while (next < this.end && this.bytes[next] !== QUOTE) next += this.bytes[next] === BACKSLASH ? 2 : 1;
    if (next >= this.end) throw this.unexpected(this.end, 'a closing quote');
    if (next >= this.tooLargeFrom) return { end: next + 1, text: '' };
    const text = this.decode(at, next + 1) as string;
    if (text.includes('\0') || LONE_SURROGATE.test(text)) {
      this.note('TEXT_NOT_ALLOWED', 'a text holds NUL or half of a surrogate pair');
    }
    return { end: next + 1, text };
  }

  private scalar(at: number): number {
    let next = at;
    while (next < this.end && !isDelimiter(this.bytes[next]!)) next += 1;
    const text = this.bytes.toString('latin1', at, next);
    if (text === 'true' || text === 'false' || text === 'null') return next;
    if (!isJsonNumber(text)) throw this.unexpected(at, 'a value');
    if (numberFate(text) === 'inexact') {
      this.note('NUMBER_NOT_EXACT', `${shortened(text)} has more digits than a 64-bit double can give back`);
    }
    return next;
  }

  private decode(start: number, end: number): unknown {
    try {
      return JSON.parse(this.bytes.toString('utf8', start, end));
    } catch {
      throw this.unexpected(start, 'a well-formed text');
    }
  }

  private noteKey(keys: Set<string>, key: string): void {
    if (keys.has(key)) this.note('DUPLICATE_KEY', `the key ${shortened(key)} appears twice in one object`);
    if (FORBIDDEN_KEYS.has(key)) this.note('FORBIDDEN_KEY', `the key ${key} is not allowed`);
    keys.add(key);
  }

  private note(reason: HiddenFinding['reason'], detail: string): void {
    this.finding ??= { reason, detail };
  }

  private at(offset: number): number | undefined {
    return offset < this.end ? this.bytes[offset] : undefined;
  }

  private unexpected(at: number, expected: string): JsonProblem {
    const found = at >= this.end ? 'the end' : `byte 0x${this.bytes[at]!.toString(16)}`;
    return new JsonProblem('NOT_JSON', `expected ${expected} at byte ${at}, found ${found}`, at);
  }
}

/** What an answer shows of a caller's text. */
export function shortened(text: string): string {
  const SHOWN_MAX = 60;
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDelimiter(byte: number): boolean {
  return isSpace(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x3a || byte === QUOTE;
}
