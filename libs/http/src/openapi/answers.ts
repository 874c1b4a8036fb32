/** How OpenAPI shows what routes answer. The words of the answers are described in docs and in `libs/projections/src/answers.ts`. */
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';

const PROBLEM = { $ref: '#/components/schemas/Problem' };
const problem = (status: number, description: string) =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: PROBLEM } } });

/** A command: what it does, and the answer that all commands share. `created` answers 201, else 200. */
export function IsCommand(summary: string, created: 'created' | 'changed' = 'changed'): MethodDecorator {
  const status = created === 'created' ? 201 : 200;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Repeat a request with its key to get its answer.',
    }),
    ApiResponse({
      status,
      description: 'Recorded durably; `position` can be given to a query as `waitFor`.',
      schema: { $ref: '#/components/schemas/CommandAnswer' },
    }),
    problem(400, 'The shape or a rule of the model is broken; `problems` names each field.'),
    problem(403, 'The role may not do this, or this person may not decide it.'),
    problem(404, 'The thing addressed does not exist.'),
    problem(409, 'The present state does not allow this, or others changed it at the same time.'),
    problem(503, 'Nothing was recorded; try again after `Retry-After` seconds.'),
  );
}

const AS_OF = ApiQuery({
  name: 'asOf',
  required: false,
  description: 'A log position or an RFC 3339 time: the answer as it was known then.',
});
const WAIT_FOR = ApiQuery({
  name: 'waitFor',
  required: false,
  description: 'A log position that the answer must contain; waits for at most 5 seconds.',
});

/** A query: what it answers; `schema` names the answer where it is described. */
export function IsQuery(summary: string, schema: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    AS_OF,
    WAIT_FOR,
    ApiProduces('application/json'),
    ApiResponse({ status: 200, description: summary, schema: { $ref: `#/components/schemas/${schema}` } }),
    problem(400, 'The query cannot be answered as it was put.'),
    problem(404, 'The thing addressed does not exist (as of then).'),
    problem(503, 'The views have not got there yet.'),
  );
}
