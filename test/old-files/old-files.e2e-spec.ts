/** Later programs must read what earlier ones wrote. A corpus in `vN/` is never changed; a newer version adds its own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executeCommand, type StoredEvent } from '#lib/event-store';
import { unitDecider } from '#lib/domain';
import { SqliteEventStore } from '../../libs/event-store-sqlite/src/index.js';
import { interpret, readCorpus, type Expected } from './corpus.js';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const DOMAIN = join(FOLDER, '..', '..', 'libs', 'domain', 'src');
const VERSIONS = readdirSync(FOLDER).filter((name) => /^v\d+$/.test(name));
const corpusOf = (version: string): StoredEvent[] => readCorpus(join(FOLDER, version, 'log.ndjson'));

/** Event types as the catalogue's files spell them. */
function catalogue(): string[] {
  const files = readdirSync(DOMAIN, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.events.ts'),
  );
  return files.flatMap((name) =>
    [...readFileSync(join(DOMAIN, name), 'utf8').matchAll(/DomainEventOf<\s*'(\w+)'/g)].map((match) => match[1]!),
  );
}

describe('the corpora of old event files', () => {
  it('hold every event type of the catalogue: who adds one adds it to the newest corpus of an unreleased version', () => {
    const seen = new Set(VERSIONS.flatMap((version) => corpusOf(version).map(({ type }) => type)));
    expect(catalogue().length).toBeGreaterThan(30);
    expect(catalogue().filter((type) => !seen.has(type))).toEqual([]);
  });
});

describe.each(VERSIONS)('the corpus %s', (version) => {
  const folder = mkdtempSync(join(tmpdir(), 'old-files-'));
  const expected = JSON.parse(readFileSync(join(FOLDER, version, 'expected.json'), 'utf8')) as Expected;
  const events = corpusOf(version);
  let now: Expected & { digest: string };
  let store: SqliteEventStore;
  const stored: StoredEvent[] = [];

  beforeAll(async () => {
    now = await interpret(events, expected.now_ms);
    copyFileSync(join(FOLDER, version, 'log.db'), join(folder, 'log.db'));
    store = await SqliteEventStore.open({ file: join(folder, 'log.db') });
    for await (const event of store.readAll()) stored.push(event);
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('decodes and folds to what it meant then; more may be known now', () => {
    expect(now.types).toEqual(expected.types);
    expect(Object.keys(now.states)).toEqual(Object.keys(expected.states));
    expect(now.states).toMatchObject(expected.states as object);
  });

  it('gives the figures it gave then', () => {
    expect(now.answers).toMatchObject(expected.answers as object);
  });

  it('is the same in its database file, which this program opens', async () => {
    expect(stored).toEqual(events);
    expect((await interpret(stored, expected.now_ms)).digest).toBe(now.digest);
  });

  it('can be gone on with', async () => {
    const actor = { kind: 'person', id: 'admin-1', role: 'admin' } as const;
    const result = await executeCommand({
      store,
      decider: unitDecider,
      stream: 'unit-air',
      command: { type: 'RenameUnit', unitId: 'air', name: { en: 'Air' }, actor },
      commandId: 'old-files',
      metadata: { actor, correlationId: 'old-files' },
    });
    expect(result).toMatchObject({ outcome: 'appended', position: BigInt(events.length + 1) });
  });
});
