import { ITEM_SIZE_MAX_bytes } from '../door/door-request.js';

/** The text is not RFC 4180, or a row is longer than one observation may be. */
export class CsvProblem extends Error {
  override readonly name = 'CsvProblem';
}

export interface CsvRow {
  readonly cells: readonly string[];
  /** The row's text as it came, without its line end. */
  readonly raw: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The rows of an RFC 4180 text, one by one; empty lines are passed over, a line ends with CR LF, LF or CR.
 *
 * Of our own, because the length of a row must be bounded while it is read: `csv-parse` leaves separators out of
 * `max_record_size`, so that 8 MiB of commas became one row of 8 million cells and 500 MB; and because the original text
 * of a row is needed for quarantine and comes for free here.
 *
 * @throws CsvProblem while iterating
 */
export function* csvRows(text: string): Generator<CsvRow> {
  let at = 0;
  let row = 0;
  while (at < text.length) {
    if (isLineEnd(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    row += 1;
    const cells: string[] = [];
    const end = readRow(text, at, cells, row);
    yield { cells, raw: text.slice(at, end) };
    at = end;
  }
}

/** @returns the offset of the row's line end */
function readRow(text: string, start: number, cells: string[], row: number): number {
  const limit = start + ITEM_SIZE_MAX_bytes;
  for (let at = start; ; at += 1) {
    const end = text.charCodeAt(at) === QUOTE ? quotedEnd(text, at, row) : plainEnd(text, at, limit, row);
    if (end > limit) throw new CsvProblem(`row ${row} is longer than ${ITEM_SIZE_MAX_bytes} characters`);
    cells.push(text.charCodeAt(at) === QUOTE ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    at = end;
    if (text.charCodeAt(at) !== COMMA) return at;
  }
}

/** Offset of the comma or line end after a quoted cell. */
function quotedEnd(text: string, start: number, row: number): number {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
  if (close < 0) throw new CsvProblem(`a quote is not closed in row ${row}`);
  const next = close + 1;
  if (next < text.length && text.charCodeAt(next) !== COMMA && !isLineEnd(text.charCodeAt(next))) {
    throw new CsvProblem(`text after a closing quote in row ${row}`);
  }
  return next;
}

/** Offset of the comma or line end after a plain cell; beyond `limit` the row is too long anyway. */
function plainEnd(text: string, start: number, limit: number, row: number): number {
  let at = start;
  for (; at < text.length && at <= limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || isLineEnd(code)) return at;
    if (code === QUOTE) throw new CsvProblem(`a quote inside a plain cell in row ${row}`);
  }
  return at;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
