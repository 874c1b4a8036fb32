import { type ChartLayout, type ChartValue, layOutChart } from './chart-layout.js';
import {
  dateTicks,
  extent,
  labelsApart,
  labelSpan,
  linePath,
  linearScale,
  lonelyPoints,
  type Point,
  type Scale,
  tickDecimals,
} from './chart-scale.js';
import { h, svg } from './dom.js';
import { formatNumber, formatPeriod, unitSymbol } from './format.js';
import { figureText, type Speech, targetText } from './headline.js';
import { type Language } from './language.js';
import { type KpiDetail, type KpiPeriodValue } from './wire.js';

const HEIGHT = 320;
const MARGIN = { top: 30, right: 16, bottom: 30, left: 54 };
/** Below this the page has other problems. */
const WIDTH_MIN = 280;
const PIXELS_PER_DATE_LABEL = 64;
/** Letters of the axis are 12 pixels high; so wide is a digit or Latin letter, and a Chinese character. */
const LETTER_WIDTH = 7.7;
const CHARACTER_WIDTH = 12.5;
const LABEL_GAP = 8;
/** On a phone the target's name would lie across the lines; it stands in the summary above. */
const LABEL_WIDTH_MIN = 560;
const MS_PER_DAY = 86_400_000;

interface Frame {
  readonly width: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly layout: ChartLayout;
}

/**
 * The chart as a figure with legend and description. It is drawn for the width it has, so that its letters stay readable
 * on a phone, and drawn again when that width changes. `aboutId` is the heading that names it.
 */
export function chartFigure(kpi: KpiDetail, periods: readonly KpiPeriodValue[], speech: Speech): HTMLElement {
  const layout = layOutChart(kpi, periods);
  if (layout === null) return h('p', { class: 'notice' }, speech.messages.chartEmpty);
  const place = h('div', { class: 'chart-place' });
  const figure = h(
    'figure',
    { class: 'chart' },
    place,
    legend(layout, speech),
    h('figcaption', { id: 'chart-description', class: 'quiet' }, describe(kpi, layout, speech)),
  );
  let drawnWidth = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.max(WIDTH_MIN, Math.floor(entry?.contentRect.width ?? 0));
    if (width === drawnWidth) return;
    drawnWidth = width;
    place.replaceChildren(draw(kpi, layout, width, speech));
  }).observe(place);
  return figure;
}

function draw(kpi: KpiDetail, layout: ChartLayout, width: number, speech: Speech): SVGSVGElement {
  const { ticks, days } = layout;
  const y = linearScale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const x = linearScale(days, [MARGIN.left, width - MARGIN.right]);
  const frame: Frame = { width, x, y, layout };
  const clip = svg(
    'clipPath',
    { id: 'chart-clip' },
    svg('rect', {
      x: MARGIN.left,
      y: MARGIN.top - 6,
      width: width - MARGIN.left - MARGIN.right + 6,
      height: HEIGHT - MARGIN.top - MARGIN.bottom + 12,
    }),
  );
  return svg(
    'svg',
    {
      class: 'chart-drawing',
      role: 'img',
      'aria-label': speech.messages.chartTitle,
      'aria-describedby': 'chart-description',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
    },
    svg('defs', {}, clip),
    axes(frame, kpi, speech.language),
    svg('g', { 'clip-path': 'url(#chart-clip)' }, bands(frame), paths(frame), changes(frame), baseline(frame)),
    valueLine(frame, kpi, speech),
    targetLabel(frame, kpi, speech),
  );
}

function axes({ x, y, width, layout }: Frame, kpi: KpiDetail, language: Language): SVGElement[] {
  const decimals = tickDecimals(layout.ticks);
  const horizontal = layout.ticks.map((tick) =>
    svg(
      'g',
      {},
      svg('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
      svg(
        'text',
        { class: 'axis-text', x: MARGIN.left - 8, y: y(tick) + 4, 'text-anchor': 'end' },
        formatNumber(tick, decimals, language),
      ),
    ),
  );
  const labels = Math.max(2, Math.floor((width - MARGIN.left) / PIXELS_PER_DATE_LABEL));
  const ticks = dateTicks(layout.days[0], layout.days[1], labels).map(({ day, kind }) => {
    const [text, anchor] = [dateLabel(day, kind, language), anchorAt(x(day), width)];
    return { day, text, anchor, span: labelSpan(x(day), textWidth(text), anchor) };
  });
  const shown = labelsApart(
    ticks.map(({ span }) => span),
    LABEL_GAP,
  );
  const dates = ticks.map(({ day, text, anchor }, index) =>
    svg(
      'g',
      {},
      svg('line', {
        class: 'tick',
        x1: x(day),
        x2: x(day),
        y1: HEIGHT - MARGIN.bottom,
        y2: HEIGHT - MARGIN.bottom + 5,
      }),
      shown[index]
        ? svg('text', { class: 'axis-text', x: x(day), y: HEIGHT - MARGIN.bottom + 20, 'text-anchor': anchor }, text)
        : null,
    ),
  );
  const unit = svg('text', { class: 'axis-text', x: 4, y: 14 }, unitSymbol(kpi.unitOfMeasure, language));
  return [...horizontal, ...dates, unit];
}

function bands({ x, y, layout }: Frame): SVGElement[] {
  return layout.bands.map(({ fromDay, untilDay, low, high, inForce }) =>
    svg('rect', {
      class: inForce ? 'band' : 'band band-old',
      x: x(fromDay),
      width: Math.max(0, x(untilDay) - x(fromDay)),
      y: y(high),
      height: y(low) - y(high),
    }),
  );
}

function paths({ x, y, layout }: Frame): SVGElement[] {
  return layout.paths.map(({ points, inForce }) =>
    svg('path', {
      class: inForce ? 'target-path' : 'target-path target-path-old',
      d: linePath(points.map(({ day, value }) => ({ x: x(day), y: y(value) }))),
    }),
  );
}

function changes({ x, layout }: Frame): SVGElement[] {
  return layout.changes.map((day) =>
    svg('path', {
      class: 'change-mark',
      d: `M${x(day)} ${HEIGHT - MARGIN.bottom}V${MARGIN.top}h9l-3 4 3 4h-9`,
    }),
  );
}

function baseline({ x, y, layout }: Frame): SVGElement | null {
  if (layout.baseline === null) return null;
  const [centreX, centreY] = [x(layout.baseline.day), y(layout.baseline.value)];
  return svg('path', { class: 'baseline-mark', d: `M${centreX} ${centreY - 6}l6 6-6 6-6-6Z` });
}

function valueLine({ x, y, layout }: Frame, kpi: KpiDetail, speech: Speech): SVGElement[] {
  const at = ({ day, value }: ChartValue): Point | null => (value === null ? null : { x: x(day), y: y(value) });
  const closed = layout.values.filter(({ period }) => !period.running);
  const lastClosed = closed.at(-1);
  const running = layout.values.filter(({ period }) => period.running);
  const radius = layout.values.length > 30 ? 2.5 : 4;
  const dots = layout.values.flatMap((chartValue) => {
    const point = at(chartValue);
    if (point === null) return [];
    const title = `${formatPeriod(chartValue.period.period, speech.language)}: ${figureText(chartValue.value, kpi, speech)}`;
    const kind = chartValue.period.running ? 'value-dot value-dot-running' : 'value-dot';
    return [svg('circle', { class: kind, cx: point.x, cy: point.y, r: radius }, svg('title', {}, title))];
  });
  const points = closed.map(at);
  const towardsRunning = [lastClosed, ...running].map((value) => (value === undefined ? null : at(value)));
  return [
    svg('path', { class: 'value-line', d: linePath(points) }),
    svg('path', { class: 'value-line value-line-running', d: running.length === 0 ? '' : linePath(towardsRunning) }),
    ...lonelyPoints(points).map(({ x: cx, y: cy }) => svg('circle', { class: 'value-dot', cx, cy, r: radius })),
    ...dots,
  ];
}

/** The newest target's name at the end of its path, where there is room for it. */
function targetLabel({ x, y, width, layout }: Frame, kpi: KpiDetail, speech: Speech): SVGElement | null {
  if (width < LABEL_WIDTH_MIN) return null;
  const points = layout.paths.find((path) => path.inForce)?.points ?? [];
  const [start, end] = [points[0], points.at(-1)];
  const target = kpi.targets.at(-1)?.target;
  if (start === undefined || end === undefined || target === undefined || end.day > layout.days[1]) return null;
  // On the side from which the path does not come: above a rising path, below a falling one, if the axis leaves room.
  const below = start.value > end.value && y(end.value) + 24 < HEIGHT - MARGIN.bottom;
  const text = targetText(target, kpi, speech);
  return svg(
    'text',
    { class: 'target-label', x: x(end.day), y: y(end.value) + (below ? 20 : -10), 'text-anchor': 'end' },
    text,
  );
}

function legend(layout: ChartLayout, { messages }: Speech): HTMLElement {
  const line = (kind: string) => svg('path', { class: kind, d: 'M1 7H27' });
  const entries: [boolean, SVGElement, string][] = [
    [
      true,
      svg('g', {}, line('value-line'), svg('circle', { class: 'value-dot', cx: 14, cy: 7, r: 4 })),
      messages.legendValue,
    ],
    [
      layout.values.some(({ period }) => period.running && period.value !== null),
      svg('circle', { class: 'value-dot value-dot-running', cx: 14, cy: 7, r: 4 }),
      messages.legendRunning,
    ],
    [layout.paths.some(({ inForce }) => inForce), line('target-path'), messages.legendPath],
    [layout.paths.some(({ inForce }) => !inForce), line('target-path target-path-old'), messages.legendOldPath],
    [layout.bands.length > 0, svg('rect', { class: 'band', x: 2, y: 2, width: 24, height: 10 }), messages.legendBand],
    [
      layout.baseline !== null,
      svg('path', { class: 'baseline-mark', d: 'M14 1l6 6-6 6-6-6Z' }),
      messages.legendBaseline,
    ],
    [
      layout.changes.length > 0,
      svg('path', { class: 'change-mark', d: 'M10 14V1h9l-3 4 3 4h-9' }),
      messages.legendChange,
    ],
  ];
  const items = entries
    .filter(([shown]) => shown)
    .map(([, swatch, text]) =>
      h('li', {}, svg('svg', { viewBox: '0 0 28 14', width: 28, height: 14, 'aria-hidden': 'true' }, swatch), text),
    );
  return h('ul', { class: 'legend' }, items);
}

function describe(kpi: KpiDetail, layout: ChartLayout, speech: Speech): string {
  const { messages } = speech;
  const numbers = layout.values.flatMap(({ value }) => (value === null ? [] : [value]));
  const range = extent(numbers) ?? [0, 0];
  const gaps = layout.values.length - numbers.length;
  const figure = (value: number | undefined) => figureText(value ?? null, kpi, speech);
  const old = layout.paths.filter(({ inForce }) => !inForce).length;
  const count = String(layout.values.length);
  return (
    messages.chartDescription(count, figure(numbers[0]), figure(numbers.at(-1)), figure(range[0]), figure(range[1])) +
    (gaps > 0 ? messages.chartGaps(String(gaps)) : '') +
    (layout.paths.length > 0 ? messages.chartPath : '') +
    (old > 0 ? messages.chartOldPaths(String(old)) : '') +
    messages.chartSeeTable
  );
}

function dateLabel(day: number, kind: 'month' | 'year', language: Language): string {
  const date = new Date(day * MS_PER_DAY);
  const options: Intl.DateTimeFormatOptions =
    kind === 'year' ? { year: 'numeric' } : { year: 'numeric', month: language === 'en' ? 'short' : 'numeric' };
  return new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(date);
}

function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + (letter > '\u2e7f' ? CHARACTER_WIDTH : LETTER_WIDTH), 0);
}

/** Labels at the rim are anchored inwards, so that they are not cut off. */
function anchorAt(pixel: number, width: number): 'start' | 'middle' | 'end' {
  if (pixel > width - 40) return 'end';
  return pixel < 30 ? 'start' : 'middle';
}
