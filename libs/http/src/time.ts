import { Injectable } from '@nestjs/common';
import type { Instant, LocalDate } from '#lib/domain';
import { SourceRegistry } from '#lib/intake';
import { Clock } from '#lib/platform';

/** The present, in the forms in which commands and queries carry it: the clock and the organisation's time zone. */
@Injectable()
export class PresentTime {
  constructor(
    private readonly clock: Clock,
    private readonly registry: SourceRegistry,
  ) {}

  now_ms(): number {
    return this.clock.now_ms();
  }

  now(): Instant {
    return this.clock.now();
  }

  /** The organisation's IANA time zone. */
  get timeZone(): string {
    return this.registry.timeZone;
  }

  /** Today in the organisation's time zone. */
  today(): LocalDate {
    return this.clock.today(this.registry.timeZone);
  }
}
