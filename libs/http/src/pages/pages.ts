import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** A folder of files that anybody may fetch, and the address they stand under. */
export interface PageFolder {
  readonly folder: string;
  /** Begins and ends with a slash. */
  readonly prefix: string;
}

/** Source maps and compiled tests lie beside the scripts; they are nobody's business. */
const NOT_SERVED = ['**/*.map', '**/*.spec.js', '**/*.d.ts', '**/.*'];

/**
 * Serves pages and their scripts. Every file becomes a route of its own when the server starts (`wildcard: false`), so no
 * request path is ever turned into a file name, and what is not there is refused by the router like any other address.
 */
export function servePages(fastify: FastifyInstance, folders: readonly PageFolder[]): void {
  for (const { folder, prefix } of folders) {
    void fastify.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: ['public'], contentPolicy: 'page' };
      });
      await scope.register(fastifyStatic, {
        root: folder,
        prefix,
        wildcard: false,
        decorateReply: false,
        globIgnore: NOT_SERVED,
        index: 'index.html',
        // A new version is asked for every time and costs a 304 when there is none.
        cacheControl: true,
        maxAge: 0,
      });
    });
  }
}
