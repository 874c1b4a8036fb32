import type { LocalizedText, OrganisationEvent, SeriesDefinition, SeriesEvent, SourceEvent } from '#lib/domain';
import type { StoredEvent } from '#lib/event-store';
import { parseToken, sha256Hex, SOURCE_KEY_PREFIX } from '../token/token.js';
import { type RegisteredSeries, registeredSeriesFrom } from './registered-series.js';

/** A source whose key was checked, as the door needs it. */
export interface AuthenticatedSource {
  readonly sourceId: string;
  readonly keyId: string;
}

/** What became of a key. The reason of a refusal is for logs; a caller is only told 401. */
export type KeyCheck =
  | { readonly outcome: 'accepted'; readonly source: AuthenticatedSource }
  | {
      readonly outcome: 'refused';
      readonly reason: 'malformed' | 'unknown' | 'revoked' | 'expired' | 'source-retired';
    };

/** A source as lists show it: nothing in it can be used to send. */
export interface ListedSource {
  readonly sourceId: string;
  readonly name: LocalizedText;
  readonly status: 'registered' | 'retired';
  /** In the order in which they were issued; of a retired source none is valid any more. */
  readonly keys: readonly { readonly keyId: string; readonly expiresAt: string | null; readonly revoked: boolean }[];
}

type RegistryEvent = SourceEvent | SeriesEvent | OrganisationEvent;

interface SourceKey {
  readonly source: AuthenticatedSource;
  readonly sha256: string;
  readonly expiresAt_ms: number;
  revoked: boolean;
}

/** Most keys whose text is remembered so that the hot path does not hash it again. */
const VERIFIED_KEYS_MAX = 1000;

/**
 * What the doors must know about sources and series, folded from the log in memory: whose a key is, and what may come in
 * a series. It lags behind the log by as much as its follower does; a command that needs to be sure waits for a position.
 */
export class SourceRegistry {
  /** The events it must be given, in log order. */
  static readonly eventTypes: readonly RegistryEvent['type'][] = [
    'OrganisationEstablished',
    'SourceRegistered',
    'SourceKeyIssued',
    'SourceKeyRevoked',
    'SourceRetired',
    'SeriesRegistered',
    'SeriesChanged',
    'SeriesRetired',
  ];

  private readonly sourceNames = new Map<string, LocalizedText>();
  private readonly retiredSources = new Set<string>();
  private readonly keysBySha256 = new Map<string, SourceKey>();
  private readonly keysById = new Map<string, SourceKey>();
  private readonly seriesByKey = new Map<string, RegisteredSeries>();
  private readonly csvSeriesBySource = new Map<string, Map<string, RegisteredSeries>>();
  private readonly csvListBySource = new Map<string, readonly RegisteredSeries[]>();
  private readonly verifiedKeys = new Map<string, SourceKey>();
  private organisationTimeZone = 'UTC';

  constructor(private readonly now_ms: () => number = Date.now) {}

  /** The organisation's IANA time zone; `UTC` until it is established. */
  get timeZone(): string {
    return this.organisationTimeZone;
  }

  /** Folds one event; types it does not know are passed over. Applying the same event again changes nothing. */
  readonly apply = (stored: Pick<StoredEvent, 'type' | 'data'>): void => {
    if (!(SourceRegistry.eventTypes as readonly string[]).includes(stored.type)) return;
    this.evolve({ type: stored.type, data: JSON.parse(stored.data) } as RegistryEvent);
  };

  /** Whose key this is. A wrong checksum is refused without a look-up; revoking takes effect with the next request. */
  checkKey(key: string): KeyCheck {
    const verified = this.verifiedKeys.get(key);
    if (verified !== undefined) return this.stateOf(verified);
    if (parseToken(key, SOURCE_KEY_PREFIX) === null) return { outcome: 'refused', reason: 'malformed' };
    const found = this.keysBySha256.get(sha256Hex(key));
    if (found === undefined) return { outcome: 'refused', reason: 'unknown' };
    this.rememberVerified(key, found);
    return this.stateOf(found);
  }

  /** The series with this key, also when it is another source's or retired (the caller tells them apart), else undefined. */
  findSeries(seriesKey: string): RegisteredSeries | undefined {
    return this.seriesByKey.get(seriesKey);
  }

  /** Every registered series, retired ones too, in the order of registration. */
  allSeries(): Iterable<RegisteredSeries> {
    return this.seriesByKey.values();
  }

  hasSource(sourceId: string): boolean {
    return this.sourceNames.has(sourceId);
  }

  /** Every source, retired ones too, in the order of registration. */
  listSources(): readonly ListedSource[] {
    const keysOf = new Map<string, ListedSource['keys'][number][]>();
    for (const { source, expiresAt_ms, revoked } of this.keysById.values()) {
      const expiresAt = Number.isFinite(expiresAt_ms) ? new Date(expiresAt_ms).toISOString() : null;
      const keys = keysOf.get(source.sourceId) ?? [];
      keys.push({ keyId: source.keyId, expiresAt, revoked });
      keysOf.set(source.sourceId, keys);
    }
    return [...this.sourceNames].map(([sourceId, name]) => ({
      sourceId,
      name,
      status: this.retiredSources.has(sourceId) ? 'retired' : 'registered',
      keys: keysOf.get(sourceId) ?? [],
    }));
  }

  /**
   * The source's series that say how they appear in a CSV upload, retired ones left out. The same array as long as none of
   * them changes, so that what was worked out from it can be kept.
   */
  csvSeriesOf(sourceId: string): readonly RegisteredSeries[] {
    let list = this.csvListBySource.get(sourceId);
    if (list === undefined) {
      list = [...(this.csvSeriesBySource.get(sourceId)?.values() ?? [])];
      this.csvListBySource.set(sourceId, list);
    }
    return list;
  }

  private stateOf(key: SourceKey): KeyCheck {
    if (key.revoked) return { outcome: 'refused', reason: 'revoked' };
    if (this.retiredSources.has(key.source.sourceId)) return { outcome: 'refused', reason: 'source-retired' };
    if (key.expiresAt_ms <= this.now_ms()) return { outcome: 'refused', reason: 'expired' };
    return { outcome: 'accepted', source: key.source };
  }

  /** Oldest out: a source in use comes back with its next request. */
  private rememberVerified(key: string, found: SourceKey): void {
    if (this.verifiedKeys.size >= VERIFIED_KEYS_MAX) {
      const oldest = this.verifiedKeys.keys().next();
      if (oldest.done !== true) this.verifiedKeys.delete(oldest.value);
    }
    this.verifiedKeys.set(key, found);
  }

  private evolve(event: RegistryEvent): void {
    switch (event.type) {
      case 'OrganisationEstablished':
        this.organisationTimeZone = event.data.timeZone;
        return;
      case 'SourceRegistered':
        this.sourceNames.set(event.data.sourceId, event.data.name);
        return;
      case 'SourceKeyIssued':
        this.addKey(event.data);
        return;
      case 'SourceKeyRevoked': {
        const key = this.keysById.get(keyName(event.data.sourceId, event.data.keyId));
        if (key !== undefined) key.revoked = true;
        return;
      }
      case 'SourceRetired':
        this.retiredSources.add(event.data.sourceId);
        return;
      case 'SeriesRegistered':
      case 'SeriesChanged':
        this.putSeries(event.data, false);
        return;
      case 'SeriesRetired': {
        const series = this.seriesByKey.get(event.data.seriesKey);
        if (series !== undefined) this.putSeries(series.definition, true);
      }
    }
  }

  private addKey(data: { sourceId: string; keyId: string; keySha256: string; expiresAt?: string }): void {
    const name = keyName(data.sourceId, data.keyId);
    if (this.keysById.has(name)) return;
    const key: SourceKey = {
      source: { sourceId: data.sourceId, keyId: data.keyId },
      sha256: data.keySha256,
      expiresAt_ms: data.expiresAt === undefined ? Infinity : Date.parse(data.expiresAt),
      revoked: false,
    };
    this.keysById.set(name, key);
    this.keysBySha256.set(data.keySha256, key);
  }

  /** Entries are replaced, never changed: a request that is being read keeps the registration it started with. */
  private putSeries(definition: SeriesDefinition, retired: boolean): void {
    const before = this.seriesByKey.get(definition.seriesKey);
    const index = before === undefined ? this.seriesByKey.size : before.index;
    const series = registeredSeriesFrom(definition, index, retired);
    this.seriesByKey.set(definition.seriesKey, series);
    for (const sourceId of [before?.sourceId ?? definition.sourceId, definition.sourceId]) {
      this.csvSeriesBySource.get(sourceId)?.delete(definition.seriesKey);
      this.csvListBySource.delete(sourceId);
    }
    if (definition.csv === undefined || retired) return;
    const ofSource = this.csvSeriesBySource.get(definition.sourceId) ?? new Map<string, RegisteredSeries>();
    this.csvSeriesBySource.set(definition.sourceId, ofSource.set(definition.seriesKey, series));
  }
}

/** Key ids are unique within their source only. */
function keyName(sourceId: string, keyId: string): string {
  return `${sourceId}/${keyId}`;
}
