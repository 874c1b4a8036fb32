/** What no decorator of one route can say: examples that follow from names, and answers that a route cannot give. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { exampleOf, exampleOfName, requestClass } from '../fields/examples.js';
import { DOOR_CONTENT } from './door-docs.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'put', 'post', 'delete'] as const;
/** Query parameters that name a thing: an unknown one is answered with 404. */
const NAMING_FILTERS = ['unit', 'goal', 'kpi', 'series', 'source'];
const REFERENCE = '#/components/schemas/';

/** Completes the document in place. */
export function completeDocument(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      exemplifyParameters(operation);
      exemplifyBody(operation);
      dropImpossible(operation, path, method);
    }
  }
  const door = document.paths['/v1/observations']?.post;
  if (door !== undefined) door.requestBody = { required: true, content: DOOR_CONTENT };
}

/** Ids in paths get examples; optional filters do not, because a page that fills them in would ask for too little. */
function exemplifyParameters({ parameters = [] }: Operation): void {
  for (const parameter of parameters) {
    if ('$ref' in parameter || parameter.schema === undefined || '$ref' in parameter.schema) continue;
    if (parameter.in === 'path') parameter.example = exampleOfName(parameter.name);
    if (parameter.in !== 'query' || parameter.required === true) continue;
    delete parameter.example;
    delete parameter.schema.example;
  }
}

function exemplifyBody({ requestBody }: Operation): void {
  if (requestBody === undefined || '$ref' in requestBody) return;
  for (const media of Object.values(requestBody.content)) {
    if (media.schema === undefined || !('$ref' in media.schema)) continue;
    const type = requestClass(media.schema.$ref.slice(REFERENCE.length));
    if (type !== undefined) media.example = exampleOf(type);
  }
}

/** A command that makes something new addresses nothing, and a list without filters names nothing that could be unknown. */
function dropImpossible({ responses, parameters = [] }: Operation, path: string, method: string): void {
  if (path.includes('{')) return;
  const names = parameters.map((parameter) => ('name' in parameter ? parameter.name : ''));
  const isNaming = names.some((name) => NAMING_FILTERS.includes(name));
  if (responses['201'] !== undefined || (method === 'get' && !isNaming)) delete responses['404'];
}
