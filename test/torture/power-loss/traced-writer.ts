/**
 * The writer under `strace`: appends scripted commits and notes each acknowledgement in a file, so that it stands in the same
 * trace as the writes and syncs before it. Arguments: log file, file of acknowledgements, seed, commits, pages in the WAL.
 */
import { openSync, writeSync } from 'node:fs';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { Random } from '../random.js';
import { scriptedCommit } from './log-script.js';

const [file, acknowledgements, seed, commits, pages] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
/** The log is closed and opened again half way: closing puts the WAL into the file and deletes it. */
const half = Math.ceil(Number(commits) / 2);
const random = new Random(seed);
const notes = openSync(acknowledgements, 'w');

for (const [from, to] of [
  [0, half],
  [half, Number(commits)],
] as const) {
  const store = await SqliteEventStore.open({ file, checkpointAfter_pages: Number(pages) });
  for (let index = from; index < to; index += 1) {
    await Promise.all(scriptedCommit(random, index).map(({ stream, events }) => store.append(stream, 'any', events)));
    writeSync(notes, `${index + 1}\n`);
  }
  await store.close();
}
