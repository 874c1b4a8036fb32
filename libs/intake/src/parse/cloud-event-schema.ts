import { Ajv } from 'ajv';
import { isRfc3339 } from './instant.js';
import { describe } from './observation-schema.js';

/** The attributes of CloudEvents 1.0 that matter here; extension attributes may be there and are passed over. */
export interface CloudEventEnvelope {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype?: string;
  readonly data?: unknown;
}

const TEXT = { type: 'string', minLength: 1, maxLength: 1024 } as const;

/**
 * CloudEvents 1.0 in JSON. No SDK reads the message: the JavaScript SDK invents a missing id and time, so that a repetition
 * would get a new identity and be counted twice.
 */
const CLOUD_EVENT_SCHEMA = {
  type: 'object',
  // CloudEvents itself makes `time` optional; here it is owed, because an SDK on the way would fill in its own clock.
  required: ['specversion', 'id', 'source', 'type', 'time'],
  propertyNames: { anyOf: [{ pattern: '^[a-z0-9]{1,64}$' }, { const: 'data_base64' }] },
  properties: {
    specversion: { const: '1.0' },
    id: TEXT,
    source: TEXT,
    type: TEXT,
    subject: TEXT,
    time: { type: 'string', format: 'rfc3339' },
    datacontenttype: {
      type: 'string',
      pattern: '^[Aa][Pp][Pp][Ll][Ii][Cc][Aa][Tt][Ii][Oo][Nn]/([^;]+\\+)?[Jj][Ss][Oo][Nn]',
    },
    dataschema: TEXT,
    data: {},
    // Binary data cannot be an observation; saying so is better than passing over it.
    data_base64: false,
  },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
} as const;

const ajv = new Ajv({ allowUnionTypes: true, formats: { rfc3339: isRfc3339 } });
const validate = ajv.compile<CloudEventEnvelope>(CLOUD_EVENT_SCHEMA);

/** The envelope when it is a CloudEvent 1.0 with JSON data, else what is wrong with it, in words. */
export function asCloudEvent(parsed: unknown): CloudEventEnvelope | string {
  return validate(parsed) ? parsed : describe(validate.errors?.[0], 'a CloudEvent 1.0');
}
