import { type ViewDatabase } from '#lib/read-models';

/**
 * Short integer names for series keys, given in the order in which the log first mentions them, so that a rebuild gives
 * the same ones. Writing side; kept in memory because every observation asks.
 */
export class SeriesIndex {
  private readonly idOfKey = new Map<string, number>();
  private readonly keyOfId: (string | undefined)[] = [];

  constructor(private readonly database: ViewDatabase) {
    const rows = database.all<{ series_id: number; series_key: string }>('SELECT series_id, series_key FROM series');
    for (const row of rows) this.remember(row.series_id, row.series_key);
  }

  /** The id of a key; a new one is written to the table. */
  idOf(seriesKey: string): number {
    const known = this.idOfKey.get(seriesKey);
    if (known !== undefined) return known;
    const seriesId = this.idOfKey.size + 1;
    this.database.run('INSERT INTO series VALUES (?, ?)', seriesId, seriesKey);
    this.remember(seriesId, seriesKey);
    return seriesId;
  }

  /** @throws Error for an id that was never given */
  keyOf(seriesId: number): string {
    const key = this.keyOfId[seriesId];
    if (key === undefined) throw new Error(`there is no series with the id ${seriesId}`);
    return key;
  }

  private remember(seriesId: number, seriesKey: string): void {
    this.idOfKey.set(seriesKey, seriesId);
    this.keyOfId[seriesId] = seriesKey;
  }
}

/** Reading side: ids of the series that a measure names, a key that ends in `*` standing for a prefix; ordered by key. */
export function seriesMatching(
  database: ViewDatabase,
  names: readonly string[],
): { readonly seriesId: number; readonly seriesKey: string }[] {
  const found = new Map<string, number>();
  for (const name of names) {
    for (const row of name.endsWith('*') ? withPrefix(database, name.slice(0, -1)) : withKey(database, name)) {
      found.set(row.series_key, row.series_id);
    }
  }
  return [...found]
    .map(([seriesKey, seriesId]) => ({ seriesId, seriesKey }))
    .sort((a, b) => (a.seriesKey < b.seriesKey ? -1 : a.seriesKey > b.seriesKey ? 1 : 0));
}

interface SeriesRow {
  readonly series_id: number;
  readonly series_key: string;
}

function withKey(database: ViewDatabase, seriesKey: string): SeriesRow[] {
  return database.all<SeriesRow>('SELECT series_id, series_key FROM series WHERE series_key = ?', seriesKey);
}

/** Keys are ASCII, so every key with the prefix sorts between it and it followed by U+007F. */
function withPrefix(database: ViewDatabase, prefix: string): SeriesRow[] {
  const sql = 'SELECT series_id, series_key FROM series WHERE series_key >= ? AND series_key < ?';
  return database.all<SeriesRow>(sql, prefix, `${prefix}\u007f`);
}

/** The id of one key, or undefined when the log has never mentioned it. */
export function seriesIdOf(database: ViewDatabase, seriesKey: string): number | undefined {
  return withKey(database, seriesKey)[0]?.series_id;
}
