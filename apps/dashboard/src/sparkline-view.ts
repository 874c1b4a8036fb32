import { extent, linePath, lonelyPoints, type Point, sparklinePoints } from './chart-scale.js';
import { h, svg } from './dom.js';
import { formatFigure } from './format.js';
import { type Speech } from './headline.js';
import { type KpiSummary } from './wire.js';

const WIDTH = 300;
const HEIGHT = 48;
/** Room for the dot at the end and the line's thickness. */
const MARGIN = 4;

/** The last periods as a small line; the newest value has a dot. Read aloud as first, last, lowest and highest. */
export function sparkline(kpi: KpiSummary, speech: Speech): Element {
  if (extent(kpi.sparkline) === null) return h('p', { class: 'quiet' }, speech.messages.sparklineEmpty);
  const points = sparklinePoints(kpi.sparkline, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN);
  const drawn = points.filter((point) => point !== null);
  const newest = drawn.at(-1);
  return svg(
    'svg',
    {
      class: 'sparkline',
      role: 'img',
      'aria-label': sparklineText(kpi, speech),
      viewBox: `${-MARGIN} ${-MARGIN} ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
    },
    svg('path', { d: linePath(points), class: 'sparkline-line' }),
    lonelyPoints(points).map((point) => svg('circle', { cx: point.x, cy: point.y, r: 1.5, class: 'sparkline-dot' })),
    newest ? svg('circle', { cx: newest.x, cy: newest.y, r: 3, class: 'sparkline-dot' }) : null,
    newest && drawn.length === 1 ? onlyFigure(kpi, newest, speech) : null,
  );
}

/** One point alone says nothing by its place, so its figure stands beside it. */
function onlyFigure(kpi: KpiSummary, { x, y }: Point, { language }: Speech): SVGElement | null {
  const value = kpi.sparkline.find((one) => one !== null);
  if (value === undefined || value === null) return null;
  const onTheRight = x > WIDTH / 2;
  const place = { x: onTheRight ? x - 9 : x + 9, y: y + 5, 'text-anchor': onTheRight ? 'end' : 'start' };
  return svg(
    'text',
    { class: 'sparkline-text', ...place },
    formatFigure(value, kpi.decimals, kpi.unitOfMeasure, language),
  );
}

function sparklineText(kpi: KpiSummary, { messages, language }: Speech): string {
  const range = extent(kpi.sparkline);
  const values = kpi.sparkline.filter((value): value is number => value !== null);
  const [first, last] = [values[0], values.at(-1)];
  if (range === null || first === undefined || last === undefined) return messages.sparklineEmpty;
  const figure = (value: number) => formatFigure(value, kpi.decimals, kpi.unitOfMeasure, language);
  const count = kpi.sparkline.length;
  if (values.length === 1) return messages.sparklineSingle(figure(first));
  const text = messages.sparkline(String(count), figure(first), figure(last), figure(range[0]), figure(range[1]));
  return values.length === count ? text : text + messages.sparklineGaps(String(count - values.length));
}
