/** Text in the languages of the face. At least one of the two is present. */
export interface LocalizedText {
  readonly en?: string;
  readonly 'zh-CN'?: string;
}

/** A calendar date in the organisation's time zone, `YYYY-MM-DD`. */
export type LocalDate = string;

/** An instant as RFC 3339 in UTC with milliseconds, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export type Instant = string;

/** What a caller may be. `public` is an anonymous reader; `source` is a machine with an API key. */
export const ROLES = [
  'public',
  'source',
  'employee',
  'data-steward',
  'kpi-owner',
  'evaluator',
  'auditor',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles that a person can hold (the other two are not people). */
export type PersonRole = Exclude<Role, 'public' | 'source'>;

/** Who decides: comes with every command, is recorded in every event's metadata. */
export interface Actor {
  readonly kind: 'person' | 'source' | 'system';
  readonly id: string;
  readonly role: Role | 'system';
}

/** Identifiers are chosen by the caller: lower case letters, digits, dot, hyphen and underscore, 1 to 64 characters. */
export const IDENTIFIER_PATTERN = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
/** A series key may be longer and have path segments, for example `environment/air/pm25/station-3`; 1 to 128 characters; no `*`, which stands for a prefix in measures. */
export const SERIES_KEY_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$/;
