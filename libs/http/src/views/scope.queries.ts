import { PAGE_LIMIT_MAX } from '#lib/projections';
import { PositionField, QueryNumberField, TextField } from '../fields/fields.js';

const CURSOR_LENGTH_MAX = 1000;
const AS_OF_LENGTH_MAX = 40;

/** How OpenAPI tells `asOf`. */
export const AS_OF_WORDS =
  "A log position, an RFC 3339 time, or a date (the end of that day in the organisation's time zone): the answer as it was known then.";

/** What every query may be told. */
export class ScopeQuery {
  @TextField({ optional: true, max: AS_OF_LENGTH_MAX, description: AS_OF_WORDS })
  asOf?: string;

  @PositionField({ optional: true, description: 'A log position that the answer must contain.' })
  waitFor?: string;
}

/** What every list may be told. */
export class PageQuery extends ScopeQuery {
  @QueryNumberField({ optional: true, min: 1, max: PAGE_LIMIT_MAX })
  limit?: number;

  @TextField({ optional: true, max: CURSOR_LENGTH_MAX, description: '`nextCursor` of the page before.' })
  cursor?: string;
}
