import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, posix, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContentPolicy } from './security-headers.js';

/** A folder of files that anybody may fetch, and the address they stand under. */
export interface PageFolder {
  readonly folder: string;
  /** Begins and ends with a slash. */
  readonly prefix: string;
}

/** What may be served at all, and as what. Source maps, declarations and compiled tests are nobody's business. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const NOT_SERVED = /(^|\/)\.|\.(?:int-|e2e-)?spec\.js$/;
const COMPRESSIBLE = /^text\/|svg|json/;
/** All files together are held in memory; a folder that was named by mistake stops the start instead of filling it. */
export const PAGES_SIZE_MAX_bytes = 32 * 1024 * 1024;

interface PageFile {
  readonly content: Buffer;
  readonly mediaType: string;
  readonly etag: string;
  /** Made when first asked for. */
  compressed?: Buffer;
}

/**
 * Serves pages and their scripts from memory. Every file becomes a route of its own when the server starts, so no request
 * path is ever turned into a file name, and what is not there is refused by the router like any other address. (Rejected:
 * a static-file plugin, which does that at every request and brings parsers of ranges and dispositions with it.)
 */
export function servePages(
  fastify: FastifyInstance,
  folders: readonly PageFolder[],
  contentPolicy: ContentPolicy = 'page',
): void {
  let size_bytes = 0;
  for (const { folder, prefix } of folders) {
    for (const name of namesOf(folder)) {
      const file = fileAt(folder, name);
      size_bytes += file.content.length;
      if (size_bytes > PAGES_SIZE_MAX_bytes)
        throw new Error(`the pages in ${folder} are too large to be held in memory`);
      for (const url of urlsOf(prefix, name)) {
        const config = { access: ['public'], contentPolicy } as const;
        fastify.get(url, { config }, (request, reply) => sendFile(file, request, reply));
      }
    }
  }
}

const namesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((name) => extname(name) in MEDIA_TYPES && !NOT_SERVED.test(name))
    .sort();

function fileAt(folder: string, name: string): PageFile {
  const content = readFileSync(join(folder, name));
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  return { content, mediaType: MEDIA_TYPES[extname(name)]!, etag };
}

/** `index.html` also answers for its folder. */
function urlsOf(prefix: string, name: string): string[] {
  const url = posix.join(prefix, name);
  return posix.basename(name) === 'index.html' ? [url, url.slice(0, -'index.html'.length)] : [url];
}

function sendFile(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A page is asked for every time and costs a 304 when nothing changed: a new version is seen at once.
  reply.header('etag', file.etag).header('cache-control', 'no-cache').header('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
  reply.type(file.mediaType);
  const mayCompress = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && COMPRESSIBLE.test(file.mediaType);
  if (!mayCompress) return reply.send(file.content);
  file.compressed ??= gzipSync(file.content);
  return reply.header('content-encoding', 'gzip').send(file.compressed);
}
