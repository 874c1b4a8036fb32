import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ANSWER_SCHEMAS } from './answer-schemas.js';

/** Serves the description of the API at `/docs` (a page) and `/docs-json`; everything comes from this server. */
export function serveDocs(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= describeApi(app)), {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'Tallystick API',
  });
}

/** The OpenAPI document of an application; made on demand, because nobody may ever look. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Tallystick')
    .setDescription(
      'The system of record for public performance. `x-access` lists the roles that may call a route. ' +
        'Errors are `application/problem+json` with a stable `code`.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', description: "A person's token (tsp_…) or a source's key (tsk_…)" }, 'token')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...ANSWER_SCHEMAS },
  };
  return document;
}
