// The organisation's time zone: every time on the pages is shown in it, so that two readers in two countries see the same.

/** Until the API has told the organisation's zone, and where it does not: times are then those of UTC, and say so. */
const OTHERWISE = 'UTC';
let current = OTHERWISE;

/** Takes the zone that `GET /v1/me` told; anything that this browser does not know as a zone is passed over. */
export function useTimeZone(zone: unknown): void {
  current = typeof zone === 'string' && isKnown(zone) ? zone : OTHERWISE;
}

/** IANA name of the zone in which times are shown. */
export function timeZone(): string {
  return current;
}

/** The instant at which a clock in the zone shows this wall time (given as if it were UTC), in ms since the Unix epoch. */
export function instantOfWallTime_ms(wall_ms: number, zone: string): number {
  const first = wall_ms - offset_ms(wall_ms, zone);
  // The offset is that of another instant, on the other side of a change of the clocks at worst: the second look is right.
  return wall_ms - offset_ms(first, zone);
}

function offset_ms(at_ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at_ms);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  const wall_ms = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall_ms - Math.floor(at_ms / 1000) * 1000;
}

function isKnown(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
