import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { DoorError } from './door-error.js';
import { BODY_SIZE_MAX_bytes } from './door-request.js';
import { plainBody } from './plain-body.js';

const MiB = 1024 * 1024;

async function codeOf(body: Buffer, encoding?: string): Promise<string> {
  try {
    await plainBody(body, encoding);
  } catch (error) {
    return `${(error as DoorError).kind} ${(error as DoorError).code}`;
  }
  return 'accepted';
}

/** So many zero bytes, gzipped without ever holding them. */
async function bomb(size_bytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  const block = Buffer.alloc(MiB);
  for (let written = 0; written < size_bytes; written += MiB) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  await new Promise<void>((resolve) => gzip.end(resolve));
  return Buffer.concat(parts);
}

describe('the bytes of a body', () => {
  it('are taken as they are, without a byte order mark, or inflated', async () => {
    expect(plainBody(Buffer.from('[]'), undefined)).toEqual(Buffer.from('[]'));
    expect(plainBody(Buffer.from('\ufeff[]'), 'identity')).toEqual(Buffer.from('[]'));
    expect(await plainBody(gzipSync('[1]'), ' GZIP ')).toEqual(Buffer.from('[1]'));
  });

  it.each(['br', 'deflate', 'zstd', 'gzip, gzip'])('are refused in the coding %s', async (coding) => {
    expect(await codeOf(Buffer.from('[]'), coding)).toBe('unsupported-media-type UNSUPPORTED_CONTENT_ENCODING');
  });

  it('are refused when empty, broken or not UTF-8', async () => {
    expect(await codeOf(Buffer.alloc(0))).toBe('bad-request EMPTY_BODY');
    expect(await codeOf(gzipSync(''), 'gzip')).toBe('bad-request EMPTY_BODY');
    expect(await codeOf(Buffer.from('[]'), 'gzip')).toBe('bad-request BAD_GZIP');
    expect(await codeOf(gzipSync('[1,2,3,4]').subarray(0, 20), 'gzip')).toBe('bad-request BAD_GZIP');
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      expect(await codeOf(Buffer.from(bytes))).toBe('bad-request NOT_UTF8');
    }
  });

  it('may be as large as the limit, plain and inflated, and not a byte more', async () => {
    const full = Buffer.alloc(BODY_SIZE_MAX_bytes, 0x20);
    const over = Buffer.alloc(BODY_SIZE_MAX_bytes + 1, 0x20);
    expect(await codeOf(full)).toBe('accepted');
    expect(await codeOf(over)).toBe('too-large BODY_TOO_LARGE');
    expect(await codeOf(gzipSync(full), 'gzip')).toBe('accepted');
    expect(await codeOf(gzipSync(over), 'gzip')).toBe('too-large BODY_TOO_LARGE');
    // Two members in one stream count together.
    expect(await codeOf(Buffer.concat([gzipSync(full), gzipSync('x')]), 'gzip')).toBe('too-large BODY_TOO_LARGE');
  });

  it('are never unpacked beyond the limit, whatever they would become', async () => {
    const packed = await bomb(256 * MiB);
    expect(packed.length).toBeLessThan(MiB);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 4; i += 1) expect(await codeOf(packed, 'gzip')).toBe('too-large BODY_TOO_LARGE');
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * MiB);
  });

  it('are inflated a few at a time, each answered for itself, whatever comes of the others', async () => {
    const broken = gzipSync('[1,2,3,4]').subarray(0, 20);
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => codeOf(i % 3 === 0 ? broken : gzipSync(i % 3 === 1 ? '[]' : ''), 'gzip')),
    );
    const expected = ['bad-request BAD_GZIP', 'accepted', 'bad-request EMPTY_BODY'];
    expect(codes).toEqual(Array.from({ length: 30 }, (_, i) => expected[i % 3]));
    expect(await codeOf(gzipSync('[]'), 'gzip')).toBe('accepted');
  });
});
