/** Archives in files and pipes, gzip or not, at the pace of the slower side. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { addAbortSignal, Readable, type Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Standard input or output. */
export const PIPE = '-';

/** The archive cannot be written or read; the message is for the person who typed. */
export class ArchiveFileError extends Error {
  override readonly name = 'ArchiveFileError';
}

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Takes an archive's text to a file that is there only when it is whole, or to standard output. */
export function archiveWriter(
  to: string,
  isGzipped: boolean,
  signal: AbortSignal,
): (chunks: AsyncIterable<string>) => Promise<void> {
  return to === PIPE
    ? (chunks) => pump(chunks, isGzipped, process.stdout, { end: false, signal })
    : (chunks) => writeFileWhole(chunks, to, isGzipped, signal);
}

/**
 * The bytes go to a file beside the place, to the disk, and then get their name: an archive with its name is whole.
 * @throws ArchiveFileError when there is a file of that name; nothing is written over
 */
async function writeFileWhole(
  chunks: AsyncIterable<string>,
  to: string,
  isGzipped: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(to)) throw new ArchiveFileError(`${to} is there already: name a new file, or remove it first`);
  const draft = `${to}.partial`;
  try {
    await pump(chunks, isGzipped, createWriteStream(draft, { flush: true }), { end: true, signal });
    await rename(draft, to);
    await syncFolder(dirname(resolve(to)));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function pump(
  chunks: AsyncIterable<string>,
  isGzipped: boolean,
  to: Writable,
  options: { readonly end: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const source = Readable.from(chunks, { objectMode: true, highWaterMark: 1 });
  if (isGzipped) await pipeline(source, createGzip(), to, options);
  else await pipeline(source, to, options);
}

async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** The inflated bytes of an archive in a file or from standard input; an idle pipe does not hold up a stop. */
export function archiveBytes(from: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return inflated(addAbortSignal(signal, from === PIPE ? process.stdin : createReadStream(from)));
}

/**
 * Inflates what begins as gzip does, and passes everything else on.
 * @throws ArchiveFileError when the gzip data are damaged or cut off
 */
export async function* inflated(input: Readable): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < GZIP_MAGIC.length) {
    const next = await chunks.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const all = startingWith(start, chunks);
  if (!GZIP_MAGIC.every((byte, index) => start[index] === byte)) return yield* all;
  const gunzip: Transform = createGunzip();
  const pumping = pipeline(Readable.from(all), gunzip);
  pumping.catch(() => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? new ArchiveFileError(`the gzip data are damaged or cut off: ${message}`) : error;
  }
}

async function* startingWith(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
