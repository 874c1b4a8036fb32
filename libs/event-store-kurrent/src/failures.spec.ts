import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#lib/event-store';
import { appendFailure, currentRevisionIn, isPassing, readFailure } from './failures.js';

const typed = (type: string, fields: object = {}): Error => Object.assign(new Error(type), { type, ...fields });
const status = (code: number): Error => Object.assign(new Error(`status ${code}`), { code });

describe('errors of the client', () => {
  it('are passing when the server did not answer, by type, by status or by message', () => {
    for (const type of ['timeout', 'deadline-exceeded', 'unavailable', 'cancelled', 'not-leader', 'unknown'])
      expect(isPassing(typed(type))).toBe(true);
    for (const type of ['stream-deleted', 'access-denied', 'wrong-expected-version', 'maximum-append-size-exceeded'])
      expect(isPassing(typed(type, { code: 14 }))).toBe(false);
    expect(isPassing(status(14))).toBe(true);
    expect(isPassing(status(16))).toBe(false);
    expect(isPassing(new Error('Failed to discover after 10 attempts.'))).toBe(true);
    expect(isPassing(new Error('connect ECONNREFUSED 127.0.0.1:2113'))).toBe(true);
    expect(isPassing(new TypeError('x is not a function'))).toBe(false);
    expect(isPassing(undefined)).toBe(false);
  });

  it('tell the current revision of a stream, exactly, or that there is none', () => {
    const beyondDoubles = 2n ** 53n + 1n;
    expect(currentRevisionIn(typed('wrong-expected-version', { actualVersion: beyondDoubles }))).toBe(beyondDoubles);
    expect(currentRevisionIn(typed('wrong-expected-version', { actualVersion: 'no_stream' }))).toBeNull();
    // -1 as an unsigned number
    expect(currentRevisionIn(typed('wrong-expected-version', { actualVersion: 2n ** 64n - 1n }))).toBeNull();
    expect(currentRevisionIn(typed('unavailable'))).toBeUndefined();
  });

  it('become errors of the port', () => {
    const tooLarge = typed('maximum-append-size-exceeded', { maxAppendSize: 1048576 });
    expect(appendFailure(tooLarge, 'unit-a', 2_000_000)).toMatchObject({
      code: 'EVENT_TOO_LARGE',
      message: expect.stringContaining('1048576') as unknown,
    });
    expect(appendFailure(typed('stream-deleted'), 'unit-a', 1)).toMatchObject({ code: 'STREAM_DELETED' });
    expect(appendFailure(typed('not-leader'), 'unit-a', 1)).toBeInstanceOf(StoreUnavailable);
    expect(readFailure(typed('access-denied'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const unexpected = new TypeError('a fault of the program');
    expect(readFailure(unexpected)).toBe(unexpected);
  });
});
