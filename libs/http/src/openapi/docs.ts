import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import { ANSWER_SCHEMAS } from './answer-schemas.js';
import { completeDocument } from './complete-document.js';
import { reachableSchemas } from './reachable-schemas.js';

/** The files of Swagger UI that the page needs; the rest of its package is not served. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tallystick API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/open.js"></script>
  </body>
</html>
`;
/** A file and not an inline script, so that the content policy needs no exception for scripts. */
const OPEN = `window.ui = SwaggerUIBundle({ url: '/docs-json', dom_id: '#api', deepLinking: true, validatorUrl: null });\n`;

const PUBLIC: RouteShorthandOptions = { config: { access: ['public'], contentPolicy: 'docs' } };

/**
 * Serves the description of the API at `/docs` (a page) and `/docs-json`; everything comes from this server. The page is
 * our own, because the one of @nestjs/swagger brings inline styles and serves a whole package folder.
 */
export function serveDocs(app: INestApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  let json: string | undefined;
  fastify.get('/docs', PUBLIC, (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  fastify.get('/docs/open.js', PUBLIC, (_request, reply) => reply.type('text/javascript; charset=utf-8').send(OPEN));
  fastify.get('/docs-json', PUBLIC, (_request, reply) => {
    json ??= JSON.stringify(describeApi(app));
    return reply.type('application/json; charset=utf-8').send(json);
  });
  for (const [name, mediaType] of Object.entries(ASSETS)) {
    // Read when asked for: most processes never show this page.
    fastify.get(`/docs/${name}`, PUBLIC, (_request, reply) =>
      reply
        .type(mediaType)
        .header('cache-control', 'max-age=3600')
        .send(readFileSync(join(swaggerUiFolder(), name))),
    );
  }
}

/** Swagger UI is a dependency of @nestjs/swagger and is looked for from there. */
function swaggerUiFolder(): string {
  const here = createRequire(import.meta.url);
  return dirname(createRequire(here.resolve('@nestjs/swagger')).resolve('swagger-ui-dist/package.json'));
}

/** The OpenAPI document of an application. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Tallystick')
    .setDescription(
      'The system of record for public performance. `x-access` lists the roles that may call a route. ' +
        'Errors are `application/problem+json` with a stable `code`; test it and not the words. A browser may use the cookie of ' +
        '`POST /v1/session` instead of a token. Any command may be repeated safely with its `Idempotency-Key`.',
    )
    .setVersion('1')
    .addBearerAuth(
      { type: 'http', bearerFormat: 'opaque token', description: "A person's token (tsp_…) or a source's key (tsk_…)" },
      'token',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...ANSWER_SCHEMAS },
  };
  completeDocument(document);
  document.components.schemas = reachableSchemas(document.paths, document.components.schemas!);
  return document;
}
