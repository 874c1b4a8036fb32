import { PAGE_LIMIT_MAX } from '#lib/projections';
import { PositionField, QueryNumberField, TextField } from '../fields/fields.js';

const CURSOR_LENGTH_MAX = 1000;
const AS_OF_LENGTH_MAX = 40;

/** What every query may be told. */
export class ScopeQuery {
  @TextField({ optional: true, max: AS_OF_LENGTH_MAX, description: 'A log position or an RFC 3339 time.' })
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
