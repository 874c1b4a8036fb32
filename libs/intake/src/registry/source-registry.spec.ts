import { describe, expect, it } from '@jest/globals';
import { LogFollower, MemoryEventStore } from '#lib/event-store';
import { issueApiKey, issueToken } from '../token/token.js';
import { NOW_ms, registryWithSeries, RETIRED, seriesOf, SOURCE_ID } from '../spec-support/intake-fixture.js';
import { SourceRegistry } from './source-registry.js';

function registryWithKey(expiresAt?: string): {
  registry: SourceRegistry;
  key: string;
  put: (type: string, data: object) => void;
} {
  const registry = new SourceRegistry(() => NOW_ms);
  const { key, keyId, sha256 } = issueApiKey();
  const put = (type: string, data: object): void => registry.apply({ type, data: JSON.stringify(data) });
  put('SourceRegistered', { sourceId: SOURCE_ID, name: { en: 'Air' } });
  put('SourceKeyIssued', { sourceId: SOURCE_ID, keyId: 'k1', keySha256: sha256, ...(expiresAt ? { expiresAt } : {}) });
  expect(keyId).not.toBe('k1');
  return { registry, key, put };
}

describe('the source registry: keys', () => {
  it('accepts an issued key, again and again', () => {
    const { registry, key } = registryWithKey();
    for (let i = 0; i < 3; i += 1) {
      expect(registry.checkKey(key)).toEqual({ outcome: 'accepted', source: { sourceId: SOURCE_ID, keyId: 'k1' } });
    }
  });

  it('refuses what was never issued, and what cannot be a key', () => {
    const { registry } = registryWithKey();
    expect(registry.checkKey(issueApiKey().key)).toEqual({ outcome: 'refused', reason: 'unknown' });
    expect(registry.checkKey('tsk_x')).toEqual({ outcome: 'refused', reason: 'malformed' });
    expect(registry.checkKey(issueToken('tsp').token)).toEqual({ outcome: 'refused', reason: 'malformed' });
  });

  it('refuses a revoked key at once, also one that it has verified before', () => {
    const { registry, key, put } = registryWithKey();
    registry.checkKey(key);
    put('SourceKeyRevoked', { sourceId: SOURCE_ID, keyId: 'k1' });
    expect(registry.checkKey(key)).toEqual({ outcome: 'refused', reason: 'revoked' });
  });

  it('lists sources and their keys, and nothing by which one could send', () => {
    const { registry, put } = registryWithKey();
    put('SourceKeyIssued', { sourceId: SOURCE_ID, keyId: 'k2', keySha256: 'b', expiresAt: '2030-01-01T00:00:00.000Z' });
    put('SourceKeyRevoked', { sourceId: SOURCE_ID, keyId: 'k1' });
    put('SourceRegistered', { sourceId: 'old', name: { en: 'Old' } });
    put('SourceRetired', { sourceId: 'old' });
    const keys = [
      { keyId: 'k1', expiresAt: null, revoked: true },
      { keyId: 'k2', expiresAt: '2030-01-01T00:00:00.000Z', revoked: false },
    ];
    expect(registry.listSources()).toEqual([
      { sourceId: SOURCE_ID, name: { en: 'Air' }, status: 'registered', keys },
      { sourceId: 'old', name: { en: 'Old' }, status: 'retired', keys: [] },
    ]);
    expect([registry.hasSource('old'), registry.hasSource('new')]).toEqual([true, false]);
  });

  it('refuses the keys of a retired source, and a key from its expiry on', () => {
    const retired = registryWithKey();
    retired.put('SourceRetired', { sourceId: SOURCE_ID });
    expect(retired.registry.checkKey(retired.key)).toEqual({ outcome: 'refused', reason: 'source-retired' });
    const expired = registryWithKey(new Date(NOW_ms).toISOString());
    expect(expired.registry.checkKey(expired.key)).toEqual({ outcome: 'refused', reason: 'expired' });
    const valid = registryWithKey(new Date(NOW_ms + 1).toISOString());
    expect(valid.registry.checkKey(valid.key).outcome).toBe('accepted');
  });

  it('goes on recognising keys when more are in use than it remembers verified', () => {
    const { registry, put } = registryWithKey();
    const keys = Array.from({ length: 1100 }, (_, i) => {
      const { key, sha256 } = issueApiKey();
      put('SourceKeyIssued', { sourceId: SOURCE_ID, keyId: `more-${i}`, keySha256: sha256 });
      return key;
    });
    for (const key of [...keys, ...keys]) expect(registry.checkKey(key).outcome).toBe('accepted');
  });
});

describe('the source registry: series', () => {
  it('keeps the number of a series when its registration changes, and marks retired ones', () => {
    const registry = registryWithSeries();
    const before = registry.findSeries('air/pm25/station-1')!;
    const changed = { ...seriesOf('air/pm25/station-1'), unitOfMeasure: 'mg/m3' };
    registry.apply({ type: 'SeriesChanged', data: JSON.stringify(changed) });
    const after = registry.findSeries('air/pm25/station-1')!;
    expect(after.index).toBe(before.index);
    expect([before.unitOfMeasure, after.unitOfMeasure]).toEqual(['ug/m3', 'mg/m3']);
    expect(registry.findSeries(RETIRED)?.retired).toBe(true);
    expect(registry.findSeries('no/such')).toBeUndefined();
  });

  it('lists the series with a CSV mapping of a source only, until they are retired or lose it', () => {
    const mapping = { time: { column: 't', format: 'rfc3339' }, valueColumn: 'v' } as const;
    const registry = registryWithSeries([seriesOf('a', mapping), seriesOf('b', mapping)]);
    expect(registry.csvSeriesOf(SOURCE_ID).map((series) => series.seriesKey)).toEqual(['a', 'b']);
    registry.apply({ type: 'SeriesRetired', data: '{"seriesKey":"a"}' });
    registry.apply({ type: 'SeriesChanged', data: JSON.stringify(seriesOf('b')) });
    expect(registry.csvSeriesOf(SOURCE_ID)).toEqual([]);
    expect(registry.csvSeriesOf('nobody')).toEqual([]);
  });

  it('hands out the same list until one of the series changes, and follows a series to another source', () => {
    const mapping = { time: { column: 't', format: 'rfc3339' }, valueColumn: 'v' } as const;
    const registry = registryWithSeries([seriesOf('a', mapping)]);
    const list = registry.csvSeriesOf(SOURCE_ID);
    expect(registry.csvSeriesOf(SOURCE_ID)).toBe(list);
    const moved = { ...seriesOf('a', mapping), sourceId: 'other' };
    registry.apply({ type: 'SeriesChanged', data: JSON.stringify(moved) });
    expect(registry.csvSeriesOf(SOURCE_ID)).toEqual([]);
    expect(registry.csvSeriesOf('other').map((series) => series.seriesKey)).toEqual(['a']);
  });

  it('is kept up to date by a log follower', async () => {
    const store = new MemoryEventStore();
    const registry = new SourceRegistry();
    const follower = new LogFollower({
      store,
      types: SourceRegistry.eventTypes,
      apply: registry.apply,
      onError: (error) => {
        throw error;
      },
    }).start();
    const definition = seriesOf('air/o3/station-1');
    const { position } = await store.append('series-air/o3/station-1', 'no-stream', [
      {
        id: '00000000-0000-4000-8000-000000000001',
        type: 'SeriesRegistered',
        schemaVersion: 1,
        data: JSON.stringify(definition),
        metadata: { actor: { kind: 'system', id: 'spec', role: 'system' }, correlationId: 'spec' },
      },
    ]);
    expect(await follower.waitFor(position, 2000)).toBe(true);
    expect(registry.findSeries('air/o3/station-1')?.definition).toEqual(definition);
    await follower.stop();
    await store.close();
  });
});
