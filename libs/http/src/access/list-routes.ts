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

/** All routes of a configured application, so that a test can fail on one that declares nothing. */
export function listRoutes(app: INestApplication): readonly ListedRoute[] {
  const routes = routesOf.get(app.getHttpServer() as object);
  if (routes === undefined) throw new Error('configureHttp(app) has not been called');
  return routes;
}
