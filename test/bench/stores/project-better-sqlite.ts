import Database from 'better-sqlite3';
import { batchBodies, type Columns, type Observation } from '../workload.js';
import { betterSqliteStore, openDurable } from './better-sqlite.js';

/** Rows gathered and sorted before they are written: scattered B-tree pages are what costs (research, section 3). */
const ROWS_PER_TRANSACTION = 100_000;
const EVENTS_PER_PAGE = 100;

/** The bare engine's projection: batch events from the log into one row an observation, sorted by key. */
export function projectWithBetterSqlite(
  file: string,
  batches: number,
  seed: number,
): { count: number; took_ms: number } {
  const store = betterSqliteStore('sqlite-batch', file);
  for (const body of batchBodies(batches, seed)) void store.append(JSON.parse(body) as Observation[]);
  void store.close();

  const log = new Database(file, { readonly: true });
  const views = openDurable(`${file}-views`);
  // Views can be made again from the log, so they need no sync at every commit.
  views.pragma('synchronous = NORMAL');
  views.exec('CREATE TABLE o (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID');
  const upsert = views.prepare(
    'INSERT INTO o VALUES (?, ?, ?) ON CONFLICT (series, at) DO UPDATE SET value = excluded.value',
  );
  const page = log.prepare('SELECT position, data FROM events WHERE position > ? ORDER BY position LIMIT ?').raw();
  const write = views.transaction((rows: [number, number, number][]) => {
    rows.sort((left, right) => left[0] - right[0] || left[1] - right[1]);
    for (const row of rows) upsert.run(...row);
  });

  const startedAt = performance.now();
  const numbers = new Map<string, number>();
  let rows: [number, number, number][] = [];
  let position = 0;
  let count = 0;
  for (;;) {
    const events = page.all(position, EVENTS_PER_PAGE) as [number, string][];
    for (const [at, data] of events) {
      position = at;
      count += unpack(JSON.parse(data) as Columns, numbers, rows);
    }
    if (rows.length >= ROWS_PER_TRANSACTION || events.length === 0) {
      write(rows);
      rows = [];
    }
    if (events.length === 0) break;
  }
  views.pragma('wal_checkpoint(TRUNCATE)');
  const took_ms = performance.now() - startedAt;
  log.close();
  views.close();
  return { count, took_ms };
}

function unpack(columns: Columns, numbers: Map<string, number>, rows: [number, number, number][]): number {
  let at_ms = columns.from_ms;
  columns.value.forEach((value, index) => {
    at_ms += columns.step_ms[index] ?? 0;
    const key = columns.series[columns.seriesIndex[index] ?? 0] ?? '';
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size + 1));
    rows.push([number, at_ms, value]);
  });
  return columns.value.length;
}
