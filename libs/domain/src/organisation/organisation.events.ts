import type { LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/** The first event of every log: whose log it is, and the calendar that all periods follow. Stream `organisation`. */
export type OrganisationEvent = DomainEventOf<
  'OrganisationEstablished',
  {
    readonly name: LocalizedText;
    /** IANA time zone, for example `Asia/Shanghai`. */
    readonly timeZone: string;
    /** Month in which the fiscal year starts, 1 to 12. The fiscal year is named after the calendar year it ends in. */
    readonly fiscalYearStartMonth: number;
  }
>;
