import type { StoredEvent } from '#lib/event-store';

const COLUMN_BEGIN = '"seriesIndex":[';
const COMMA = 0x2c;

/**
 * How many observations an event brings: the length of a column, counted in the text, because parsing every batch would
 * cost more than copying it. Inside JSON strings quotes are escaped, so the name cannot be found in the wrong place.
 */
export function observationsIn(event: Pick<StoredEvent, 'type' | 'data'>): number {
  if (event.type !== 'ObservationsRecorded') return 0;
  const { data } = event;
  const found = data.indexOf(COLUMN_BEGIN);
  const end = found < 0 ? -1 : data.indexOf(']', found);
  if (end < 0) return 0;
  const start = found + COLUMN_BEGIN.length;
  if (end === start) return 0;
  let count = 1;
  for (let at = start; at < end; at += 1) if (data.charCodeAt(at) === COMMA) count += 1;
  return count;
}
