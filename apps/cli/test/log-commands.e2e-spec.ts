import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { toNewEvents } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { cli, cliJson, eventsIn, startCli, writeLog } from './cli-process.js';

const EVENTS = 3000;
const OBSERVATIONS = 150_000;
const KILLS = Number(process.env['LOG_COPY_KILLS'] ?? 20);
/** A copy in pages of two events lasts: it is killed this long after it has got somewhere, at the latest. */
const LIFE_MAX_ms = 20;

describe('tallystick log', () => {
  let folder: string;
  let source: string;
  let names = 0;
  /** A new name in the folder of the test. */
  const newFile = (ending = '.db'): string => join(folder, `file-${(names += 1)}${ending}`);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-cli-'));
    source = newFile();
    await writeLog(source, EVENTS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('given a log, when it is copied, then both digests are equal and everything is the same', async () => {
    const target = join(folder, 'new folder', 'log.db');
    const { code, result } = await cliJson('copy', '--from', `sqlite:${source}`, '--to', `sqlite:${target}`);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      isEqual: true,
      eventsBefore: 0,
      moved: { events: EVENTS, observations: OBSERVATIONS },
    });
    expect(result['source']).toEqual(result['target']);
    expect(await eventsIn(target)).toEqual(await eventsIn(source));
    const digest = await cliJson('digest', '--log', `sqlite:${target}`);
    expect(digest.result['log']).toEqual(result['source']);
  });

  it(`given a copy that is killed ${KILLS} times, when it is run again, then it ends equal and the log goes on at the same positions`, async () => {
    const [own, target] = [newFile(), newFile()];
    copyFileSync(source, own);
    const urls = ['--from', `sqlite:${own}`, '--to', `sqlite:${target}`];
    const reached: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended } = startCli('copy', ...urls, '--batch', '2', '--quiet');
      const isRunning = (): boolean => child.exitCode === null;
      while (isRunning() && (!existsSync(target) || (await headOf(target)) <= (reached.at(-1) ?? 0)))
        await setTimeout(2);
      await setTimeout(Math.random() * LIFE_MAX_ms);
      child.kill('SIGKILL');
      await ended;
      // What is there is an exact beginning, in whole pages.
      const head = await headOf(target);
      expect(head % 2).toBe(0);
      reached.push(head);
    }
    expect(reached).toEqual([...reached].sort((a, b) => a - b));
    expect(new Set(reached).size).toBe(KILLS);
    expect(reached.at(-1)).toBeLessThan(EVENTS);
    const { code, result } = await cliJson('copy', ...urls);
    expect([code, result['isEqual'], result['source']]).toEqual([0, true, result['target']]);
    expect(await eventsIn(target)).toEqual(await eventsIn(own));
    const places = [];
    for (const file of [own, target]) {
      const store = await SqliteEventStore.open({ file });
      const actor = { kind: 'system', id: 'test', role: 'system' } as const;
      const next = toNewEvents([{ type: 'Noted', data: {} }], 'next', { actor, correlationId: 'c' });
      const { position, lastRevision } = await store.append('observations-s3', 'stream-exists', next);
      places.push([position, lastRevision]);
      await store.close();
    }
    expect(places[0]).toEqual([BigInt(EVENTS + 1), BigInt(EVENTS / 10)]);
    expect(places[1]).toEqual(places[0]);
  }, 120_000);

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'given a copy, when %s comes, then it stops at the end of a page with %i and says how to go on',
    async (signal, exitCode) => {
      const target = newFile();
      const { child, ended } = startCli(
        'copy',
        '--from',
        `sqlite:${source}`,
        '--to',
        `sqlite:${target}`,
        '--batch',
        '1',
      );
      while (child.exitCode === null && (!existsSync(target) || (await headOf(target)) < 5)) await setTimeout(2);
      child.kill(signal);
      const { code, output, errors } = await ended;
      expect([code, output.toString()]).toEqual([exitCode, '']);
      expect(errors).toContain('the same command goes on');
      // It was closed, not killed: one file, and nobody holds it.
      expect(readdirSync(folder).filter((name) => join(folder, name).startsWith(`${target}-wal`))).toEqual([]);
      expect(await headOf(target)).toBeLessThan(EVENTS);
    },
  );

  it('given a target with other events, or one that a service has open, then it is refused and nothing is changed', async () => {
    const target = newFile();
    await writeLog(target, 100);
    const before = await eventsIn(target);
    const refused = await cli(['copy', '--from', `sqlite:${source}`, '--to', `sqlite:${target}`]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.errors).toContain('TARGET_DIFFERS');
    expect(await eventsIn(target)).toEqual(before);
    const service = await SqliteEventStore.open({ file: target });
    const busy = await cli(['copy', '--from', `sqlite:${source}`, '--to', `sqlite:${target}`]);
    await service.close();
    expect(busy.code).toBe(1);
    expect(busy.errors).toContain('Stop the service first');
  });

  it('given a log, when it goes through an archive (plain, gzip, pipe), then it is the same and a cut archive is refused', async () => {
    const plain = newFile('.ndjson');
    const zipped = newFile('.ndjson.gz');
    for (const to of [plain, zipped])
      expect((await cli(['export', '--from', `sqlite:${source}`, '--to', to])).code).toBe(0);
    const piped = await cli(['export', '--from', `sqlite:${source}`, '--to', '-']);
    const text = readFileSync(plain);
    expect(gunzipSync(readFileSync(zipped)).equals(text)).toBe(true);
    expect(piped.output.equals(text)).toBe(true);
    expect(piped.errors).toContain('chain');
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);

    const [first, second] = [newFile(), newFile()];
    expect(await cliJson('import', '--from', zipped, '--to', `sqlite:${first}`)).toMatchObject({
      code: 0,
      result: { isEqual: true, moved: { events: EVENTS } },
    });
    expect(await eventsIn(first)).toEqual(await eventsIn(source));

    const cut = await cli(['import', '--from', '-', '--to', `sqlite:${second}`], text.subarray(0, text.length - 300));
    expect(cut.code).toBe(1);
    expect(cut.errors).toMatch(/line 300[12]: /);
    const cutZip = newFile('.gz');
    writeFileSync(cutZip, readFileSync(zipped).subarray(0, -100));
    const refused = await cli(['import', '--from', cutZip, '--to', `sqlite:${newFile()}`]);
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain('gzip data are damaged or cut off');
    const resumed = await cli(
      ['import', '--from', '-', '--to', `sqlite:${second}`, '--json'],
      gzipSync(text, { level: 1 }),
    );
    expect(JSON.parse(resumed.output.toString())).toMatchObject({ isEqual: true, target: { events: EVENTS } });
  }, 60_000);

  it('writes over no file, and stops an import that waits for its pipe', async () => {
    const taken = newFile('.ndjson');
    writeFileSync(taken, 'mine');
    const refused = await cli(['export', '--from', `sqlite:${source}`, '--to', taken]);
    expect([refused.code, readFileSync(taken, 'utf8')]).toEqual([1, 'mine']);
    expect(refused.errors).toContain('is there already');
    const target = newFile();
    const { child, ended } = startCli('import', '--from', '-', '--to', `sqlite:${target}`);
    while (child.exitCode === null && !existsSync(target)) await setTimeout(2);
    await setTimeout(50);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143 });
  });

  it('given a sound log and a damaged one, when they are verified, then it says so, and where', async () => {
    const sound = await cliJson('verify', '--log', `sqlite:${source}`, '--deep');
    expect(sound).toMatchObject({ code: 0, result: { isSound: true, problemCount: 0 } });
    const damaged = newFile();
    await writeLog(damaged, 300);
    const db = new Database(damaged);
    db.exec(`DROP TRIGGER events_never_change; DROP TRIGGER events_never_go;
      UPDATE events SET data = '{"cut":' WHERE position = 7; DELETE FROM events WHERE position = 150;`);
    db.close();
    const answer = await cli(['verify', '--log', `sqlite:${damaged}`]);
    expect(answer.code).toBe(1);
    expect(answer.output.toString()).toMatch(/DATA at 7: .*\n.*POSITION at 151: .*\n.*REVISION at 151: /);
  });

  it('answers 2 for a mistake in the command line and 0 for help', async () => {
    expect(await cli(['copy', '--from', 'sqlite:a'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--to is missing') as unknown as string,
    });
    expect(await cli(['copy', '--help'])).toMatchObject({ code: 0, errors: '' });
    expect(await cli(['digest', '--log', `sqlite:${folder}/none.db`])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('there is no log') as unknown as string,
    });
  });
});

async function headOf(file: string): Promise<number> {
  const store = await SqliteEventStore.open({ file, readOnly: true });
  const head = await store.head();
  await store.close();
  return Number(head?.position ?? 0n);
}
