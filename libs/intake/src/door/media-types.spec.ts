import { describe, expect, it } from '@jest/globals';
import type { DoorError } from './door-error.js';
import { formatOf } from './media-types.js';

describe('media types', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=UTF-8', 'json'],
    ['application/json;charset="utf-8"', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['text/csv; header=present', 'csv'],
    ['Application/CloudEvents+JSON', 'cloud-event'],
    ['application/cloudevents-batch+json; charset=utf-8', 'cloud-event-batch'],
  ])('%s is read as %s', (contentType, format) => {
    expect(formatOf({ contentType, headers: {} })).toBe(format);
  });

  it('JSON with any CloudEvents header is an event in binary mode', () => {
    const headers = { 'ce-source': '/s' };
    expect(formatOf({ contentType: 'application/json', headers })).toBe('cloud-event-binary');
    expect(formatOf({ contentType: 'application/cloudevents+json', headers })).toBe('cloud-event');
  });

  it.each([undefined, '', 'text/plain', 'application/xml', 'constructor', 'application/json; charset=latin1'])(
    '%p is refused with the list of what is read',
    (contentType) => {
      let refusal: DoorError | undefined;
      try {
        formatOf({ contentType, headers: {} });
      } catch (error) {
        refusal = error as DoorError;
      }
      expect(refusal).toMatchObject({ kind: 'unsupported-media-type', code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );
});
