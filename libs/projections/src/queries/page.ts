import { type Page } from '../answers.js';
import { type Moment, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type PageScope, QueryError } from './scope.js';

/** A cursor is the sort key of the last item as base64url JSON: opaque to callers, and valid while the views live on. */
export type CursorKey = readonly (string | number)[];

/** @throws QueryError LIMIT_INVALID */
export function limitOf(scope: PageScope): number {
  const limit = scope.limit ?? PAGE_LIMIT_DEFAULT;
  if (Number.isInteger(limit) && limit >= 1 && limit <= PAGE_LIMIT_MAX) return limit;
  throw new QueryError('LIMIT_INVALID', `limit must be a whole number from 1 to ${PAGE_LIMIT_MAX}`);
}

/**
 * The key after which the page starts, or undefined for the first page. `shape` gives an example of each part's type.
 * @throws QueryError CURSOR_INVALID for a cursor that this list did not give out
 */
export function cursorOf<Key extends CursorKey>(scope: PageScope, shape: Key): Key | undefined {
  if (scope.cursor === undefined) return undefined;
  const key = parseKey(scope.cursor);
  const fits = Array.isArray(key) && key.length === shape.length;
  if (fits && shape.every((part, index) => typeof part === typeof key[index])) return key as unknown as Key;
  throw new QueryError('CURSOR_INVALID', 'the cursor was not given out by this list');
}

function parseKey(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A page from up to `limit + 1` rows: the one too many only says that there is a next page. */
export function pageOf<Row, Item>(
  moment: Moment,
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => CursorKey,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  const nextCursor = more ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : undefined;
  return { items: shown.map(itemOf), ...(nextCursor === undefined ? {} : { nextCursor }), asOf: moment.asOf };
}
