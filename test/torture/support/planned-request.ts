import { seriesKeyOf, VALUE_MAX } from './prepare-city.js';

export const SERIES_PER_SENDER = 3;
/** Every observation of a run has a time of its own: one second for each request, one millisecond for each observation in it. */
const BASE_MS = Date.UTC(2026, 0, 1);
const REQUEST_SPAN_MS = 1_000;
export const OBSERVATIONS_PER_REQUEST_MAX = 60;

/** A request that a sender has decided on, and what became of it as far as its sender was told. */
export interface PlannedRequest {
  readonly sender: number;
  readonly sequence: number;
  readonly observations: number;
  readonly key: string | null;
  /** The answer without `replayed`, as JSON text; null while none has arrived. */
  answer: string | null;
  /** Log position in the answer. */
  position: bigint | null;
  /** While reading the log: how often each observation was found, and the position of the last one. */
  found: Uint8Array | null;
  foundAt: bigint;
}

export function planRequest(sender: number, sequence: number, observations: number, isKeyed: boolean): PlannedRequest {
  const key = isKeyed ? `sender-${sender}-request-${sequence}` : null;
  return { sender, sequence, observations, key, answer: null, position: null, found: null, foundAt: 0n };
}

/** The body, which depends on the plan only: a repetition is byte for byte the same. */
export function bodyOf({ sender, sequence, observations }: PlannedRequest): string {
  const items = Array.from({ length: observations }, (_, index) => ({
    series: seriesKeyOf(sender, index % SERIES_PER_SENDER),
    observedAt: BASE_MS + sequence * REQUEST_SPAN_MS + index,
    value: valueOf(sender, sequence, index),
  }));
  return JSON.stringify(observations === 1 ? items[0] : items);
}

/** Now and then one that is out of range and has to be found in the quarantine. */
export function valueOf(sender: number, sequence: number, index: number): number {
  if ((sequence * 7 + index) % 41 === 13) return VALUE_MAX * 5;
  return ((sender * 7_919 + sequence * 31 + index * 17) % (VALUE_MAX * 10)) / 10;
}

export function quarantinedIn({ sender, sequence, observations }: PlannedRequest): number {
  let quarantined = 0;
  for (let index = 0; index < observations; index += 1)
    if (valueOf(sender, sequence, index) > VALUE_MAX) quarantined += 1;
  return quarantined;
}

/** Which observation of which request an observed time belongs to. */
export function placeOf(at_ms: number): { readonly sequence: number; readonly index: number } {
  const offset_ms = at_ms - BASE_MS;
  return { sequence: Math.floor(offset_ms / REQUEST_SPAN_MS), index: offset_ms % REQUEST_SPAN_MS };
}
