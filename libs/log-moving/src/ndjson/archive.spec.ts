import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryLogImport } from '#lib/event-store';
import type { LogSide } from '../log-side.js';
import {
  emptySide,
  eventsOf,
  sideWith,
  sparseSideOf,
  writtenSide,
  type MemorySide,
} from '../spec-support/written-logs.js';
import { exportLog } from './export-log.js';
import { importLog, type ImportResult, type ImportTask } from './import-log.js';
import { linesOf } from './lines.js';

const archiveOf = async (source: LogSide): Promise<string> => {
  let text = '';
  await exportLog({
    source,
    consume: async (chunks) => {
      for await (const chunk of chunks) text += chunk;
    },
  });
  return text;
};

async function* inChunks(bytes: Uint8Array, size_bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size_bytes) yield bytes.subarray(at, at + size_bytes);
}

const read = (
  text: string | Uint8Array,
  target: MemorySide,
  options: Partial<ImportTask> = {},
): Promise<ImportResult> =>
  importLog({
    bytes: inChunks(typeof text === 'string' ? Buffer.from(text) : text, 1000),
    target,
    placing: new MemoryLogImport(target.store),
    limits: { events_max: 3, size_max_bytes: 1_000_000 },
    ...options,
  });

describe('an archive', () => {
  it('given a log, when it is exported and imported, then everything is the same', async () => {
    const [source, target] = [await writtenSide(20), emptySide('target')];
    const text = await archiveOf(source);
    const result = await read(text, target);
    expect(await eventsOf(target)).toEqual(await eventsOf(source));
    expect(result).toMatchObject({ eventsBefore: 0, moved: { events: 20, observations: 50 } });
    expect(result.source).toEqual(result.target);
    expect(await archiveOf(target)).toBe(text);
    expect(text.split('\n')).toHaveLength(1 + 20 + 1 + 1);
    expect((await read(await archiveOf(emptySide()), emptySide())).moved.events).toBe(0);
  });

  it('goes on behind what is there, after comparing it, and refuses other events and a log that is ahead', async () => {
    const source = await writtenSide(20);
    const events = await eventsOf(source);
    const text = await archiveOf(source);
    for (const there of [1, 7, 19, 20]) {
      const target = await sideWith(events.slice(0, there));
      expect(await read(text, target)).toMatchObject({ eventsBefore: there, moved: { events: 20 - there } });
      expect(await eventsOf(target)).toEqual(events);
    }
    const changed = await sideWith([...events.slice(0, 4), { ...events[4]!, data: '{}' }]);
    await expect(read(text, changed)).rejects.toMatchObject({ code: 'TARGET_DIFFERS' });
    const ahead = await sideWith(events);
    const shorter = await archiveOf(await sideWith(events.slice(0, 19)));
    await expect(read(shorter, ahead)).rejects.toMatchObject({ code: 'TARGET_AHEAD' });
    expect(await eventsOf(ahead)).toHaveLength(20);
  });

  it('numbers the events of an engine with positions of its own', async () => {
    const source = await writtenSide(9);
    const target = emptySide();
    await read(await archiveOf(await sparseSideOf(source)), target);
    expect(await eventsOf(target)).toEqual(await eventsOf(source));
  });

  it('whatever single byte is changed, then the import fails, and what it placed is right', async () => {
    const source = await writtenSide(8);
    const events = await eventsOf(source);
    const bytes = Buffer.from(await archiveOf(source));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        const target = emptySide();
        const error: unknown = await read(damaged, target).then(
          () => null,
          (reason: unknown) => reason,
        );
        const placed = await eventsOf(target);
        expect(placed).toEqual(events.slice(0, placed.length));
        // The header's head is a hint for the progress line; JSON allows other spaces and escapes for the same value.
        if (error === null) expect(placed).toEqual(events);
        else expect(error).toMatchObject({ name: 'LogMovingError' });
      }),
      { numRuns: 300 },
    );
  });

  it('wherever it is cut, then the import says so', async () => {
    const source = await writtenSide(5);
    const bytes = Buffer.from(await archiveOf(source));
    // Without its last line feed the archive is whole.
    for (let end = 0; end < bytes.length - 1; end += 97)
      await expect(read(bytes.subarray(0, end), emptySide())).rejects.toMatchObject({
        code: expect.stringMatching(/^(TRUNCATED|BAD_JSON|BAD_TEXT)$/) as unknown as string,
      });
    expect((await read(bytes.subarray(0, -1), emptySide())).moved.events).toBe(5);
  });

  const wrongs: [string, string, (lines: string[]) => string[]][] = [
    ['TRUNCATED', 'line 6', (lines) => lines.slice(0, 6)],
    ['WRONG_ORDER', 'line 3', (lines) => [lines[0]!, lines[1]!, lines[3]!, lines[2]!, ...lines.slice(4)]],
    ['WRONG_ORDER', 'line 4', (lines) => lines.filter((_, index) => index !== 3)],
    ['BAD_JSON', 'line 3', (lines) => lines.map((line, index) => (index === 2 ? line.slice(0, -2) : line))],
    ['BAD_JSON', 'line 2', (lines) => lines.map((line, index) => (index === 1 ? '[]' : line))],
    ['BAD_EVENT', 'line 2', (lines) => lines.map((line, index) => (index === 1 ? line.replace('"id"', '"ID"') : line))],
    [
      'DIGEST_MISMATCH',
      'line 4',
      (lines) => lines.map((line, index) => (index === 3 ? line.replace('why', 'who') : line)),
    ],
    ['UNKNOWN_FORMAT', 'line 1', (lines) => lines.slice(1)],
    ['UNKNOWN_VERSION', 'line 1', (lines) => [lines[0]!.replace('"version":1', '"version":2'), ...lines.slice(1)]],
    ['BAD_HEADER', 'line 1', (lines) => [lines[0]!.replace('dense', 'tense'), ...lines.slice(1)]],
    ['COUNT_MISMATCH', 'line 8', (lines) => lines.map((line) => line.replace('"events":6', '"events":7'))],
    ['DIGEST_MISMATCH', 'line 8', (lines) => lines.map((line) => line.replace(/"sum":"..../, '"sum":"ffff'))],
    ['BAD_FOOTER', 'line 8', (lines) => lines.map((line) => line.replace(/"sum":"..../, '"sum":"FFFF'))],
    ['AFTER_FOOTER', 'line 9', (lines) => [...lines, lines[1]!]],
  ];
  it.each(wrongs)('given a wrong archive, then it says %s in %s', async (code, where, damage) => {
    const lines = (await archiveOf(await writtenSide(6))).trimEnd().split('\n');
    const reading = read(`${damage(lines).join('\n')}\n`, emptySide());
    await expect(reading).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${where}: `) as unknown as string,
    });
  });
});

describe('linesOf', () => {
  it('gives the same lines however the bytes are cut', async () => {
    const text = 'one\n北京\n\n😀 four';
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (size_bytes) => {
        const lines: string[] = [];
        for await (const line of linesOf(inChunks(Buffer.from(text), size_bytes))) lines.push(line.text);
        expect(lines).toEqual(text.split('\n'));
      }),
    );
  });

  it('refuses a line that would fill the memory, and bytes that are no text', async () => {
    const reading = async (bytes: Uint8Array): Promise<void> => {
      for await (const line of linesOf(inChunks(bytes, 10), 25)) expect(line.number).toBe(1);
    };
    await expect(reading(Buffer.from(`short\n${'x'.repeat(26)}`))).rejects.toMatchObject({
      code: 'LINE_TOO_LONG',
      line: 2,
    });
    await expect(reading(Buffer.from([0x61, 0xff, 0x0a]))).rejects.toMatchObject({ code: 'BAD_TEXT', line: 1 });
  });
});
