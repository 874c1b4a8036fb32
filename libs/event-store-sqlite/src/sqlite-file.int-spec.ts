/** What is particular to the SQLite adapter: one writer, the file's version, failed disks, readers beside the writer. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, collectUntil, eventNamed, eventsNamed, namesOf } from '../../event-store/src/contract/store-fixture.js';
import { pageOfKindsSql } from './log-reader.js';
import { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store.js';
import type { CommitStatistics } from './wire.js';

describe('SQLite event store', () => {
  let folder = '';
  let file = '';
  const open = new Set<SqliteEventStore>();
  const openStore = async (options: Partial<SqliteEventStoreOptions> = {}): Promise<SqliteEventStore> => {
    const store = await SqliteEventStore.open({ file, ...options });
    open.add(store);
    return store;
  };
  /** Another program that changes the file behind the writer's back, as a failing disk would. */
  const tamper = (sql: string): void => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    file = join(folder, 'deeper', 'log.db');
  });
  afterEach(async () => {
    for (const store of open) await store.close();
    open.clear();
    rmSync(folder, { recursive: true });
  });

  it('refuses a second writer with a clear error, and takes one again when the first has closed', async () => {
    const first = await openStore();
    await expect(openStore()).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await first.append('unit-a', 'no-stream', eventsNamed('one'));
    await first.close();
    const second = await openStore();
    expect(await second.append('unit-a', 0n, eventsNamed('two'))).toMatchObject({ position: 2n });
  });

  it('refuses a file of a newer program and a file of another program', async () => {
    await (await openStore()).close();
    tamper('PRAGMA user_version = 99');
    await expect(openStore()).rejects.toMatchObject({ code: 'STORE_NEWER_THAN_PROGRAM' });
    await expect(openStore({ readOnly: true })).rejects.toMatchObject({ code: 'STORE_NEWER_THAN_PROGRAM' });
    file = join(folder, 'other.db');
    tamper('CREATE TABLE cakes (name TEXT)');
    await expect(openStore()).rejects.toThrow('is not an event log');
    await expect(openStore({ file: join(folder, 'none.db'), readOnly: true })).rejects.toThrow('is not there');
  });

  it('writes with the write-ahead log, and its events can be neither changed nor deleted', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    const db = new Database(file);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(() => db.exec(`UPDATE events SET data = '{}'`)).toThrow('events never change');
    expect(() => db.exec('DELETE FROM events')).toThrow('events are never deleted');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  it('leaves one complete file when it is closed', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    await store.close();
    const copy = join(folder, 'copy.db');
    copyFileSync(file, copy);
    const restored = await openStore({ file: copy });
    expect(namesOf(await all(restored.readAll()))).toEqual(['one']);
  });

  it('stops for good when a commit fails: nothing is acknowledged, readiness hears of it, a restart reads the truth', async () => {
    const failures: Error[] = [];
    const store = await openStore({ onFailure: (error) => failures.push(error) });
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    // A deferred constraint is checked by COMMIT, so it is COMMIT that fails.
    tamper(`CREATE TABLE nobody (id INTEGER PRIMARY KEY);
      CREATE TABLE fault (id INTEGER REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER break_commit AFTER INSERT ON events BEGIN INSERT INTO fault VALUES (1); END;`);
    const waiting = ['two', 'three', 'four'].map((name) => store.append('unit-a', 'any', eventsNamed(name)));
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    await expect(store.append('unit-b', 'any', eventsNamed('later'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    expect(failures).toHaveLength(1);
    expect(namesOf(await all(store.readAll()))).toEqual(['one']);
    await store.close();
    tamper('DROP TRIGGER break_commit');
    const again = await openStore();
    expect(await again.append('unit-a', 0n, eventsNamed('two'))).toMatchObject({ position: 2n });
  });

  it('refuses one group when the log is locked by another program, burns no position, and goes on afterwards', async () => {
    const store = await openStore();
    const blocker = new Database(file);
    blocker.exec('BEGIN IMMEDIATE');
    const refused = Promise.allSettled([store.append('unit-a', 'any', eventsNamed('one'))]);
    expect(await refused).toMatchObject([{ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } }]);
    blocker.exec('COMMIT');
    blocker.close();
    expect(await store.append('unit-a', 'no-stream', eventsNamed('one'))).toMatchObject({ position: 1n });
  });

  it('moves a long write-ahead log into the file while it goes on', async () => {
    const store = await openStore({ checkpointAfter_pages: 20 });
    for (let index = 0; index < 40; index += 1) await store.append('unit-a', 'any', eventsNamed(`${index}`));
    // 40 commits write some 160 pages; the write-ahead log begins again at its front, so that it stays short.
    expect(statSync(`${file}-wal`).size).toBeLessThan(60 * 4096);
    expect(statSync(file).size).toBeGreaterThan(4096);
    expect(namesOf(await all(store.readAll()))).toHaveLength(40);
  });

  it('lets readers in other connections follow by polling and by being woken, without skipping a late commit', async () => {
    const writer = await openStore();
    const polling = await openStore({ readOnly: true, poll_ms: 5 });
    const woken = await openStore({ readOnly: true, poll_ms: 60_000 });
    await expect(polling.append('unit-a', 'any', eventsNamed('x'))).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    const follow = (store: SqliteEventStore): Promise<string[]> => {
      const abort = new AbortController();
      const isEnough = (batches: readonly { checkpoint: bigint }[]): boolean => batches.at(-1)!.checkpoint >= 3n;
      return collectUntil(store.subscribe({ signal: abort.signal }), isEnough, abort).then((batches) =>
        namesOf(batches.flatMap((batch) => batch.events)),
      );
    };
    const following = [follow(polling), follow(woken)];
    await writer.append('unit-a', 'any', eventsNamed('one'));
    // A transaction that has its position but has not committed: readers must neither see it nor go past it.
    const late = new Database(file);
    late.exec(
      `BEGIN IMMEDIATE; INSERT INTO events SELECT 2, 1, 1, kind_id, 1, recorded_at_ms, zeroblob(16), metadata, '{"name":"late"}' FROM events`,
    );
    const behind = writer.append('unit-b', 'any', eventsNamed('three'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await polling.head()).toMatchObject({ position: 1n });
    late.exec('COMMIT');
    late.close();
    expect(await behind).toMatchObject({ position: 3n });
    woken.wake();
    expect(await Promise.all(following)).toEqual([
      ['one', 'late', 'three'],
      ['one', 'late', 'three'],
    ]);
  });

  it('folds waiting appends into few commits and tells their figures', async () => {
    const commits: CommitStatistics[] = [];
    const store = await openStore({ onCommit: (statistics) => commits.push(statistics) });
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => store.append(`unit-${index}`, 'no-stream', eventsNamed(`${index}`))),
    );
    expect(commits.reduce((sum, commit) => sum + commit.appends, 0)).toBe(200);
    expect(commits.reduce((sum, commit) => sum + commit.events, 0)).toBe(200);
    expect(commits.length).toBeLessThan(20);
    for (const commit of commits) expect(commit.fsync_ms).toBeLessThanOrEqual(commit.duration_ms);
  });

  it('counts only what was written, and tells the head: refused and replayed appends leave both as they are', async () => {
    const commits: CommitStatistics[] = [];
    const store = await openStore({ onCommit: (statistics) => commits.push(statistics) });
    const first = eventsNamed('one');
    await store.append('unit-a', 'no-stream', first);
    await Promise.allSettled([
      store.append('unit-a', 'no-stream', eventsNamed('late')),
      store.append('unit-a', 'no-stream', first),
      store.append('unit-b', 'no-stream', eventsNamed('two', 'three')),
    ]);
    expect(
      commits.map(({ appends, events }) => [appends, events]).reduce(([a, b], [c, d]) => [a! + c!, b! + d!]),
    ).toEqual([2, 3]);
    expect(commits.at(-1)!.head).toBe(3n);
    expect(await store.head()).toMatchObject({ position: 3n });
  });

  it('refuses by bytes as well as by number', async () => {
    const store = await openStore({ waitingSize_max_bytes: 10_000 });
    const large = (name: string) => eventNamed(name, { data: { name, text: 'x'.repeat(8000) } });
    const appends = ['a', 'b', 'c'].map((name) => store.append('unit-a', 'any', [large(name)]));
    expect((await Promise.allSettled(appends)).map((result) => result.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    await store.append('unit-a', 'any', [large('d')]);
  });

  it('reads by kind from the index, without scanning the log', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    const db = new Database(file, { readonly: true });
    const explained = db.prepare(`EXPLAIN QUERY PLAN ${pageOfKindsSql([1n, 2n], true)}`).all({ start: 0, limit: 10 });
    const plan = (explained as { detail: string }[]).map((step) => step.detail);
    db.close();
    expect(plan.filter((step) => step.includes('events_by_kind (kind_id=? AND rowid>?)'))).toHaveLength(2);
    expect(plan.filter((step) => /SCAN (events|e)\b/.test(step))).toEqual([]);
  });
});
