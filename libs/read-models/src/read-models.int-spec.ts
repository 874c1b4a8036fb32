import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Checkpoint } from './checkpoint.js';
import { isEngineTrouble, OwnershipLost, ViewsNotReady } from './errors.js';
import { FolderOwnership } from './folder-ownership.js';
import { Generations } from './generations.js';
import { LiveViews } from './live-views.js';
import { ViewDatabase } from './view-database.js';

let folder: string;
let generations: Generations;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-read-models-'));
  generations = new Generations(join(folder, 'views'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('ViewDatabase', () => {
  it('undoes a transaction that throws, and only the step that throws of a larger one', () => {
    const database = ViewDatabase.open(join(folder, 'a.db'));
    database.exec('CREATE TABLE t (x INTEGER)');
    const fail = (): never => {
      database.run('INSERT INTO t VALUES (1)');
      throw new Error('no');
    };
    expect(() => database.transaction(fail)).toThrow('no');
    database.transaction(() => {
      database.run('INSERT INTO t VALUES (2)');
      expect(() => database.savepoint(fail)).toThrow('no');
      database.savepoint(() => database.run('INSERT INTO t VALUES (3)'));
    });
    expect(database.all('SELECT x FROM t')).toEqual([{ x: 2 }, { x: 3 }]);
    database.close();
  });

  it('gives rows by name or as arrays, whichever was asked for first', () => {
    const database = ViewDatabase.open(join(folder, 'a.db'));
    database.exec(`CREATE TABLE t (x INTEGER, y TEXT); INSERT INTO t VALUES (1, 'a'), (2, NULL)`);
    const sql = 'SELECT y, x FROM t WHERE x >= ? ORDER BY x';
    const named = [
      { y: 'a', x: 1 },
      { y: null, x: 2 },
    ];
    const bare = named.map(({ y, x }) => [y, x]);
    for (let time = 1; time <= 2; time += 1) {
      expect(database.arrays(sql, 0)).toEqual(bare);
      expect(database.all(sql, 0)).toEqual(named);
      expect(database.arrays(sql, 3)).toEqual([]);
    }
    database.close();
  });

  it('shows one moment within a snapshot while another connection writes', () => {
    const writer = ViewDatabase.open(join(folder, 'a.db'));
    writer.exec('CREATE TABLE t (x INTEGER)');
    const reader = ViewDatabase.open(join(folder, 'a.db'), { readOnly: true });
    reader.snapshot(() => {
      expect(reader.all('SELECT x FROM t')).toEqual([]);
      writer.run('INSERT INTO t VALUES (1)');
      expect(reader.snapshot(() => reader.all('SELECT x FROM t'))).toEqual([]);
    });
    expect(reader.all('SELECT x FROM t')).toEqual([{ x: 1 }]);
    expect(() => reader.run('INSERT INTO t VALUES (2)')).toThrow(/readonly/);
    reader.close();
    writer.close();
  });
});

describe('Checkpoint', () => {
  it('moves only from where it is, and only for the owner of the newest epoch', () => {
    const { database } = generations.create('a@1');
    const checkpoint = new Checkpoint(database);
    const first = checkpoint.takeOwnership();
    database.transaction(() => checkpoint.advance(0, 5, first, 1000));
    expect(checkpoint.read()).toEqual({ position: 5, epoch: first, recordedAt_ms: 1000, parked: 0 });
    expect(() => checkpoint.advance(0, 6, first, 1000)).toThrow(OwnershipLost);
    const second = checkpoint.takeOwnership();
    expect(second).toBeGreaterThan(first);
    expect(() => checkpoint.advance(5, 6, first, 1000)).toThrow(OwnershipLost);
    checkpoint.advance(5, 6, second, null);
    expect(checkpoint.read()).toMatchObject({ position: 6, recordedAt_ms: 1000 });
    expect(checkpoint.signature()).toBe('a@1');
    database.close();
  });

  it('keeps parked events, one a projection and position', () => {
    const { database } = generations.create('a@1');
    const checkpoint = new Checkpoint(database);
    const event = { position: 3, projection: 'records', eventType: 'X', reason: 'first' };
    checkpoint.park(event);
    checkpoint.park({ ...event, reason: 'second' });
    checkpoint.park({ ...event, position: 4 });
    expect(checkpoint.parkedEvents(10).map(({ position, reason }) => [position, reason])).toEqual([
      [4, 'first'],
      [3, 'second'],
    ]);
    expect(checkpoint.read().parked).toBe(2);
    database.close();
  });
});

describe('Generations', () => {
  it('have one live, chosen by an atomic pointer, and remove the others', () => {
    expect(generations.live()).toBeNull();
    for (const number of [1, 2]) {
      const { generation, database } = generations.create('a@1');
      expect(generation).toBe(number);
      database.close();
    }
    generations.swap(2);
    expect(generations.live()).toBe(2);
    generations.removeOthers();
    expect(generations.existing()).toEqual([2]);
    generations.remove(2);
    expect(generations.live()).toBeNull();
    const next = generations.create('a@1');
    expect(next.generation).toBe(3);
    next.database.close();
    writeFileSync(join(generations.folder, 'live'), 'nonsense');
    expect(generations.live()).toBeNull();
  });

  it('are followed by readers, also when the old file is gone', () => {
    const views = new LiveViews(generations);
    expect(() => views.read(() => 1)).toThrow(ViewsNotReady);
    const one = generations.create('one');
    generations.swap(one.generation);
    expect(views.read((database) => new Checkpoint(database).signature())).toBe('one');
    const two = generations.create('two');
    generations.swap(two.generation);
    one.database.close();
    generations.removeOthers();
    expect(views.read((database) => new Checkpoint(database).signature())).toBe('one');
    views.refresh();
    expect(views.read((database) => new Checkpoint(database).signature())).toBe('two');
    expect(() => views.read((database) => database.all('SELECT * FROM not_there_yet'))).toThrow(ViewsNotReady);
    views.close();
    two.database.close();
  });
});

it('tells trouble of the engine from trouble with an event', () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code });
  expect(isEngineTrouble(coded('SQLITE_IOERR_FSYNC'))).toBe(true);
  expect(isEngineTrouble(coded('SQLITE_FULL'))).toBe(true);
  expect(isEngineTrouble(coded('SQLITE_CONSTRAINT_UNIQUE'))).toBe(false);
  expect(isEngineTrouble(new TypeError('x'))).toBe(false);
});

describe('FolderOwnership', () => {
  it('lets the newest owner work, and an older one find out before it has done anything', () => {
    const first = FolderOwnership.take(generations.folder);
    expect(first.whileOwned(() => 'done')).toBe('done');
    const second = FolderOwnership.take(generations.folder);
    let worked = 0;
    expect(() => first.whileOwned(() => (worked += 1))).toThrow(OwnershipLost);
    expect(worked).toBe(0);
    expect(second.whileOwned(() => (worked += 1))).toBe(1);
    first.close();
    second.close();
    expect(() => second.whileOwned(() => (worked += 1))).toThrow(OwnershipLost);
    expect(generations.existing()).toEqual([]);
  });

  it('lets nobody take over while the owner is at work, and is free again when that work throws', () => {
    const owner = FolderOwnership.take(generations.folder);
    const rival = new Database(join(generations.folder, 'ownership'), { timeout: 0 });
    const takeOver = 'UPDATE ownership SET epoch = epoch + 1';
    owner.whileOwned(() => expect(() => rival.exec(takeOver)).toThrow('database is locked'));
    const failing = (): never => {
      throw new Error('no');
    };
    expect(() => owner.whileOwned(failing)).toThrow('no');
    rival.exec(takeOver);
    rival.close();
    expect(() => owner.whileOwned(() => undefined)).toThrow(OwnershipLost);
    owner.close();
  });
});
