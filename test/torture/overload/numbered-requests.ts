export type LoadKind = 'singles' | 'batches';

export const SOURCE_ID = 'overload-source';
export const OBSERVATIONS_PER_BATCH = 1_000;
const SERIES_PER_KIND = 100;
/** 2020-01-01T00:00:00Z. Times count on from here, so that a stored time says which request it came with. */
const START_ms = 1_577_836_800_000;
const SECOND_DIGITS = 10;

const seriesKey = (kind: LoadKind, number: number): string =>
  `overload/${kind}/${String(number % SERIES_PER_KIND).padStart(2, '0')}`;

export const SERIES_KEYS: readonly string[] = (['singles', 'batches'] as const).flatMap((kind) =>
  Array.from({ length: SERIES_PER_KIND }, (_, number) => seriesKey(kind, number)),
);

/** The number of the request that an observation came with, and of which kind that was. */
export function requestOf(series: string, at_ms: number): { kind: LoadKind; number: number } {
  const kind = series.startsWith('overload/singles/') ? 'singles' : 'batches';
  const offset_ms = at_ms - START_ms;
  return { kind, number: kind === 'singles' ? offset_ms : Math.floor(offset_ms / OBSERVATIONS_PER_BATCH) };
}

export const observationsIn = (kind: LoadKind): number => (kind === 'singles' ? 1 : OBSERVATIONS_PER_BATCH);

/** Makes whole requests, head and body, whose observations are found again in the log by their times. */
export function requestMaker(kind: LoadKind, key: string): (number: number) => Buffer {
  const head = [
    'POST /v1/observations HTTP/1.1',
    'Host: 127.0.0.1',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
  ].join('\r\n');
  const whole = (body: string): string => `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  if (kind === 'singles') {
    return (number) =>
      Buffer.from(whole(`{"series":"${seriesKey(kind, number)}","observedAt":${START_ms + number},"value":${number}}`));
  }
  return batchMaker(whole);
}

/** A batch covers one second: only the seconds of its thousand times differ from batch to batch, and are put into a copy. */
function batchMaker(whole: (body: string) => string): (number: number) => Buffer {
  const templates = Array.from({ length: SERIES_PER_KIND }, (_, series) => {
    const key = seriesKey('batches', series);
    const items = Array.from({ length: OBSERVATIONS_PER_BATCH }, (_, i) => {
      return `{"series":"${key}","observedAt":${START_ms + i},"value":${i / 8}}`;
    });
    const bytes = Buffer.from(whole(`[${items.join(',')}]`));
    const places: number[] = [];
    for (let at = bytes.indexOf('"observedAt":'); at >= 0; at = bytes.indexOf('"observedAt":', at + 1)) {
      places.push(at + '"observedAt":'.length);
    }
    return { bytes, places };
  });
  return (number) => {
    const { bytes, places } = templates[number % SERIES_PER_KIND]!;
    const copy = Buffer.from(bytes);
    const seconds = Buffer.from(String(START_ms / 1_000 + number).padStart(SECOND_DIGITS, '0'));
    for (const place of places) copy.set(seconds, place);
    return copy;
  };
}
