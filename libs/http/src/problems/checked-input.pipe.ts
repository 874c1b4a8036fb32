import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { DomainProblem } from '#lib/domain';
import { fieldNames } from '../fields/examples.js';
import { RequestRefused } from './request-refused.js';

/**
 * Checks bodies and query strings against their classes: unknown fields are refused, every finding names its field.
 * What it hands on is plain data without undefined fields, so that it can be spread into a command and compared with
 * what the log holds; instances of request classes do not leave the edge.
 */
export class CheckedInputPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      stopAtFirstError: true,
      validationError: { target: true, value: false },
      exceptionFactory: (errors) => refusalOf(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body' && metadata.type !== 'query' && metadata.type !== 'param') return value;
    // No body at all is an empty one: what is missing in it is then named field by field.
    const given = value ?? {};
    if (metadata.type === 'body' && !isRecord(given)) {
      throw new RequestRefused('VALIDATION', 'The body must be a JSON object.');
    }
    const checked: unknown = await super.transform(given, metadata);
    return plain(checked);
  }
}

function refusalOf(errors: readonly ValidationError[]): RequestRefused {
  const problems = errors.flatMap((error) => problemsOf(error, ''));
  const fields = [...new Set(problems.map(({ where }) => where))].join(', ');
  return new RequestRefused('VALIDATION', `Mend these fields: ${fields}.`, { problems });
}

/** One line a field: the first thing that is wrong with it, or what is wrong further in. */
function problemsOf(error: ValidationError, path: string): DomainProblem[] {
  const where = path === '' ? error.property : `${path}.${error.property}`;
  const { whitelistValidation, ...others } = error.constraints ?? {};
  if (whitelistValidation !== undefined) return [{ where, what: unknownWords(error.target) }];
  const [first] = Object.values(others);
  if (first !== undefined) return [{ where, what: first }];
  return (error.children ?? []).flatMap((child) => problemsOf(child, where));
}

function unknownWords(target: object | undefined): string {
  const known = target === undefined ? [] : fieldNames(target.constructor);
  return known.length === 0 ? 'is not known here' : `is not known here; known are ${known.join(', ')}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, plain(entry)]),
  );
}
