/** How OpenAPI shows what routes answer. The words of the answers are described in docs and in `libs/projections/src/answers.ts`. */
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { AS_OF_WORDS } from '../views/scope.queries.js';

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** An error answer of a route: always `application/problem+json`. */
export const IsProblem = (status: number, description: string): MethodDecorator & ClassDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: PROBLEM } } });

const schemaOf = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** What the repetition of a request does; the same words at every command. */
const IDEMPOTENCY_WORDS =
  'Optional, 1 to 255 printable ASCII characters, chosen by you and unique among your requests. A request that is repeated ' +
  'with its key and the same method, address and body is answered as the first one was and records nothing; the key with ' +
  'another request is refused with 422.';

/** A command: what it does, and how it answers. `created` answers 201, else 200. */
export function IsCommand(
  summary: string,
  created: 'created' | 'changed' = 'changed',
  answer: 'CommandAnswer' | 'TokenAnswer' | 'KeyAnswer' | 'SeriesBatchAnswer' = 'CommandAnswer',
): MethodDecorator {
  const status = created === 'created' ? 201 : 200;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: IDEMPOTENCY_WORDS }),
    ApiResponse({
      status,
      description: 'Recorded durably; `position` can be given to a query as `waitFor`.',
      schema: schemaOf(answer),
    }),
    IsProblem(400, 'The shape or a rule of the model is broken; `problems` names each field.'),
    IsProblem(404, 'The thing addressed does not exist.'),
    IsProblem(
      409,
      'The present state does not allow this; or others changed it at the same time (`CHANGED_MEANWHILE`: read it again and ' +
        'decide anew); or the repetition of a request that showed a secret (`SECRET_SHOWN_ONCE`).',
    ),
    IsProblem(413, 'The body is larger than 2 MiB.'),
    IsProblem(415, 'The body is not `application/json`, or is compressed.'),
    IsProblem(422, 'The Idempotency-Key was used for another request (`IDEMPOTENCY_KEY_REUSED`).'),
    IsProblem(503, 'Nothing was recorded; try again after `Retry-After` seconds.'),
  );
}

const AS_OF = ApiQuery({ name: 'asOf', required: false, description: AS_OF_WORDS });
const WAIT_FOR = ApiQuery({
  name: 'waitFor',
  required: false,
  description: 'A log position that the answer must contain; waits for at most 5 seconds.',
});

/** A query of the views: what it answers; `schema` names the answer where it is described. */
export function IsQuery(summary: string, schema: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    AS_OF,
    WAIT_FOR,
    ApiResponse({ status: 200, description: summary, schema: schemaOf(schema) }),
    IsProblem(400, 'The query cannot be answered as it was put.'),
    IsProblem(404, 'The thing addressed, or one that the query names as a filter, does not exist.'),
    IsProblem(503, 'The views have not got there yet; try again after `Retry-After` seconds.'),
  );
}

/** Any other answer, where it is described under `schema`. */
export function IsAnswer(summary: string, schema: string, status = 200): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, schema: schemaOf(schema) }),
  );
}
