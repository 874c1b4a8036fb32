import { Ajv } from 'ajv';
import {
  OBSERVATION_EVENT_SIZE_MAX_bytes,
  OBSERVATIONS_PER_EVENT_MAX,
  type ObservationColumns,
  type ObservationEvent,
  type QuarantinedObservation,
} from '#lib/domain';
import { decodeEvent, type StoredEvent } from '#lib/event-store';
import { SOURCE_ID } from './world.js';

/** 0004-01-05 to 9996-12-27: well within the calendar that the views count days with. */
const INSTANT = { type: 'integer', minimum: -62_040_643_200_000, maximum: 253_307_347_199_999 } as const;
const SERIES_KEY = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$' } as const;

/** What may stand in the log, written down here once more on purpose: the test must not share the door's mistakes. */
const RECORDED = {
  type: 'object',
  required: ['sourceId', 'series', 'seriesIndex', 'from_ms', 'step_ms', 'value'],
  additionalProperties: false,
  properties: {
    sourceId: { const: SOURCE_ID },
    series: { type: 'array', items: SERIES_KEY, minItems: 1, uniqueItems: true },
    seriesIndex: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1 },
    from_ms: INSTANT,
    step_ms: { type: 'array', items: { type: 'integer' } },
    value: { type: 'array', items: { type: 'number' } },
    flag: { type: 'array', items: { type: ['string', 'null'], pattern: '^[B-Z]$' } },
  },
} as const;

const QUARANTINED = {
  type: 'object',
  required: ['sourceId', 'items'],
  additionalProperties: false,
  properties: {
    sourceId: { const: SOURCE_ID },
    items: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['reason', 'detail', 'original', 'encoding'],
        additionalProperties: false,
        properties: {
          reason: {
            enum: [
              'unknown-series',
              'series-of-other-source',
              'outside-physical-range',
              'outside-time-window',
              'not-finite',
              'unit-mismatch',
            ],
          },
          detail: { type: 'string', minLength: 1, maxLength: 1_000 },
          series: SERIES_KEY,
          observedAt_ms: INSTANT,
          original: { type: 'string', minLength: 1, maxLength: 8_192 },
          encoding: { const: 'utf8' },
        },
      },
    },
  },
} as const;

const METADATA = {
  type: 'object',
  required: ['actor', 'correlationId'],
  additionalProperties: false,
  properties: {
    actor: {
      type: 'object',
      required: ['kind', 'id', 'role'],
      additionalProperties: false,
      properties: { kind: { const: 'source' }, id: { const: SOURCE_ID }, role: { const: 'source' } },
    },
    correlationId: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
    request: {
      type: 'object',
      required: ['key', 'fingerprint', 'response'],
      additionalProperties: false,
      properties: {
        key: { type: 'string', minLength: 1, maxLength: 255 },
        fingerprint: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        response: { type: ['object', 'null'] },
      },
    },
  },
} as const;

const ajv = new Ajv({ allowUnionTypes: true });
const schemaOf = {
  ObservationsRecorded: ajv.compile(RECORDED),
  ObservationsQuarantined: ajv.compile(QUARANTINED),
};
const isMetadata = ajv.compile(METADATA);

export interface StoredRow {
  readonly series: string;
  readonly at_ms: number;
  readonly value: number;
  readonly flag: string | null;
}

export interface StoredObservations {
  readonly rows: readonly StoredRow[];
  readonly quarantined: readonly QuarantinedObservation[];
}

/**
 * The observations in the events, in their order.
 * @throws Error when an event is not what the catalogue of events says
 */
export function readStored(events: readonly StoredEvent[]): StoredObservations {
  const rows: StoredRow[] = [];
  const quarantined: QuarantinedObservation[] = [];
  for (const event of events) {
    const decoded = checkedEvent(event);
    if (decoded.type === 'ObservationsRecorded') rows.push(...rowsOf(decoded.data));
    else quarantined.push(...decoded.data.items);
  }
  return { rows, quarantined };
}

function checkedEvent(event: StoredEvent): ObservationEvent {
  const place = `${event.stream}@${event.revision} (${event.type})`;
  if (event.stream !== `observations-${SOURCE_ID}`) throw new Error(`${place} is another stream than the sender's`);
  if (!isMetadata(event.metadata)) throw new Error(`${place}: metadata ${ajv.errorsText(isMetadata.errors)}`);
  if (event.type !== 'ObservationsRecorded' && event.type !== 'ObservationsQuarantined') {
    throw new Error(`${place} is no event of observations`);
  }
  const decoded = decodeEvent<ObservationEvent>(event);
  const isValid = schemaOf[event.type];
  if (!isValid(decoded.data)) throw new Error(`${place}: data ${ajv.errorsText(isValid.errors)}`);
  if (Buffer.byteLength(event.data) > OBSERVATION_EVENT_SIZE_MAX_bytes) throw new Error(`${place} is too large`);
  return decoded;
}

function rowsOf(columns: ObservationColumns): StoredRow[] {
  const { series, seriesIndex, step_ms, value, flag } = columns;
  const length = value.length;
  const lengths = [seriesIndex.length, step_ms.length, flag?.length ?? length];
  if (length > OBSERVATIONS_PER_EVENT_MAX || lengths.some((other) => other !== length) || step_ms[0] !== 0) {
    throw new Error('columns of an event do not belong together');
  }
  let at_ms = columns.from_ms;
  return value.map((one, i) => {
    at_ms += step_ms[i]!;
    const key = series[seriesIndex[i]!];
    if (key === undefined || !Number.isFinite(one)) throw new Error('an observation without a series or a value');
    return { series: key, at_ms, value: one, flag: flag?.[i] ?? null };
  });
}
