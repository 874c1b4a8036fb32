/**
 * A writer that lives until its disk fails. Prints what it is told: `acknowledged N`, `refused N MESSAGE`, `failed MESSAGE` (the
 * store's one call of `onFailure`), `not-opened MESSAGE`, `paused` and `closed`. Arguments: log file, seed, commits before the
 * pause (−1: none), most commits, pages in the WAL. At the pause it waits for a byte on its standard input.
 */
import { readSync, writeSync } from 'node:fs';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { scriptedCommit } from '../power-loss/log-script.js';
import { Random } from '../random.js';

/** After the first refusal, to see that a store whose disk has failed does not acknowledge anything later. */
const COMMITS_AFTER_REFUSAL = 3;

const [file, seed, pauseAfter, commits, pages] = process.argv.slice(2) as [string, string, string, string, string];
const random = new Random(seed);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const messageOf = (error: unknown): string => (error as Error).message;

async function appendUntilRefused(store: SqliteEventStore): Promise<void> {
  let last = Number(commits);
  for (let index = 0; index < last; index += 1) {
    if (index === Number(pauseAfter)) pause();
    try {
      await Promise.all(scriptedCommit(random, index).map(({ stream, events }) => store.append(stream, 'any', events)));
      say(`acknowledged ${index + 1}`);
    } catch (error) {
      say(`refused ${index + 1} ${messageOf(error)}`);
      last = Math.min(last, index + 1 + COMMITS_AFTER_REFUSAL);
    }
  }
}

function pause(): void {
  say('paused');
  readSync(0, Buffer.alloc(1));
}

let store: SqliteEventStore | undefined;
try {
  store = await SqliteEventStore.open({
    file,
    checkpointAfter_pages: Number(pages),
    onFailure: (error) => say(`failed ${messageOf(error)}`),
  });
} catch (error) {
  say(`not-opened ${messageOf(error)}`);
}
if (store !== undefined) {
  await appendUntilRefused(store);
  await store.close();
  say('closed');
}
