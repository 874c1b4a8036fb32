// Geometry of the charts: numbers in, numbers and SVG path texts out. No DOM, so that it is tested as arithmetic.

/** Maps a span of data to a span of pixels; a span of data without width maps to the middle. */
export interface Scale {
  (value: number): number;
}

export function linearScale(domain: readonly [number, number], pixels: readonly [number, number]): Scale {
  const [low, high] = domain;
  const [from, to] = pixels;
  if (high === low) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** Lowest and highest of the numbers that are there; null when none is. */
export function extent(values: readonly (number | null | undefined)[]): [number, number] | null {
  const numbers = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return numbers.length === 0 ? null : [Math.min(...numbers), Math.max(...numbers)];
}

const STEP_FACTORS = [1, 2, 2.5, 5, 10];

/** Round values that cover `[low, high]` in about `wanted` steps of 1, 2, 2.5 or 5 times a power of ten; ascending. */
export function niceTicks(low: number, high: number, wanted: number): number[] {
  if (low === high)
    return niceTicks(low - Math.max(1, Math.abs(low) / 10), high + Math.max(1, Math.abs(high) / 10), wanted);
  const rawStep = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rawStep));
  const step = (STEP_FACTORS.find((factor) => factor * power >= rawStep * (1 - 1e-9)) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Computed from whole multiples: adding up steps would drift (0.1 + 0.2).
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Decimals that the ticks need so that no two of them look the same. */
export function tickDecimals(ticks: readonly number[]): number {
  return ticks.reduce((most, tick) => Math.max(most, (String(tick).split('.')[1] ?? '').length), 0);
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A path through the points; a null breaks it, because a gap in the data is not a line. Pixels to a tenth. */
export function linePath(points: readonly (Point | null)[]): string {
  let pen = 'M';
  const parts: string[] = [];
  for (const point of points) {
    if (point === null) {
      pen = 'M';
      continue;
    }
    parts.push(`${pen}${tenth(point.x)} ${tenth(point.y)}`);
    pen = 'L';
  }
  return parts.join('');
}

/** Points that stand alone between two gaps: a path does not show them, so they get a dot. */
export function lonelyPoints(points: readonly (Point | null)[]): Point[] {
  return points.filter(
    (point, index): point is Point =>
      point !== null && (points[index - 1] ?? null) === null && (points[index + 1] ?? null) === null,
  );
}

/** Values of a sparkline laid out in a box, oldest left. A constant series runs through the middle. */
export function sparklinePoints(values: readonly (number | null)[], width: number, height: number): (Point | null)[] {
  const range = extent(values);
  if (range === null) return values.map(() => null);
  const x = linearScale([0, Math.max(1, values.length - 1)], [0, width]);
  const y = linearScale(range, [height, 0]);
  return values.map((value, index) => (value === null ? null : { x: x(index), y: y(value) }));
}

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a calendar date `YYYY-MM-DD`. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
}

/** Months between two ticks: from one month to a thousand years, so that no span of dates fills the axis with ticks. */
const STEPS_months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000];

export type Anchor = 'start' | 'middle' | 'end';

/** From where to where a label of this width lies, in pixels. */
export function labelSpan(at: number, width: number, anchor: Anchor): readonly [from: number, to: number] {
  const from = anchor === 'start' ? at : anchor === 'end' ? at - width : at - width / 2;
  return [from, from + width];
}

/** Which of the labels (from left to right) can be shown with a gap between each two; the first one always is. */
export function labelsApart(spans: readonly (readonly [from: number, to: number])[], gap: number): boolean[] {
  let end = Number.NEGATIVE_INFINITY;
  return spans.map(([from, to]) => {
    if (from < end + gap) return false;
    end = to;
    return true;
  });
}

/** First days of the years, quarters or months in a span of days, as few as fit into `most` labels. */
export function dateTicks(firstDay: number, lastDay: number, most: number): { day: number; kind: 'month' | 'year' }[] {
  const months = (lastDay - firstDay) / 30.44;
  const stepMonths = STEPS_months.find((step) => months / step <= most) ?? STEPS_months.at(-1)!;
  const start = new Date(firstDay * MS_PER_DAY);
  const ticks: { day: number; kind: 'month' | 'year' }[] = [];
  const firstMonth = start.getUTCFullYear() * 12 + start.getUTCMonth();
  for (let month = Math.ceil(firstMonth / stepMonths) * stepMonths; ; month += stepMonths) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / MS_PER_DAY;
    if (day > lastDay) return ticks;
    if (day >= firstDay) ticks.push({ day, kind: stepMonths % 12 === 0 ? 'year' : 'month' });
  }
}

function tenth(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
