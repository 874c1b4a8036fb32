/** What is particular to the PostgreSQL adapter: starters, versions, lost answers and servers, texts, plans. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from '../../../test/services/postgres.js';
import { startTcpProxy } from '../../../test/services/support/tcp-proxy.js';
import { all, collectUntil, eventNamed, eventsNamed, namesOf } from '../../event-store/src/contract/store-fixture.js';
import { pageOfKindsSql } from './log-reader.js';
import {
  PostgresEventStore,
  type PostgresCommitStatistics,
  type PostgresEventStoreOptions,
} from './postgres-event-store.js';

let server: PostgresServer;
let schema = '';
let logs = 0;
const open = new Set<PostgresEventStore>();

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => server?.dispose());
beforeEach(() => {
  schema = `faults_${(logs += 1)}`;
});
afterEach(async () => {
  await Promise.all([...open].map((store) => store.close()));
  open.clear();
});

async function openStore(options: Partial<PostgresEventStoreOptions> = {}): Promise<PostgresEventStore> {
  const store = await PostgresEventStore.open({ url: server.url, schema, ...options });
  open.add(store);
  return store;
}

async function asAdmin<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Appends from several callers, one after the other each, until `isOver`. Who is told that the store is unavailable asks for
 * the same again, as a caller should. Answers the names that were acknowledged.
 */
async function appendUntil(store: PostgresEventStore, isOver: () => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  const appendPatiently = async (stream: string, name: string): Promise<void> => {
    for (let attempts = 1; ; attempts += 1)
      try {
        const { outcome } = await store.append(stream, 'any', eventsNamed(name));
        // Who asked once may not be told that it had been there before, however often the adapter had to ask.
        if (attempts === 1) expect(outcome).toBe('appended');
        return;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'STORE_UNAVAILABLE' || attempts === 5) throw error;
      }
  };
  const caller = async (who: number): Promise<void> => {
    for (let index = 0; !isOver(); index += 1) {
      await appendPatiently(`unit-${who}`, `${who} ${index}`);
      acknowledged.push(`${who} ${index}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, who) => caller(who)));
  return acknowledged;
}

/** Follows until a position; answers the names in the order seen. */
async function followTo(store: PostgresEventStore, isEnough: (names: string[]) => boolean): Promise<string[]> {
  const abort = new AbortController();
  const batches = await collectUntil(
    store.subscribe({ signal: abort.signal }),
    (seen) => isEnough(namesOf(seen.flatMap((batch) => batch.events))),
    abort,
  );
  return namesOf(batches.flatMap((batch) => batch.events));
}

async function expectWholeLog(store: PostgresEventStore, acknowledged: readonly string[]): Promise<void> {
  const stored = await all(store.readAll());
  expect(stored.map((event) => event.position)).toEqual(stored.map((_, index) => BigInt(index + 1)));
  expect(new Set(stored.map((event) => event.id)).size).toBe(stored.length);
  const names = new Set(namesOf(stored));
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(0);
}

describe('opening a log in PostgreSQL', () => {
  it('given several starters at once, then all open one log', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ maxConnections: 3 })));
    await Promise.all(stores.map((store, who) => store.append('unit-a', 'any', eventsNamed(`${who}`))));
    for (const store of stores) expect(await all(store.readStream('unit-a'))).toHaveLength(4);
  });

  it('refuses the schema of a newer program', async () => {
    await (await openStore()).close();
    await asAdmin(`UPDATE ${schema}.log SET schema_version = 99`);
    await expect(openStore()).rejects.toMatchObject({ code: 'STORE_NEWER_THAN_PROGRAM' });
  });

  it('says that a server cannot be reached, that trying again is right, and never the password', async () => {
    const url = 'postgres://somebody:opensesame@127.0.0.1:1/records';
    const error: unknown = await openStore({ url, signal: AbortSignal.abort() }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(String(error)).toContain('127.0.0.1:1/records');
    for (const wrong of [url, 'postgres://somebody:opensesame@[', 'mysql://somebody:opensesame@127.0.0.1/records']) {
      const reason: unknown = await openStore({ url: wrong, signal: AbortSignal.abort() }).catch((e: unknown) => e);
      expect(reason).toBeInstanceOf(Error);
      expect(`${String(reason)} ${JSON.stringify(reason)} ${(reason as Error).stack}`).not.toContain('opensesame');
    }
  });

  it('refuses a database that does not exist, and a schema name that is not plain, without waiting', async () => {
    const url = server.url.replace(/postgres$/, 'nowhere');
    await expect(openStore({ url })).rejects.toThrow('database "nowhere" does not exist');
    await expect(openStore({ schema: 'a"b' })).rejects.toThrow('schema name');
  });
});

describe('what lies in PostgreSQL', () => {
  it('keeps U+0000, lone surrogates and the largest data as they are, and knows them again', async () => {
    const store = await openStore();
    const texts = ['a\u0000b', '"\ud800"', '\udc00\ud800', '\\u0000', '"\\ud800"', '', 'é😀'];
    const events = texts.map((data, index) => ({ ...eventNamed(`text ${index}`), data }));
    const large = { ...eventNamed('large'), data: `"${'\u0000'.repeat(300_000)}${'\ud800'.repeat(100_000)}"` };
    await store.append('unit-a', 'no-stream', events);
    await store.append('unit-b', 'no-stream', [large]);
    expect((await all(store.readStream('unit-a'))).map((event) => event.data)).toEqual(texts);
    expect((await all(store.readAll())).at(-1)!.data).toBe(large.data);
    expect(await store.append('unit-a', 'no-stream', events)).toMatchObject({ outcome: 'replayed' });
    expect(await store.append('unit-b', 'no-stream', [large])).toMatchObject({ outcome: 'replayed' });
    const other = { ...events[0]!, data: 'a\u0000c' };
    await expect(store.append('unit-a', 'any', [other])).rejects.toMatchObject({ code: 'EVENT_ID_CONFLICT' });
  });

  it('never changes or deletes an event', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    for (const sql of [`UPDATE ${schema}.events SET data = '{}'`, `DELETE FROM ${schema}.events`])
      await expect(asAdmin(sql)).rejects.toThrow('events never change');
    await expect(asAdmin(`TRUNCATE ${schema}.events`)).rejects.toThrow('events never change');
  });

  it('pages by bytes: many large events neither fill the memory nor end a reading early', async () => {
    const store = await openStore();
    const text = 'x'.repeat(800_000);
    for (let index = 0; index < 14; index += 1)
      await store.append('unit-a', 'any', [eventNamed(`${index}`, { data: { name: `${index}`, text } })]);
    const names = Array.from({ length: 14 }, (_, index) => `${index}`);
    expect(namesOf(await all(store.readAll()))).toEqual(names);
    expect(namesOf(await all(store.readAll({ types: ['Noted'], direction: 'backwards' })))).toEqual(names.reverse());
    expect(namesOf(await all(store.readStream('unit-a', { limit: 9 })))).toHaveLength(9);
    const abort = new AbortController();
    const subscription = store.subscribe({ signal: abort.signal, streamPrefix: 'unit-' });
    const batches = await collectUntil(subscription, (seen) => seen.at(-1)!.caughtUp, abort);
    expect(batches.flatMap((batch) => batch.events)).toHaveLength(14);
    expect(batches.length).toBeGreaterThan(1);
  });

  it('reads by kind from the index, without scanning the log', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off');
    const values = [0, 10, 1_000_000, ['Noted'], 'unit-', 'unit'];
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(
      `EXPLAIN ${pageOfKindsSql(schema, true)}`,
      values,
    );
    await client.end();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/events_by_kind/);
    expect(plan).not.toMatch(/Seq Scan on events/);
  });
});

describe('appending to PostgreSQL', () => {
  it('folds waiting appends into few commits, counts what was written and tells the head', async () => {
    const commits: PostgresCommitStatistics[] = [];
    const store = await openStore({ onCommit: (statistics) => commits.push(statistics) });
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => store.append(`unit-${index}`, 'no-stream', eventsNamed(`${index}`))),
    );
    expect(commits.reduce((sum, commit) => sum + commit.appends, 0)).toBe(200);
    expect(commits.length).toBeLessThan(20);
    await Promise.allSettled([
      store.append('unit-0', 'no-stream', eventsNamed('late')),
      store.append('unit-0', 'no-stream', eventsNamed('0')),
      store.append('unit-b', 'no-stream', eventsNamed('two', 'three')),
    ]);
    expect(commits.at(-1)).toMatchObject({ appends: 1, events: 2, head: 202n });
  });

  it('given data that the server cannot take, then its neighbours are written', async () => {
    const store = await openStore();
    await store.append('unit-a', 'no-stream', eventsNamed('first'));
    await asAdmin(
      `ALTER TABLE ${schema}.events ADD CHECK (length(data) < 1 / (length(data) - length('{"bad":true}')) + 100)`,
    );
    const bad = { ...eventNamed('bad'), data: '{"bad":true}' };
    const results = await Promise.allSettled([
      store.append('unit-a', 'any', eventsNamed('second')),
      store.append('unit-a', 'any', [bad]),
      store.append('unit-b', 'any', eventsNamed('third')),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'INVALID_EVENT' } });
    expect(namesOf(await all(store.readAll()))).toEqual(['first', 'second', 'third']);
  });

  it('wakes followers of other processes by a notice, long before they would look by themselves', async () => {
    const writer = await openStore();
    const follower = await openStore();
    const begun_ms = performance.now();
    const following = followTo(follower, (names) => names.length === 20);
    for (let index = 0; index < 20; index += 1) {
      await writer.append('unit-a', 'any', eventsNamed(`${index}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await following).toHaveLength(20);
    // By looking every half second it would see about three batches; what is measured here is that it ends at once.
    expect(performance.now() - begun_ms).toBeLessThan(5000);
  });
});

describe('faults of PostgreSQL and of the way to it', () => {
  it('given a commit whose answer is lost, then the append is neither lost nor doubled, and is told as appended', async () => {
    const proxy = await startTcpProxy(server.port);
    const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    const failures: Error[] = [];
    // A new type of event would be asked for first, and that answer lost instead.
    const store = await openStore({ url, onFailure: (error) => failures.push(error) });
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const isSwallowed = proxy.swallowNextAnswer();
    const result = await store.append('unit-a', 0n, eventsNamed('two'));
    await isSwallowed;
    expect(result).toMatchObject({ outcome: 'appended', firstRevision: 1n, position: 2n });
    expect(failures).toHaveLength(1);
    expect(await store.append('unit-a', 0n, eventsNamed('two'))).toMatchObject({ outcome: 'replayed', position: 2n });
    expect(namesOf(await all(store.readAll()))).toEqual(['one', 'two']);
    await store.close();
    await proxy.close();
  });

  it('given backends that are ended and connections that are cut all the time, then nothing is lost or doubled', async () => {
    const proxy = await startTcpProxy(server.port);
    const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    const store = await openStore({ url, applicationName: 'victim' });
    let isOver = false;
    const writing = appendUntil(store, () => isOver);
    let last = '';
    const following = followTo(store, (names) => isOver && last !== '' && names.includes(last));
    for (let round = 0; round < 12; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 80));
      if (round % 2 === 0) proxy.cut();
      else await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`);
    }
    isOver = true;
    const acknowledged = await writing;
    last = 'the end';
    await store.append('unit-end', 'any', eventsNamed(last));
    await expectWholeLog(store, acknowledged);
    expect(await following).toEqual(namesOf(await all(store.readAll())));
    await store.close();
    await proxy.close();
  });

  it('given a server that restarts at once, then the log goes on by itself without a loss', async () => {
    const store = await openStore();
    let isOver = false;
    const writing = appendUntil(store, () => isOver);
    let last = '';
    const following = followTo(store, (names) => isOver && last !== '' && names.includes(last));
    for (let round = 0; round < 2; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.restartImmediately();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    isOver = true;
    const acknowledged = await writing;
    last = 'the end';
    await store.append('unit-end', 'any', eventsNamed(last));
    await expectWholeLog(store, acknowledged);
    expect(await following).toEqual(namesOf(await all(store.readAll())));
  });

  it('given a server that stays away, then appends and readings are refused in time, and taken when it is back', async () => {
    const failures: Error[] = [];
    const store = await openStore({ onFailure: (error) => failures.push(error) });
    await store.append('unit-a', 'no-stream', eventsNamed('one'));
    await server.stopImmediately();
    const refused = await Promise.allSettled([
      store.append('unit-a', 0n, eventsNamed('two')),
      all(store.readStream('unit-a')),
    ]);
    for (const result of refused)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    expect(failures).toHaveLength(1);
    await server.start();
    expect(await store.append('unit-a', 0n, eventsNamed('two'))).toMatchObject({ position: 2n });
  });
});
