import { createHash } from 'node:crypto';
import type { Reading } from '../city/faulty-sensor.js';

/** Readings as the JSON array that `POST /v1/observations` takes. */
export function observationsJson(readings: readonly Reading[]): string {
  return `[${readings.map(observationJson).join(',')}]`;
}

// Written by hand because a history has millions of them and every part is known to need no escaping: series keys have
// neither quotes nor backslashes (SERIES_KEY_PATTERN), and the numbers are finite.
function observationJson({ seriesKey, at_ms, value, flag }: Reading): string {
  const status = flag === undefined ? '' : `,"flag":"${flag}"`;
  return `{"series":"${seriesKey}","observedAt":${at_ms},"value":${value}${status}}`;
}

/** A key for the request with this body: the same readings sent again by a later run are answered and not counted twice. */
export const idempotencyKeyOf = (runId: string, body: string): string =>
  `${runId}-${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
