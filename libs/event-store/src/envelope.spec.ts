import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decodeEvent, upcasterKey, type Upcasters } from './decode-event.js';
import { eventIdFrom, toNewEvents } from './event-ids.js';

describe('eventIdFrom', () => {
  it('is a UUID of version 8 and variant 10 whose other bits are the SHA-256 of seed and index', () => {
    const hex = createHash('sha256').update('command-1\n0').digest('hex');
    const id = eventIdFrom('command-1', 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id.slice(0, 13).replace('-', '')).toBe(hex.slice(0, 12));
    expect(id.slice(24)).toBe(hex.slice(20, 32));
  });

  it('gives the same id for the same cause and another for every other cause', () => {
    const cause = fc.tuple(fc.string({ unit: fc.constantFrom('a', '1', '\n', ':') }), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(cause, cause, ([seed, index], [otherSeed, otherIndex]) => {
        const isSameCause = seed === otherSeed && index === otherIndex;
        expect(eventIdFrom(seed, index) === eventIdFrom(otherSeed, otherIndex)).toBe(isSameCause);
      }),
    );
  });
});

describe('decodeEvent', () => {
  it('gives back what toNewEvents put into the envelope', () => {
    const actor = { kind: 'system', id: 'test', role: 'system' } as const;
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const [event] = toNewEvents([{ type: 'Noted', data }], 'seed', { actor, correlationId: 'c' });
        expect(event).toMatchObject({ schemaVersion: 1, id: eventIdFrom('seed', 0) });
        expect(decodeEvent(event!)).toEqual({ type: 'Noted', data: JSON.parse(JSON.stringify(data)) });
      }),
    );
  });

  it('lifts an old version step by step to the newest and leaves the newest alone', () => {
    const upcasters: Upcasters = new Map([
      [upcasterKey('Weighed', 1), (data) => ({ weight_g: (data as { kilograms: number }).kilograms * 1000 })],
      [upcasterKey('Weighed', 2), (data) => ({ ...(data as { weight_g: number }), scale: 'unknown' })],
    ]);
    const stored = (schemaVersion: number, data: unknown) => ({
      type: 'Weighed',
      schemaVersion,
      data: JSON.stringify(data),
    });
    expect(decodeEvent(stored(1, { kilograms: 2 }), upcasters).data).toEqual({ weight_g: 2000, scale: 'unknown' });
    expect(decodeEvent(stored(2, { weight_g: 5 }), upcasters).data).toEqual({ weight_g: 5, scale: 'unknown' });
    expect(decodeEvent(stored(3, { weight_g: 5, scale: 'a' }), upcasters).data).toEqual({ weight_g: 5, scale: 'a' });
  });
});
