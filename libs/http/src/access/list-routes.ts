import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Role } from '#lib/domain';

/** A route as the server answers it, with what it declares; `access: null` means that it declares nothing. */
export interface ListedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: readonly Role[] | null;
}

const routesOf = new WeakMap<object, ListedRoute[]>();

/** Notes every route that is registered from now on. Call before any route is. */
export function noteRoutes(fastify: FastifyInstance): void {
  const routes: ListedRoute[] = [];
  routesOf.set(fastify.server, routes);
  fastify.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      routes.push({ method, url: route.url, access: route.config?.access ?? null });
    }
  });
}

/**
 * The methods that an address is answered with, for requests with another one; empty when there is nothing there. Routes
 * that take any rest of an address (`*`) do not count: they serve files, and a file that is not there is not found.
 */
export function methodsAt(server: object, url: string): readonly string[] {
  const path = url.split('?', 1)[0]!;
  const fitting = (routesOf.get(server) ?? []).filter(
    (route) => !route.url.includes('*') && patternOf(route.url).test(path),
  );
  return [...new Set(fitting.map(({ method }) => method))].sort();
}

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(/[.+?^$()[\]{}|\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`);

/** All routes of a configured application, so that a test can fail on one that declares nothing. */
export function listRoutes(app: INestApplication): readonly ListedRoute[] {
  const routes = routesOf.get(app.getHttpServer() as object);
  if (routes === undefined) throw new Error('configureHttp(app) has not been called');
  return routes;
}
