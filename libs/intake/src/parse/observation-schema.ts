import { SERIES_KEY_PATTERN } from '#lib/domain';
import { Ajv, type ErrorObject } from 'ajv';
import { shortened } from './json-scanner.js';

/**
 * One observation as JSON. The schema is the only description of the shape: it is compiled here, shown in the API's
 * documentation, and the plain reader is held to it by a law.
 */
export const OBSERVATION_SCHEMA = {
  type: 'object',
  required: ['series', 'observedAt', 'value'],
  additionalProperties: false,
  properties: {
    series: { type: 'string', pattern: SERIES_KEY_PATTERN.source, description: 'Key of a registered series.' },
    observedAt: {
      type: ['string', 'number'],
      description:
        'RFC 3339 time, to the millisecond, or milliseconds (not seconds) since the Unix epoch, from 100000000000 on: times before 1973-03-04 are sent as RFC 3339.',
    },
    value: {
      type: ['number', 'string', 'null'],
      description: 'A finite number. A text or null is an observation without a usable value: it is quarantined.',
    },
    unit: { type: 'string', maxLength: 64, description: 'Must be the unit of measure of the series.' },
    flag: {
      type: ['string', 'null'],
      pattern: '^[A-Z]$',
      description: 'SDMX observation status; A (normal) is assumed.',
    },
  },
} as const;

/** An item that fits OBSERVATION_SCHEMA. */
export interface ObservationItem {
  readonly series: string;
  readonly observedAt: string | number;
  readonly value: number | string | null;
  readonly unit?: string;
  readonly flag?: string | null;
}

// strictNumbers off: `1e999` parses to Infinity, which is a number of a wrong size (quarantined), not a wrong shape.
const ajv = new Ajv({ strictNumbers: false, allowUnionTypes: true });
const validate = ajv.compile<ObservationItem>(OBSERVATION_SCHEMA);

/** The item when it has the shape of an observation, else the reason of its rejection. */
export function asObservationItem(
  parsed: unknown,
): ObservationItem | { readonly rejected: string; readonly detail: string } {
  if (validate(parsed)) return parsed;
  return { rejected: reasonOf(validate.errors?.[0]), detail: describe(validate.errors?.[0], 'an observation') };
}

/** Says in words what ajv found. Names that the sender chose are shortened: a hundred of them go into one answer. */
export function describe(error: ErrorObject | undefined, what: string): string {
  if (error === undefined) return `this is not ${what}`;
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') return `${String(error.params['missingProperty'])} is missing`;
  if (error.keyword === 'additionalProperties') {
    return `${shortened(String(error.params['additionalProperty']))} is not a field of ${what}`;
  }
  return `${field === '' ? what : field.slice(0, FIELD_SHOWN_MAX)} ${error.message ?? 'is wrong'}`;
}

/** Characters of a path that an answer shows; our own names are far shorter. */
const FIELD_SHOWN_MAX = 60;

const REASON_BY_FIELD: Readonly<Record<string, string>> = {
  '': 'NOT_AN_OBJECT',
  '/series': 'BAD_SERIES_KEY',
  '/observedAt': 'BAD_TIME',
  '/value': 'BAD_VALUE',
  '/unit': 'BAD_UNIT',
  '/flag': 'BAD_FLAG',
};

function reasonOf(error: ErrorObject | undefined): string {
  if (error?.keyword === 'required') return 'MISSING_FIELD';
  if (error?.keyword === 'additionalProperties') return 'UNKNOWN_FIELD';
  return REASON_BY_FIELD[error?.instancePath ?? ''] ?? 'WRONG_SHAPE';
}
