import { LogMovingError } from '../errors.js';

/** An event of 900,000 bytes whose every character is escaped, with its metadata, has room in it. */
export const LINE_SIZE_MAX_bytes = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Cuts bytes into lines of text; what stands behind the last line feed is a line too, unless it is empty.
 * @throws LogMovingError `LINE_TOO_LONG`, `BAD_TEXT` (no UTF-8)
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  size_max_bytes: number = LINE_SIZE_MAX_bytes,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let size_bytes = 0;
  let number = 1;
  const keep = (part: Uint8Array): void => {
    parts.push(part);
    size_bytes += part.length;
    if (size_bytes > size_max_bytes)
      throw new LogMovingError('LINE_TOO_LONG', `longer than ${size_max_bytes} bytes`, number);
  };
  const take = (): Line => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const line = { text: decoded(decoder, bytes, number), number };
    parts = [];
    size_bytes = 0;
    number += 1;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (size_bytes > 0) yield take();
}

function decoded(decoder: TextDecoder, bytes: Uint8Array, number: number): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new LogMovingError('BAD_TEXT', 'no UTF-8', number);
  }
}
