import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Role } from '#lib/domain';

/** A route as the server answers it, with what it declares; `access: null` means that it declares nothing. */
export interface ListedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: readonly Role[] | null;
}

const routesOf = new WeakMap<object, ListedRoute[]>();

/**
 * Routes of plugins that cannot carry our decorator. Nothing else gets its access from an address.
 * The documentation tells nobody anything that the source code does not.
 */
const PLUGIN_ROUTES: readonly { readonly prefix: string; readonly access: readonly Role[] }[] = [
  { prefix: '/docs', access: ['public'] },
];

/** Notes every route that is registered from now on. Call before any route is. */
export function noteRoutes(fastify: FastifyInstance): void {
  const routes: ListedRoute[] = [];
  routesOf.set(fastify.server, routes);
  fastify.addHook('onRoute', (route) => {
    giveAccessToPluginRoute(route);
    for (const method of [route.method].flat()) {
      routes.push({ method, url: route.url, access: route.config?.access ?? null });
    }
  });
}

function giveAccessToPluginRoute(route: RouteOptions): void {
  if (route.config?.access !== undefined) return;
  const known = PLUGIN_ROUTES.find(({ prefix }) => route.url === prefix || isBelow(route.url, prefix));
  if (known !== undefined) route.config = { ...route.config, access: known.access, contentPolicy: 'docs' };
}

const isBelow = (url: string, prefix: string): boolean => url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}-`);

/** All routes of a configured application, so that a test can fail on one that declares nothing. */
export function listRoutes(app: INestApplication): readonly ListedRoute[] {
  const routes = routesOf.get(app.getHttpServer() as object);
  if (routes === undefined) throw new Error('configureHttp(app) has not been called');
  return routes;
}
