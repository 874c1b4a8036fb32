import type { LocalizedText } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/**
 * A machine or organisation that sends observations. Stream `source-<id>`. There is no contact: a line for one invites the
 * name of a person into a log that forgets nothing.
 */
export type SourceEvent =
  | DomainEventOf<'SourceRegistered', { readonly sourceId: string; readonly name: LocalizedText }>
  | DomainEventOf<
      'SourceKeyIssued',
      { readonly sourceId: string; readonly keyId: string; readonly keySha256: string; readonly expiresAt?: string }
    >
  | DomainEventOf<'SourceKeyRevoked', { readonly sourceId: string; readonly keyId: string }>
  | DomainEventOf<'SourceRetired', { readonly sourceId: string }>;

/** `rfc3339` (with offset), `local` (wall time, `YYYY-MM-DD` or `YYYY-MM-DD[ T]HH:mm[:ss]`) or `epoch-ms`. */
export type CsvTimeFormat = 'rfc3339' | 'local' | 'epoch-ms';

/**
 * How the rows of this source's series appear in a CSV upload. Held by the series' registration (see `SeriesRegistered`),
 * never by the upload itself.
 */
export interface CsvMapping {
  /**
   * Where the observed time stands: one column, or one each for year, month, day and (optionally) hour and minute, which
   * are then wall time of `timeZone`.
   */
  readonly time:
    | { readonly column: string; readonly format: CsvTimeFormat }
    | {
        readonly year: string;
        readonly month: string;
        readonly day: string;
        readonly hour?: string;
        readonly minute?: string;
      };
  /** For wall time; the organisation's zone when absent. Of a doubled wall time the first is meant. */
  readonly timeZone?: string;
  /** Column that holds the value. */
  readonly valueColumn: string;
  /** Rows belong to the series when all these columns hold exactly these texts. Empty: every row does. */
  readonly where?: Readonly<Record<string, string>>;
}
