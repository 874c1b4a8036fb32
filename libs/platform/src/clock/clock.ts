import { localDateOf } from '#lib/analysis';
import type { Instant, LocalDate } from '#lib/domain';

/** What time it is. An abstract class, because it is also the token under which Nest injects it. */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now_ms(): number;

  /** The same as `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  now(): Instant {
    return new Date(this.now_ms()).toISOString();
  }

  /** The date on a wall calendar in the time zone. Throws `CalendarError` for an unknown zone. */
  today(timeZone: string): LocalDate {
    return localDateOf(this.now_ms(), timeZone);
  }
}

/** The machine's clock. */
export class SystemClock extends Clock {
  now_ms(): number {
    return Date.now();
  }
}

/** A clock that stands still until it is moved: for tests and simulations. */
export class FixedClock extends Clock {
  private instant_ms: number;

  /** Milliseconds since the Unix epoch, or an RFC 3339 instant. Throws RangeError for text that is none. */
  constructor(start: number | Instant) {
    super();
    this.instant_ms = instantOf_ms(start);
  }

  now_ms(): number {
    return this.instant_ms;
  }

  set(instant: number | Instant): void {
    this.instant_ms = instantOf_ms(instant);
  }

  advance(by_ms: number): void {
    this.instant_ms += by_ms;
  }
}

function instantOf_ms(instant: number | Instant): number {
  const instant_ms = typeof instant === 'number' ? instant : Date.parse(instant);
  if (!Number.isFinite(instant_ms)) throw new RangeError(`"${instant}" is not an instant`);
  return instant_ms;
}
