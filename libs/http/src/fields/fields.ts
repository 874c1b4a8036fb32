/**
 * One decorator a field: how it is checked and how OpenAPI shows it cannot drift apart. They check shape (type, presence,
 * length, alphabet); what a value means is checked by the deciders, which every door shares.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IDENTIFIER_PATTERN, SERIES_KEY_PATTERN, TEXT_LENGTH_MAX } from '#lib/domain';
import { exampleOf, exampleOfField, fieldNames, noteField } from './examples.js';

/** What every field decorator takes. Fields are required unless told otherwise. */
export interface FieldOptions {
  readonly optional?: boolean;
  readonly description?: string;
}

const LOCAL_DATE_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const POSITION_PATTERN = /^\d{1,20}$/;
/** A series key, or a prefix that ends in `*`. */
const SERIES_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}\*?$/;

interface Field {
  /** How OpenAPI shows it. */
  readonly shown: ApiPropertyOptions;
  readonly checks: readonly PropertyDecorator[];
  /** What is told when it is absent. */
  readonly missing?: string | (() => string);
  readonly nested?: () => object;
  readonly isList?: boolean;
  /** An example where neither its name nor its class has one. */
  readonly fallback?: unknown;
}

/** Checks come in their order, and the first that fails is the one that is told: one line a field. */
function field(what: Field, options: FieldOptions): PropertyDecorator {
  const required = options.optional !== true;
  const described = options.description !== undefined && { description: options.description };
  const presence = required ? IsDefined({ message: what.missing ?? 'is missing' }) : IsOptional();
  return (target, name) => {
    const { nested, isList = false, fallback } = what;
    noteField(target, String(name), { nested, isList, fallback });
    const plainExample = nested === undefined ? exampleOfField(target.constructor, String(name)) : undefined;
    const api = { ...what.shown, required, ...described, ...(plainExample !== undefined && { example: plainExample }) };
    applyDecorators(ApiProperty(api as ApiPropertyOptions), presence, ...what.checks)(target, name as string);
  };
}

/** Text of any content, up to `max` UTF-16 code units. */
export const TextField = (options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator => {
  const max = options.max ?? TEXT_LENGTH_MAX;
  const checks = [
    IsString({ message: 'must be a text' }),
    MaxLength(max, { message: `must have at most ${max} characters` }),
  ];
  return field({ shown: { type: String, maxLength: max }, checks }, options);
};

/** Text of a fixed alphabet. */
const PatternField =
  (pattern: RegExp, what: string, example: string) =>
  (options: FieldOptions = {}): PropertyDecorator => {
    const checks = [Matches(pattern, { message: `must be ${what}, for example ${example}` })];
    return field({ shown: { type: String, pattern: pattern.source }, checks, fallback: example }, options);
  };

export const IdentifierField = PatternField(
  IDENTIFIER_PATTERN,
  'an identifier (1 to 64 lower case letters, digits, dots, hyphens and underscores)',
  'air-quality',
);
export const SeriesKeyField = PatternField(SERIES_KEY_PATTERN, 'a series key', 'environment/air/pm25/station-3');
export const DateField = PatternField(LOCAL_DATE_PATTERN, 'a calendar date', '2026-12-31');
export const InstantField = PatternField(INSTANT_PATTERN, 'an instant in UTC', '2026-12-31T23:00:00.000Z');
export const PositionField = PatternField(POSITION_PATTERN, 'a log position', '1200');

/** Series keys, or prefixes that end in `*`. */
export const SeriesListField = (options: FieldOptions & { readonly max: number }): PropertyDecorator => {
  const example = ['environment/air/pm25/*'];
  const checks = [
    IsArray({ message: `must be a list, for example ${JSON.stringify(example)}` }),
    ArrayMaxSize(options.max, { message: `must have at most ${options.max} entries` }),
    Matches(SERIES_PATTERN, { each: true, message: 'must hold series keys, or prefixes that end in *' }),
  ];
  return field({ shown: { type: [String], maxItems: options.max }, checks, fallback: example }, options);
};

export interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** A finite number; never text that looks like one. */
export const NumberField = (options: NumberOptions = {}): PropertyDecorator => {
  const { min, max, integer } = options;
  const message = `must be ${numberWords(options)}`;
  const checks = [
    integer === true ? IsInt({ message }) : IsNumber({ allowNaN: false, allowInfinity: false }, { message }),
  ];
  if (min !== undefined) checks.push(Min(min, { message }));
  if (max !== undefined) checks.push(Max(max, { message }));
  return field(
    { shown: { type: integer === true ? 'integer' : 'number', minimum: min, maximum: max }, checks },
    options,
  );
};

function numberWords({ min, max, integer }: NumberOptions): string {
  const kind = integer === true ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  return max === undefined ? kind : `${kind} of at most ${max}`;
}

/** A whole number in a query string, which is text on the wire. */
export const QueryNumberField = (options: NumberOptions = {}): PropertyDecorator =>
  applyDecorators(
    NumberField({ ...options, integer: true }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ),
  );

export const FlagField = (options: FieldOptions = {}): PropertyDecorator =>
  field({ shown: { type: Boolean }, checks: [IsBoolean({ message: 'must be true or false' })] }, options);

/** One of a few words. */
export const ChoiceField = (choices: readonly string[], options: FieldOptions = {}): PropertyDecorator => {
  const checks = [IsIn(choices, { message: `must be ${inWords(choices)}` })];
  return field({ shown: { type: String, enum: [...choices] }, checks, fallback: choices[0] }, options);
};

const inWords = (choices: readonly string[]): string =>
  choices.length === 1 ? String(choices[0]) : `one of ${choices.join(', ')}`;

/** An object whose field names are the caller's; the deciders check its names and texts. */
export const TextMapField = (options: FieldOptions = {}): PropertyDecorator => {
  const shown = { type: 'object', additionalProperties: { type: 'string' } } as ApiPropertyOptions;
  return field({ shown, checks: [IsObject({ message: 'must be an object of names and texts' })] }, options);
};

type FieldClass = abstract new (...given: never[]) => object;

/** Whole when it is short; of a large one a reader needs the names. */
const SHAPE_LENGTH_MAX = 200;

function shapeOf(nested: () => object): string {
  const example = JSON.stringify(exampleOf(nested()));
  if (example.length <= SHAPE_LENGTH_MAX) return `an object such as ${example}`;
  return `an object with ${fieldNames(nested()).join(', ')}`;
}

/** An object of another request class. */
export const NestedField = (
  nested: () => FieldClass,
  options: FieldOptions & { readonly message?: string } = {},
): PropertyDecorator => {
  // The class may stand further down in its file, so its fields are looked at when they are told.
  const message = options.message ?? (() => `must be ${shapeOf(nested)}`);
  const missing = () => `is missing: it must be ${shapeOf(nested)}`;
  const checks = [IsObject({ message }), ValidateNested(), Type(nested as never)];
  // @nestjs/swagger calls a function by itself only when its name is `type`.
  return field({ shown: { type: () => nested() } as never, checks, missing, nested }, options);
};

/** A list of objects of another request class. */
export const NestedListField = (
  nested: () => FieldClass,
  options: FieldOptions & { readonly max: number },
): PropertyDecorator => {
  const checks = [
    IsArray({ message: 'must be a list of objects' }),
    ArrayMaxSize(options.max, { message: `must have at most ${options.max} entries` }),
    ValidateNested({ each: true, message: 'must hold objects only' }),
    Type(nested as never),
  ];
  const shown = { type: () => nested(), isArray: true, maxItems: options.max } as never;
  return field({ shown, checks, nested, isList: true }, options);
};

/** An object of one of several request classes, chosen by the field that names its kind. */
export const OneOfField =
  (
    kinds: Readonly<Record<string, new () => object>>,
    by: string,
    fallback: new () => object,
    options: FieldOptions = {},
  ): PropertyDecorator =>
  (target, name) => {
    const subTypes = Object.entries(kinds).map(([kind, value]) => ({ name: kind, value }));
    const mapping = Object.fromEntries(subTypes.map((one) => [one.name, getSchemaPath(one.value)]));
    const oneOf = Object.values(mapping).map(($ref) => ({ $ref }));
    ApiExtraModels(...Object.values(kinds))(target.constructor);
    const nested = (): object => subTypes[0]!.value;
    const message = () => `must be ${shapeOf(nested)}, or another ${by}: ${Object.keys(kinds).join(', ')}`;
    const checks = [
      IsObject({ message }),
      ValidateNested(),
      Type(() => fallback, { discriminator: { property: by, subTypes }, keepDiscriminatorProperty: true }),
    ];
    const shown = { oneOf, discriminator: { propertyName: by, mapping } } as ApiPropertyOptions;
    field({ shown, checks, nested }, options)(target, name);
  };
