import { DoorError } from './door-error.js';
import type { DoorRequest } from './door-request.js';

export type BodyFormat =
  | 'json'
  | 'ndjson'
  | 'csv'
  | 'cloud-event'
  | 'cloud-event-batch'
  /** Attributes in `ce-*` headers, the body is the event's data. */
  | 'cloud-event-binary';

/** The one place where a media type meets its reader. */
const FORMAT_BY_MEDIA_TYPE: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/cloudevents+json': 'cloud-event',
  'application/cloudevents-batch+json': 'cloud-event-batch',
};

/** What the door reads, for answers and documentation. */
export const MEDIA_TYPES: readonly string[] = Object.keys(FORMAT_BY_MEDIA_TYPE);

/** Any of them says that a sender meant a CloudEvent, so that a missing one is an error and not another format. */
const BINARY_MODE_HEADERS = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];
const ACCEPTED_CHARSET = /^"?(?:utf-?8|us-ascii)"?$/i;

/**
 * Which reader the headers ask for. Media types are matched case-insensitively, as CloudEvents and RFC 9110 demand.
 *
 * @throws DoorError `UNSUPPORTED_MEDIA_TYPE`
 */
export function formatOf(request: Pick<DoorRequest, 'contentType' | 'headers'>): BodyFormat {
  // Nearly every request carries exactly this; the general way costs more than the rest of the routing.
  const format = request.contentType === 'application/json' ? 'json' : formatOfMediaType(request.contentType);
  if (format === 'json' && BINARY_MODE_HEADERS.some((name) => request.headers[name] !== undefined)) {
    return 'cloud-event-binary';
  }
  return format;
}

function formatOfMediaType(contentType: string | undefined): BodyFormat {
  const [type, ...parameters] = (contentType ?? '').split(';');
  const mediaType = type!.trim().toLowerCase();
  const format = Object.hasOwn(FORMAT_BY_MEDIA_TYPE, mediaType) ? FORMAT_BY_MEDIA_TYPE[mediaType] : undefined;
  if (format === undefined) {
    const sent = mediaType === '' ? 'a body without Content-Type' : JSON.stringify(mediaType.slice(0, 100));
    throw unsupported(`${sent} is not read here; send one of ${MEDIA_TYPES.join(', ')}`);
  }
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=');
    if (name!.trim().toLowerCase() === 'charset' && !ACCEPTED_CHARSET.test(value.trim())) {
      throw unsupported('the charset must be UTF-8');
    }
  }
  return format;
}

function unsupported(message: string): DoorError {
  return new DoorError('unsupported-media-type', 'UNSUPPORTED_MEDIA_TYPE', message);
}
