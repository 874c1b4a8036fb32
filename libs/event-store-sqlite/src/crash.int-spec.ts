/** A process that appends is killed with SIGKILL at random moments; what it had acknowledged must be in the log, once. */
import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, eventNamed } from '../../event-store/src/contract/store-fixture.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { writerThreadUrl } from './writer-client.js';

const KILLS = Number(process.env.EVENT_STORE_KILLS ?? 10);
const CALLERS = 16;
const LIFE_MAX_ms = 60;

/** Appends without end from several callers and prints the id of each acknowledged event. */
const childProgram = (compiled: string, file: string, round: number): string => `
  import { writeSync } from 'node:fs';
  const { SqliteEventStore } = await import(${JSON.stringify(new URL('index.js', compiled).href)});
  const { eventIdFrom } = await import(${JSON.stringify(new URL('../../event-store/src/index.js', compiled).href)});
  const metadata = { actor: { kind: 'system', id: 'child', role: 'system' }, correlationId: 'crash' };
  const store = await SqliteEventStore.open({ file: ${JSON.stringify(file)} });
  writeSync(1, 'open\\n');
  const caller = async (who) => {
    for (let index = 0; ; index += 1) {
      const names = [0, 1].map((part) => [${round}, who, index, part].join(' '));
      const events = names.map((name) => ({ id: eventIdFrom(name, 0), type: 'Noted', schemaVersion: 1, data: JSON.stringify({ name }), metadata }));
      await store.append('unit-' + who, 'any', events);
      writeSync(1, names.join('\\n') + '\\n');
    }
  };
  await Promise.all(Array.from({ length: ${CALLERS} }, (_, who) => caller(who)));
`;

/** Lets a child append for a random while, kills it, and gives back the names of the events it had acknowledged. */
async function appendUntilKilled(file: string, round: number): Promise<string[]> {
  const program = childProgram(writerThreadUrl(import.meta.url).href, file, round);
  // A file, not --eval: worker threads inherit the flags of their process and would refuse that one.
  const script = `${file}-child-${round}.mjs`;
  writeFileSync(script, program);
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * LIFE_MAX_ms);
    output += text;
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, killedBy) => resolve(killedBy)));
  expect(signal).toBe('SIGKILL');
  // The last line may be cut; only whole lines are acknowledgements.
  return output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1);
}

describe('SQLite event store, killed', () => {
  it(`loses no acknowledged event, doubles none and leaves no gap in ${KILLS} kills`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-store-crash-'));
    const file = join(folder, 'log.db');
    const acknowledged: string[] = [];
    try {
      for (let round = 0; round < KILLS; round += 1) acknowledged.push(...(await appendUntilKilled(file, round)));
      const store = await SqliteEventStore.open({ file });
      const stored = await all(store.readAll());
      await store.close();
      const ids = stored.map((event) => event.id);
      expect(new Set(ids).size).toBe(ids.length);
      const present = new Set(ids);
      expect(acknowledged.filter((name) => !present.has(eventNamed(name).id))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(stored.map((event) => event.position)).toEqual(stored.map((_, index) => BigInt(index + 1)));
      const next = new Map<string, bigint>();
      for (const event of stored) {
        expect(event.revision).toBe(next.get(event.stream) ?? 0n);
        next.set(event.stream, event.revision + 1n);
      }
      // Appends are of two events: a torn one would leave an odd number in its stream.
      for (const count of next.values()) expect(count % 2n).toBe(0n);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
