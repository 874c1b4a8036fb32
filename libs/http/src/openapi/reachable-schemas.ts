import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const REFERENCE = /"#\/components\/schemas\/(\w+)"/g;

const namesIn = (part: unknown): string[] => [...JSON.stringify(part).matchAll(REFERENCE)].map(([, name]) => name!);

/** The schemas that the routes refer to, directly or through others: an app with few routes describes no more than it has. */
export function reachableSchemas(paths: OpenAPIObject['paths'], schemas: Schemas): Schemas {
  const reached = new Set<string>();
  const waiting = namesIn(paths);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = schemas[name];
    if (reached.has(name) || schema === undefined) continue;
    reached.add(name);
    waiting.push(...namesIn(schema));
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => reached.has(name)));
}
