import * as fc from 'fast-check';
import {
  anyToken,
  finiteNumber,
  instantText,
  keyToken,
  numberText,
  recentText,
  seriesToken,
  textToken,
  timeToken,
} from './hostile-texts.js';
import { CSV_HEADER, OPEN_SERIES } from './world.js';

type Member = readonly [key: string, value: string];

/** What looks like white space and is none breaks a whole body, so it is rare. */
const falseSpace = fc.constantFrom('\u00a0', '\ufeff', '\v', '\u2028');
const space = fc.oneof(
  { weight: 150, arbitrary: fc.constantFrom('', '', '', ' ', '\n', '\r\n', '\t', '  ') },
  { weight: 1, arbitrary: falseSpace },
);
const lineSpace = fc.oneof(
  { weight: 150, arbitrary: fc.constantFrom('', '', '', ' ', '\t', '\r') },
  { weight: 1, arbitrary: falseSpace },
);

/** Objects that are observations, in plain words. */
export const rightObservation: fc.Arbitrary<string> = fc
  .record({
    observedAt: fc.oneof(recentText, fc.integer({ min: 1e11, max: 4e12 })),
    value: finiteNumber,
    unit: fc.constantFrom(undefined, 'ug/m3'),
    flag: fc.constantFrom(undefined, 'A', 'E', null),
  })
  .map(({ value, ...more }) => {
    // The number goes in as it was written: `1e21` must not become something else on its way.
    const text = JSON.stringify({ series: OPEN_SERIES, ...more, value: 0 });
    return `${text.slice(0, -2)}${value}}`;
  });

const members: fc.Arbitrary<Member[]> = fc
  .tuple(
    seriesToken,
    timeToken,
    numberText,
    fc.option(fc.constantFrom('"ug/m3"', '"mg/m3"', '7')),
    fc.option(textToken),
  )
  .map(([series, observedAt, value, unit, flag]) => [
    ['"series"', series],
    ['"observedAt"', observedAt],
    ['"value"', value],
    ...(unit === null ? [] : [['"unit"', unit] as const]),
    ...(flag === null ? [] : [['"flag"', flag] as const]),
  ]);

type Damage = (list: Member[]) => Member[];
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.constant<Damage>((list) => list),
  fc.nat().map<Damage>((at) => (list) => list.filter((_, i) => i !== at % list.length)),
  fc.nat().map<Damage>((at) => (list) => [...list, list[at % list.length]!]),
  fc.tuple(keyToken, anyToken).map<Damage>((member) => (list) => [...list, member]),
  fc.tuple(keyToken, anyToken).map<Damage>((member) => (list) => [member, ...list]),
  fc.tuple(fc.nat(), anyToken).map<Damage>(
    ([at, token]) =>
      (list) =>
        list.map(([key, value], i) => [key, i === at % list.length ? token : value]),
  ),
  fc.tuple(fc.nat(), keyToken).map<Damage>(
    ([at, token]) =>
      (list) =>
        list.map(([key, value], i) => [i === at % list.length ? token : key, value]),
  ),
);

const objectWith = (around: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(members, damage, fc.infiniteStream(around)).map(([list, damaged, spaces]) => {
    const next = (): string => spaces.next().value as string;
    const text = damaged(list).map(([key, value]) => `${next()}${key}${next()}:${next()}${value}${next()}`);
    return `{${text.join(',')}${next()}}`;
  });

const anyObservation = fc.oneof(
  { weight: 6, arbitrary: rightObservation },
  { weight: 6, arbitrary: objectWith(space) },
  { weight: 1, arbitrary: anyToken },
);
const lineObservation = fc.oneof(
  { weight: 2, arbitrary: rightObservation },
  { weight: 3, arbitrary: objectWith(lineSpace) },
  { weight: 1, arbitrary: anyToken },
);

const listOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(item, { maxLength: 12 }), space).map(([items, around]) => `[${items.join(`${around},`)}${around}]`);

export const jsonBody = fc.oneof(anyObservation, listOf(anyObservation), listOf(anyObservation));
export const rightJsonBody = fc.oneof(
  rightObservation,
  fc.array(rightObservation, { minLength: 1, maxLength: 12 }).map((items) => `[${items.join(',')}]`),
);
export const ndjsonBody = fc
  .tuple(fc.array(lineObservation, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\n\n', '\n \n', '\r'))
  .map(([lines, end]) => lines.join(end));
export const rightNdjsonBody = fc
  .array(rightObservation, { minLength: 1, maxLength: 12 })
  .map((lines) => lines.join('\n'));

const csvCell = fc.oneof(
  { weight: 4, arbitrary: numberText },
  { weight: 3, arbitrary: instantText },
  {
    weight: 3,
    arbitrary: fc.constantFrom('r', 'e', '', ' r', '"r"', 'R', '"a""b"', '"a,b"', '"a\nb"', 'a"b', '"open'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const csvRow = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(instantText, fc.integer({ min: -1e14, max: 1e14 }), fc.constantFrom('r', 'e', 'x'), numberText, numberText)
      .map((cells) => cells.join(',')),
  },
  { weight: 1, arbitrary: fc.array(csvCell, { minLength: 1, maxLength: 7 }).map((cells) => cells.join(',')) },
);
const HEADER = CSV_HEADER.join(',');
const csvHeader = fc.oneof(
  { weight: 6, arbitrary: fc.constant(HEADER) },
  { weight: 1, arbitrary: fc.shuffledSubarray([...CSV_HEADER]).map((names) => names.join(',')) },
  { weight: 1, arbitrary: fc.constantFrom(`${HEADER},${HEADER}`, '__proto__,constructor', '', `"${HEADER}"`) },
);
export const csvBody = fc
  .tuple(csvHeader, fc.array(csvRow, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r', '\n\n'))
  .map(([header, rows, end]) => [header, ...rows].join(end));

const attribute = fc.oneof({ weight: 6, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.string({ maxLength: 20 }) });
const eventMembers = fc
  .tuple(attribute, attribute, fc.option(instantText), fc.option(seriesToken), anyObservation, damage)
  .map(([id, source, time, subject, data, damaged]) => {
    const list: Member[] = [
      ['"specversion"', '"1.0"'],
      ['"id"', JSON.stringify(id)],
      ['"source"', JSON.stringify(source)],
      ['"type"', '"observation"'],
      ...(time === null ? [] : [['"time"', JSON.stringify(time)] as const]),
      ...(subject === null ? [] : [['"subject"', subject] as const]),
      ['"data"', data],
    ];
    // Most stay whole, so that the data inside is reached.
    return `{${(id.length % 4 === 0 ? list : damaged(list)).map((member) => member.join(':')).join(',')}}`;
  });
export const cloudEventBody = eventMembers;
export const cloudEventBatchBody = listOf(eventMembers);
export { anyObservation };

/** Shapes that cost more to read than to send. */
export const costlyBody: fc.Arbitrary<string> = fc.oneof(
  fc
    .constantFrom('[', '{', '{"a":', '[[]', '"', '\\', '-', '1', ' ', '\n', ',', '{}', '[],', '""', '\0', '{"series":')
    .chain((piece) => fc.integer({ min: 1, max: 20_000 }).map((size) => piece.repeat(Math.ceil(size / piece.length)))),
  fc.integer({ min: 1, max: 10_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.integer({ min: 1, max: 3_000 }).map((depth) => `${'{"series":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.integer({ min: 1, max: 20_000 }).map((size) => `{"${'k'.repeat(size)}":1}`),
  fc.integer({ min: 1, max: 20_000 }).map((size) => `[${'9'.repeat(size)}]`),
  fc.integer({ min: 1, max: 3_000 }).map((count) => `{${'"value":1,'.repeat(count)}"value":1}`),
);
