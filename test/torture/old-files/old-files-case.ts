import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { type Expected, interpret, readCorpus } from '../../old-files/corpus.js';
import type { Report } from '../report.js';
import type { TortureCase, TortureRun } from '../torture-case.js';

/** The corpora lie beside the sources; this runs from `dist/test/torture/old-files`. */
const CORPORA = fileURLToPath(new URL('../../../../test/old-files/', import.meta.url));
const TIME_LIMIT_ms = 120_000;

export const oldFilesCase: TortureCase = {
  name: 'old-files',
  summary:
    'the frozen logs of earlier versions (test/old-files/v*), as NDJSON and as database files, are decoded, folded and projected: they mean what they meant then. Counts how often each is read',
  defaultCount: 1,
  fullCount: 1,
  timeLimit_ms: (count) => count * TIME_LIMIT_ms,
  run: runOldFiles,
};

async function runOldFiles({ count, report, folder }: TortureRun): Promise<void> {
  const versions = readdirSync(CORPORA).filter((name) => /^v\d+$/.test(name));
  for (let round = 0; round < count; round += 1) {
    for (const version of versions) await readVersion(version, join(folder, `${round}-${version}`), report);
  }
}

async function readVersion(version: string, folder: string, report: Report): Promise<void> {
  const corpus = join(CORPORA, version);
  const expected = JSON.parse(readFileSync(join(corpus, 'expected.json'), 'utf8')) as Expected;
  const events = readCorpus(join(corpus, 'log.ndjson'));
  const now = await interpret(events, expected.now_ms);
  for (const part of ['types', 'states', 'answers'] as const) {
    const where = firstDifference(expected[part], now[part], part);
    report.check(where === null, () => `${version}: ${where} is not what it was`);
  }
  const stored = await eventsOfFile(join(corpus, 'log.db'), folder);
  report.check(stored.length === events.length, () => `${version}: log.db holds ${stored.length} events`);
  const fromFile = await interpret(stored, expected.now_ms);
  report.check(fromFile.digest === now.digest, () => `${version}: log.db and log.ndjson give different views`);
  report.tried('old logs');
  report.tried('event types', Object.keys(expected.types).length);
  report.tried('events decoded, folded and projected', events.length + stored.length);
}

/** From a copy: a corpus is never changed, and opening a log for writing would. */
async function eventsOfFile(file: string, folder: string): Promise<StoredEvent[]> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, join(folder, 'log.db'));
  const store = await SqliteEventStore.open({ file: join(folder, 'log.db') });
  try {
    const events: StoredEvent[] = [];
    for await (const event of store.readAll()) events.push(event);
    return events;
  } finally {
    await store.close();
  }
}

/** Where something expected is missing or different; null for nowhere. More may be known now than then. */
export function firstDifference(expected: unknown, actual: unknown, path: string): string | null {
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, actual) ? null : path;
  if (typeof actual !== 'object' || actual === null) return path;
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return path;
  for (const [key, value] of Object.entries(expected)) {
    const where = firstDifference(value, (actual as Record<string, unknown>)[key], `${path}.${key}`);
    if (where !== null) return where;
  }
  return null;
}
