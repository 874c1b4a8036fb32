import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { StoredEvent } from '#lib/event-store';
import { canonicalJson, eventDigest, LogDigest } from './event-digest.js';
import { observationsIn } from './observation-count.js';
import { eventsOf, observations, writtenSide } from './spec-support/written-logs.js';

const event: StoredEvent = {
  id: '00000000-0000-8000-8000-000000000001',
  type: 'Noted',
  schemaVersion: 1,
  data: '{"a":1}',
  metadata: { correlationId: 'c', actor: { kind: 'system', id: 't', role: 'system' } },
  stream: 'note-1',
  revision: 2n ** 60n,
  position: 1n,
  recordedAt_ms: 5,
};
const digestOf = (events: readonly StoredEvent[]) => {
  const digest = new LogDigest();
  for (const each of events) digest.add(each);
  return digest.value();
};

describe('eventDigest', () => {
  it('is the SHA-256 of place, metadata and data, computed here by hand', () => {
    const text = [
      '["note-1","1152921504606846976","00000000-0000-8000-8000-000000000001","Noted",1,5]',
      '{"actor":{"id":"t","kind":"system","role":"system"},"correlationId":"c"}',
      '{"a":1}',
    ].join('\n');
    expect(eventDigest(event).toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('changes with every field but the position, and not with the order of keys in metadata', () => {
    const same = eventDigest(event).toString('hex');
    const { actor, correlationId } = event.metadata;
    expect(eventDigest({ ...event, position: 9n }).toString('hex')).toBe(same);
    expect(eventDigest({ ...event, metadata: { actor, correlationId } }).toString('hex')).toBe(same);
    const others: Partial<StoredEvent>[] = [
      { id: event.id.replace('1', '2') },
      { type: 'Other' },
      { schemaVersion: 2 },
      { data: '{"a": 1}' },
      { metadata: { actor, correlationId: 'd' } },
      { stream: 'note-2' },
      { revision: 2n ** 60n + 1n },
      { recordedAt_ms: 6 },
    ];
    for (const other of others) expect(eventDigest({ ...event, ...other }).toString('hex')).not.toBe(same);
  });
});

describe('canonicalJson', () => {
  it('reads back as what JSON.stringify writes, and is the same for the same content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(text).not.toContain('\n');
      }),
    );
  });
});

describe('LogDigest', () => {
  it('given the same events in another order, then the chain differs and the sum does not', async () => {
    const events = await eventsOf(await writtenSide(6));
    const forwards = digestOf(events);
    const backwards = digestOf([...events].reverse());
    expect(backwards.sum).toBe(forwards.sum);
    expect(backwards.chain).not.toBe(forwards.chain);
    expect(forwards).toMatchObject({ events: 6, observations: 15 });
    expect(digestOf(events.slice(0, 5)).sum).not.toBe(forwards.sum);
    expect(digestOf([])).toMatchObject({ events: 0, chain: '0'.repeat(64), sum: '0'.repeat(64) });
  });

  it('keeps 64 digits whatever the sum, and stays below 2^256', async () => {
    const events = await eventsOf(await writtenSide(50));
    expect(digestOf(events).sum).toMatch(/^[0-9a-f]{64}$/);
    const expected =
      events.reduce((sum, each) => sum + BigInt(`0x${eventDigest(each).toString('hex')}`), 0n) % 2n ** 256n;
    expect(BigInt(`0x${digestOf(events).sum}`)).toBe(expected);
  });
});

describe('observationsIn', () => {
  it('counts what JSON.parse counts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.string(), (count, text) => {
        const data = JSON.stringify({ note: `${text}"seriesIndex":[1,2,3]`, ...observations(count) });
        expect(observationsIn({ type: 'ObservationsRecorded', data })).toBe(count);
      }),
    );
    expect(observationsIn({ type: 'Noted', data: JSON.stringify(observations(3)) })).toBe(0);
    expect(observationsIn({ type: 'ObservationsRecorded', data: '{"seriesIndex":[1' })).toBe(0);
    expect(observationsIn({ type: 'ObservationsRecorded', data: '{}' })).toBe(0);
  });
});
