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

function field(shown: ApiPropertyOptions, options: FieldOptions, ...checks: PropertyDecorator[]): PropertyDecorator {
  const required = options.optional !== true;
  const api = { ...shown, required, ...(options.description !== undefined && { description: options.description }) };
  return applyDecorators(ApiProperty(api as ApiPropertyOptions), required ? IsDefined() : IsOptional(), ...checks);
}

/** Text of any content, up to `max` UTF-16 code units. */
export const TextField = (options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator => {
  const max = options.max ?? TEXT_LENGTH_MAX;
  return field({ type: String, maxLength: max }, options, IsString(), MaxLength(max));
};

/** Text of a fixed alphabet. */
const PatternField =
  (pattern: RegExp, what: string, example: string) =>
  (options: FieldOptions = {}): PropertyDecorator =>
    field(
      { type: String, pattern: pattern.source, example },
      options,
      IsString(),
      Matches(pattern, { message: `must be ${what}, for example ${example}` }),
    );

export const IdentifierField = PatternField(IDENTIFIER_PATTERN, 'an identifier', 'air-quality');
export const SeriesKeyField = PatternField(SERIES_KEY_PATTERN, 'a series key', 'environment/air/pm25/station-3');
export const DateField = PatternField(LOCAL_DATE_PATTERN, 'a calendar date', '2026-12-31');
export const InstantField = PatternField(INSTANT_PATTERN, 'an instant in UTC', '2026-12-31T23:00:00.000Z');
export const PositionField = PatternField(POSITION_PATTERN, 'a log position', '1200');

/** Series keys, or prefixes that end in `*`. */
export const SeriesListField = (options: FieldOptions & { readonly max: number }): PropertyDecorator =>
  field(
    { type: [String], maxItems: options.max, example: ['environment/air/pm25/*'] },
    options,
    IsArray(),
    ArrayMaxSize(options.max),
    Matches(SERIES_PATTERN, { each: true, message: 'must hold series keys, or prefixes that end in *' }),
  );

export interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** A finite number; never text that looks like one. */
export const NumberField = (options: NumberOptions = {}): PropertyDecorator => {
  const { min, max, integer } = options;
  const checks = [integer === true ? IsInt() : IsNumber({ allowNaN: false, allowInfinity: false })];
  if (min !== undefined) checks.push(Min(min));
  if (max !== undefined) checks.push(Max(max));
  return field({ type: integer === true ? 'integer' : 'number', minimum: min, maximum: max }, options, ...checks);
};

/** A whole number in a query string, which is text on the wire. */
export const QueryNumberField = (options: NumberOptions = {}): PropertyDecorator =>
  applyDecorators(
    NumberField({ ...options, integer: true }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    ),
  );

export const FlagField = (options: FieldOptions = {}): PropertyDecorator =>
  field({ type: Boolean }, options, IsBoolean());

/** One of a few words. */
export const ChoiceField = (choices: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  field({ type: String, enum: [...choices] }, options, IsIn(choices));

/** An object whose field names are the caller's; the deciders check its names and texts. */
export const TextMapField = (options: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'object', additionalProperties: { type: 'string' } } as ApiPropertyOptions, options, IsObject());

type FieldClass = abstract new (...given: never[]) => object;

/** An object of another request class. */
export const NestedField = (
  nested: () => FieldClass,
  options: FieldOptions & { readonly message?: string } = {},
): PropertyDecorator => {
  const said = options.message === undefined ? {} : { message: options.message };
  return field({ type: nested as never }, options, IsObject(said), ValidateNested(), Type(nested as never));
};

/** A list of objects of another request class. */
export const NestedListField = (
  nested: () => FieldClass,
  options: FieldOptions & { readonly max: number },
): PropertyDecorator =>
  field(
    { type: nested as never, isArray: true, maxItems: options.max },
    options,
    IsArray(),
    ArrayMaxSize(options.max),
    ValidateNested({ each: true, message: 'must hold objects only' }),
    Type(nested as never),
  );

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
    field(
      { oneOf, discriminator: { propertyName: by, mapping } } as ApiPropertyOptions,
      options,
      IsObject(),
      ValidateNested(),
      Type(() => fallback, { discriminator: { property: by, subTypes }, keepDiscriminatorProperty: true }),
    )(target, name);
  };
