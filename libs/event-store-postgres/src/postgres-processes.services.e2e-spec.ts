/**
 * Several processes append to the same streams at once; one of them is killed, one is made to stand still for a while.
 * Subscribers must see every position once and in order, and nobody may wait for the process that stands still.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from '../../../test/services/postgres.js';
import { eventIdFrom, type StoredEvent } from '../../event-store/src/index.js';
import { all, metadata } from '../../event-store/src/contract/store-fixture.js';
import { PostgresEventStore } from './postgres-event-store.js';

const STREAMS = 20;
const CALLERS = 8;
const PROCESSES = 3;
const DURATION_ms = 3000;
const STANDSTILL_ms = 700;

const compiled = new URL('../../../dist/libs/', import.meta.url);

/**
 * Appends of one or two events from several callers to shared streams: with an expected revision from a reading (which rivals
 * make wrong), with any, and now and then with the ids that the other processes use as well. Prints what it was told.
 */
const childProgram = (url: string, who: number): string => `
  import { writeSync } from 'node:fs';
  const { PostgresEventStore } = await import(${JSON.stringify(new URL('event-store-postgres/src/index.js', compiled).href)});
  const { eventIdFrom } = await import(${JSON.stringify(new URL('event-store/src/index.js', compiled).href)});
  const metadata = { actor: { kind: 'system', id: 'child-${who}', role: 'system' }, correlationId: 'processes' };
  const event = (name) => ({ id: eventIdFrom(name, 0), type: 'Noted', schemaVersion: 1, data: JSON.stringify({ name }), metadata });
  const store = await PostgresEventStore.open({ url: ${JSON.stringify(url)}, maxConnections: 3 });
  let isOver = false;
  process.on('SIGTERM', () => (isOver = true));
  const caller = async (caller) => {
    for (let index = 0; !isOver; index += 1) {
      const stream = 'unit-' + Math.floor(Math.random() * ${STREAMS});
      const kind = index % 4;
      const names = kind === 3 ? ['shared ' + stream + ' ' + Math.floor(index / 40)] : [0, 1].map((part) => ['${who}', caller, index, part].join(' '));
      let expected = 'any';
      if (kind === 0) {
        expected = 'no-stream';
        for await (const last of store.readStream(stream, { direction: 'backwards', limit: 1 })) expected = last.revision;
      }
      try {
        const result = await store.append(stream, expected, names.map(event));
        writeSync(1, [result.outcome, stream, result.lastRevision, result.position, names.join()].join('\\t') + '\\n');
      } catch (error) {
        writeSync(1, (error.code ?? String(error)) + '\\n');
      }
    }
  };
  writeSync(1, 'open\\n');
  await Promise.all(Array.from({ length: ${CALLERS} }, (_, index) => caller(index)));
  await store.close();
`;

interface Child {
  readonly process: ChildProcess;
  readonly lines: () => string[];
  readonly isOpen: Promise<void>;
  readonly ended: Promise<unknown>;
}

function startChild(folder: string, url: string, who: number): Child {
  const script = join(folder, `child-${who}.mjs`);
  writeFileSync(script, childProgram(url, who));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let setOpen = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (setOpen = resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    setOpen();
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  // The last line may be cut; only whole lines are acknowledgements.
  const lines = (): string[] => output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1);
  return { process: child, lines, isOpen, ended };
}

/** Everything that a subscription delivers until the position is reached. */
async function follow(store: PostgresEventStore, isEnough: (position: bigint) => boolean): Promise<StoredEvent[]> {
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  for await (const batch of store.subscribe({ signal: abort.signal })) {
    events.push(...batch.events);
    if (isEnough(batch.checkpoint)) abort.abort();
  }
  return events;
}

const pause = (pause_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, pause_ms));

describe('several processes that append to one log in PostgreSQL', () => {
  let server: PostgresServer;
  let folder = '';
  const children: Child[] = [];
  const stores: PostgresEventStore[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'event-store-processes-'));
  });
  afterAll(async () => {
    for (const child of children) child.process.kill('SIGKILL');
    await Promise.all(stores.map((store) => store.close()));
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('given conflicts, a kill and a standstill, then four subscribers see each position once and in order', async () => {
    for (const _ of [1, 2]) stores.push(await PostgresEventStore.open({ url: server.url }));
    let end = 2n ** 62n;
    const following = [0, 1, 0, 1].map((store) => follow(stores[store]!, (position) => position >= end));
    for (let who = 0; who < PROCESSES; who += 1) children.push(startChild(folder, server.url, who));
    await Promise.all(children.map((child) => child.isOpen));
    await pause(DURATION_ms / 3);
    const [killed, still] = children as [Child, Child];
    killed.process.kill('SIGKILL');
    still.process.kill('SIGSTOP');
    const before = (await stores[0]!.head())!.position;
    await pause(STANDSTILL_ms);
    const after = (await stores[0]!.head())!.position;
    still.process.kill('SIGCONT');
    await pause(DURATION_ms / 3);
    for (const child of children) child.process.kill('SIGTERM');
    await Promise.all(children.map((child) => child.ended));
    const endEvent = {
      id: eventIdFrom('the end', 0),
      type: 'Noted',
      schemaVersion: 1,
      data: '{"name":"the end"}',
      metadata,
    };
    end = (await stores[0]!.append('unit-end', 'no-stream', [endEvent])).position;
    expect(after).toBeGreaterThan(before);

    const stored = await all(stores[1]!.readAll());
    expectDense(stored);
    for (const events of await Promise.all(following)) expect(events).toEqual(stored);
    expectAcknowledged(
      stored,
      children.flatMap((child) => child.lines()),
    );
  });
});

function expectDense(stored: readonly StoredEvent[]): void {
  expect(stored.map((event) => event.position)).toEqual(stored.map((_, index) => BigInt(index + 1)));
  const times = stored.map((event) => event.recordedAt_ms);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(stored.map((event) => event.id)).size).toBe(stored.length);
  const next = new Map<string, bigint>();
  for (const event of stored) {
    expect(event.revision).toBe(next.get(event.stream) ?? 0n);
    next.set(event.stream, event.revision + 1n);
  }
}

/** What a child was told stands in the log, at the very place it was told, and what it was refused does not. */
function expectAcknowledged(stored: readonly StoredEvent[], lines: readonly string[]): void {
  const told = lines.map((line) => line.split('\t'));
  const nameOf = (event: StoredEvent): string => (JSON.parse(event.data) as { name: string }).name;
  for (const [outcome, stream, revision, position, names] of told) {
    if (outcome !== 'appended' && outcome !== 'replayed') continue;
    const last = stored[Number(position) - 1]!;
    expect([last.stream, String(last.revision), nameOf(last)]).toEqual([stream, revision, names!.split(',').at(-1)]);
  }
  const count = (outcome: string): number => told.filter(([word]) => word === outcome).length;
  for (const outcome of ['appended', 'replayed', 'WRONG_EXPECTED_REVISION']) expect(count(outcome)).toBeGreaterThan(0);
  const known = new Set(['appended', 'replayed', 'WRONG_EXPECTED_REVISION']);
  expect(told.map(([word]) => word).filter((word) => !known.has(word!))).toEqual([]);
  // Each acknowledged name once, shared ones apart: they are told `appended` to exactly one process.
  const appended = told.filter(([outcome]) => outcome === 'appended').flatMap(([, , , , names]) => names!.split(','));
  expect(new Set(appended).size).toBe(appended.length);
}
