/** How OpenAPI describes the door of observations: every format with an example, the limits, and what the answers mean. */
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { IsProblem } from './answers.js';

type Content =
  NonNullable<NonNullable<OpenAPIObject['paths'][string]['post']>['requestBody']> extends infer Body
    ? Body extends { content: infer Found }
      ? Found
      : never
    : never;

const ONE = {
  series: 'environment/air/pm25/station-3',
  observedAt: '2026-11-24T06:00:00Z',
  value: 37.5,
  unit: 'ug/m3',
};
const NEXT = { series: 'environment/air/pm25/station-3', observedAt: 1_795_503_600_000, value: 36, flag: 'E' };
const EVENT = {
  specversion: '1.0',
  id: 'station-3-2026-11-24T06',
  source: '/stations/3',
  type: 'observation',
  time: '2026-11-24T06:00:00Z',
  subject: 'environment/air/pm25/station-3',
  data: { value: 37.5, unit: 'ug/m3' },
};

const WORDS = `One request holds at most 10,000 observations and 8 MiB (counted inflated; \`Content-Encoding: gzip\` is read), nested at most 32 deep.
The media type chooses the reader:

- \`application/json\`: one observation or a list. \`observedAt\` is an RFC 3339 time or milliseconds since 1970; \`unit\` must be that of the series' registration where it is sent; \`flag\` is a letter of SDMX CL_OBS_STATUS.
- \`application/x-ndjson\`: one observation a line.
- \`text/csv\`: RFC 4180 with a header row. Which columns hold time and value is said by the registration of each series (\`csv\` of \`POST /v1/series\`) and never by the upload: \`time\` names one column and its format, or one column each for year, month, day, hour and minute; \`valueColumn\` names the value; a row belongs to every series whose \`where\` columns hold exactly its texts; empty values are passed over as missing.
- \`application/cloudevents+json\` and \`application/cloudevents-batch+json\`: CloudEvents 1.0, one or a list; in binary mode \`ce-*\` headers beside \`application/json\`. \`data\` is an observation; its \`series\` may stand in \`subject\`, its \`observedAt\` in \`time\`. \`id\` and \`source\` make repetitions known without an Idempotency-Key.

Every observation gets a verdict, and sent = accepted + duplicate + quarantined + rejected. Quarantined ones are kept with their bytes and the reason (unknown series, other source, outside the physical range or time window, not finite, other unit). 200 comes after the durable commit. Sending the same again changes nothing; another value for the same series and time is a correction.`;

const IDEMPOTENCY_WORDS =
  'Optional, 1 to 255 printable ASCII characters. A request that is repeated with its key and body is answered as the first ' +
  'one was, with `replayed: true`. While the first is being worked on the answer is 409 with Retry-After ' +
  '(`IDEMPOTENCY_KEY_IN_PROGRESS`); the key with another body is refused with 422 (`IDEMPOTENCY_KEY_REUSED`).';

const text = { type: 'string' as const };

/** Bodies of `POST /v1/observations` by media type; put into the document where it is made, because one decorator cannot. */
export const DOOR_CONTENT = {
  'application/json': {
    schema: { $ref: '#/components/schemas/Observations' },
    examples: { one: { value: ONE }, many: { value: [ONE, NEXT] } },
  },
  'application/x-ndjson': {
    schema: text,
    examples: { lines: { value: `${JSON.stringify(ONE)}\n${JSON.stringify(NEXT)}\n` } },
  },
  'text/csv': {
    schema: text,
    examples: {
      mapped: {
        summary:
          'For a series registered with csv: {"time":{"column":"time","format":"rfc3339"},"valueColumn":"PM2.5","where":{"station":"3"}}',
        value: 'time,station,PM2.5\n2026-11-24T06:00:00Z,3,37.5\n2026-11-24T07:00:00Z,3,36\n',
      },
    },
  },
  'application/cloudevents+json': {
    schema: { $ref: '#/components/schemas/CloudEvent' },
    examples: { structured: { value: EVENT } },
  },
  'application/cloudevents-batch+json': {
    schema: { type: 'array' as const, items: { $ref: '#/components/schemas/CloudEvent' } },
    examples: { batch: { value: [EVENT] } },
  },
} satisfies Content;

const ANSWER = { sent: 2, accepted: 1, duplicate: 0, quarantined: 1, rejected: 0, position: '1201', problems: [] };
const PROBLEM = { index: 1, verdict: 'quarantined', reason: 'outside-physical-range', detail: '1200 is above 1000' };

/** Describes the door's one route. */
export function IsDoor(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Record observations: JSON (one or a list), NDJSON, CSV or CloudEvents',
      description: WORDS,
    }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: IDEMPOTENCY_WORDS }),
    ApiHeader({ name: 'Content-Encoding', required: false, description: '`gzip`, or absent.' }),
    ApiResponse({
      status: 200,
      description: 'Stored durably, with the verdicts; `problems` tells the first 100.',
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/DoorAnswer' },
          example: { ...ANSWER, problems: [PROBLEM] },
        },
      },
    }),
    IsProblem(
      400,
      'The body cannot be read, or nothing in it is an observation (`NOTHING_ACCEPTABLE`). Nothing was stored.',
    ),
    IsProblem(409, 'A request with this Idempotency-Key is being worked on; try again after `Retry-After` seconds.'),
    IsProblem(413, 'More than 8 MiB (inflated) or 10,000 observations; send it in parts.'),
    IsProblem(415, 'This media type, charset or content encoding is not read here.'),
    IsProblem(
      422,
      'The Idempotency-Key was used for another body (`IDEMPOTENCY_KEY_REUSED`), or no registration says how this CSV is read ' +
        '(`CSV_NOT_MAPPED`, `CSV_COLUMNS_UNKNOWN`).',
    ),
    IsProblem(503, 'Nothing was stored, the request is right: send it again after `Retry-After` seconds.'),
  );
}
