import { COSTS, type CostName, type Growth } from './costs.js';

const PANEL = { width: 310, height: 230, left: 44, right: 12, top: 30, bottom: 36 } as const;
const COLUMNS = 3;
const MARGIN = 12;
const HEADING_HEIGHT = 54;
const LEGEND_LINE = 19;
/** Okabe and Ito's colours that stand out on white, each with a marker of its own: colour alone tells nothing apart. */
const LINES: readonly { readonly colour: string; readonly marker: string; readonly dash: string }[] = [
  { colour: '#0072B2', marker: 'circle', dash: '' },
  { colour: '#D55E00', marker: 'square', dash: '' },
  { colour: '#009E73', marker: 'triangle', dash: '' },
  { colour: '#A8518A', marker: 'diamond', dash: '' },
  { colour: '#7A6A00', marker: 'cross', dash: '' },
  { colour: '#0072B2', marker: 'square', dash: '5 3' },
  { colour: '#D55E00', marker: 'circle', dash: '5 3' },
  { colour: '#009E73', marker: 'diamond', dash: '5 3' },
  { colour: '#A8518A', marker: 'triangle', dash: '5 3' },
  { colour: '#333333', marker: 'cross', dash: '5 3' },
  { colour: '#333333', marker: 'square', dash: '' },
];
const DRAWN = (Object.keys(COSTS) as CostName[]).filter((name) => COSTS[name].isDrawn);
const styleOf = (cost: CostName): (typeof LINES)[number] =>
  LINES[DRAWN.indexOf(cost) % LINES.length] as (typeof LINES)[number];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const at = (value: number): string => String(Math.round(value * 10) / 10);
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${at(x)}" y="${at(y)}"${more}>${escaped(words)}</text>`;
const line = (x1: number, y1: number, x2: number, y2: number, more: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" ${more}/>`;

/** A size as an axis shows it: 1,024, 250 k, 8 M. */
export function sizeLabel(size: number): string {
  if (size >= 1_000_000) return `${Number((size / 1_000_000).toPrecision(3))} M`;
  return size >= 10_000 ? `${Number((size / 1_000).toPrecision(3))} k` : size.toLocaleString('en-US');
}

function marker(kind: string, x: number, y: number, colour: string): string {
  const path = {
    square: `M${at(x - 3)} ${at(y - 3)}h6v6h-6z`,
    triangle: `M${at(x)} ${at(y - 4)}l4 7h-8z`,
    diamond: `M${at(x)} ${at(y - 4)}l4 4-4 4-4-4z`,
    cross: `M${at(x - 3)} ${at(y - 3)}l6 6m0-6l-6 6`,
  }[kind];
  if (path === undefined) return `<circle cx="${at(x)}" cy="${at(y)}" r="3.2" fill="${colour}"/>`;
  return `<path d="${path}" ${kind === 'cross' ? `stroke="${colour}" stroke-width="1.8" fill="none"` : `fill="${colour}"`}/>`;
}

interface Scale {
  readonly x: (size: number) => number;
  readonly y: (ratio: number) => number;
  readonly ratios: readonly [number, number];
  readonly sizes: readonly [number, number];
}

/** Logarithms on both axes; costs as multiples of the cost at the smallest size, so that a linear one is a diagonal. */
function scaleOf(growths: readonly Growth[]): Scale {
  const sizes = growths.flatMap(({ total }) => total.map(({ size }) => size));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const all = growths.flatMap(ratiosOf).map(({ ratio }) => ratio);
  const [low, high] = [Math.min(0.5, ...all), Math.max(most / least, ...all) * 1.15];
  const share = (value: number, from: number, to: number): number => Math.log(value / from) / Math.log(to / from);
  const inner = { width: PANEL.width - PANEL.left - PANEL.right, height: PANEL.height - PANEL.top - PANEL.bottom };
  return {
    x: (size) => PANEL.left + share(size, least, most) * inner.width,
    y: (ratio) => PANEL.top + (1 - share(ratio, low, high)) * inner.height,
    ratios: [low, high],
    sizes: [least, most],
  };
}

function ratiosOf({ total }: Growth): { readonly size: number; readonly ratio: number }[] {
  const first = total[0]?.cost ?? 1;
  return total.map(({ size, cost }) => ({ size, ratio: cost / first }));
}

function axes({ x, y, ratios, sizes }: Scale, counted: string): string {
  const parts: string[] = [];
  const right = PANEL.width - PANEL.right;
  for (let power = Math.ceil(Math.log10(ratios[0])); 10 ** power <= ratios[1]; power += 1) {
    const tick = 10 ** power;
    parts.push(line(PANEL.left, y(tick), right, y(tick), 'class="grid"'));
    parts.push(text(PANEL.left - 5, y(tick) + 4, `${tick.toLocaleString('en-US')}×`, ' class="tick end"'));
  }
  const floor = PANEL.height - PANEL.bottom;
  parts.push(line(PANEL.left, floor, right, floor, 'class="axis"'));
  const middle = Math.sqrt(sizes[0] * sizes[1]);
  parts.push(text(x(sizes[0]), floor + 14, sizeLabel(sizes[0]), ' class="tick"'));
  parts.push(text(x(middle), floor + 28, counted, ' class="tick middle"'));
  parts.push(text(x(sizes[1]), floor + 14, sizeLabel(sizes[1]), ' class="tick end"'));
  const [from, to] = [y(1), y(sizes[1] / sizes[0])];
  parts.push(line(x(sizes[0]), from, x(sizes[1]), to, 'class="linear"'));
  return parts.join('');
}

function curve(growth: Growth, { x, y }: Scale): string {
  const { colour, marker: kind, dash } = styleOf(growth.cost);
  const points = ratiosOf(growth).map(({ size, ratio }) => [x(size), y(ratio)] as const);
  const path = points.map(([left, top]) => `${at(left)},${at(top)}`).join(' ');
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  const label = `${COSTS[growth.cost].title}: size^${growth.exponent.toFixed(2)}, ${growth.growth}`;
  const marks = points.map(([left, top]) => marker(kind, left, top, colour)).join('');
  return `<g><title>${escaped(label)}</title><polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"${dashed}/>${marks}</g>`;
}

function panel(growths: readonly Growth[], index: number): string {
  const [left, top] = placeOf(index);
  const scale = scaleOf(growths);
  const title = text(PANEL.left, 18, growths[0]?.dimension ?? '', ' class="name"');
  const body = axes(scale, growths[0]?.counted ?? '') + growths.map((growth) => curve(growth, scale)).join('');
  return `<g transform="translate(${left} ${top})">${title}${body}</g>`;
}

const placeOf = (index: number): readonly [number, number] => [
  MARGIN + (index % COLUMNS) * PANEL.width,
  HEADING_HEIGHT + Math.floor(index / COLUMNS) * PANEL.height,
];

function legend(index: number): string {
  const [left, top] = placeOf(index);
  const lines = DRAWN.map((cost, place) => {
    const y = 30 + place * LEGEND_LINE;
    const { colour, marker: kind, dash } = styleOf(cost);
    const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const sample = line(20, y - 4, 48, y - 4, `stroke="${colour}" stroke-width="1.6"${dashed}`);
    return sample + marker(kind, 34, y - 4, colour) + text(56, y, COSTS[cost].title, ' class="key"');
  });
  return `<g transform="translate(${left} ${top})">${lines.join('')}</g>`;
}

/**
 * Small multiples, one panel a dimension: what each cost has grown to, as a multiple of what it was at the smallest size, on
 * logarithmic axes; the grey dashes are linear growth. Returns an SVG document of its own, without scripts or fonts.
 */
export function growthChart(growths: readonly Growth[], subtitle: string): string {
  const drawn = growths.filter(({ cost }) => COSTS[cost].isDrawn);
  const dimensions = [...new Set(drawn.map(({ dimension }) => dimension))];
  const width = COLUMNS * PANEL.width + 2 * MARGIN;
  const height = HEADING_HEIGHT + Math.ceil((dimensions.length + 1) / COLUMNS) * PANEL.height + MARGIN;
  const panels = dimensions.map((name, index) =>
    panel(
      drawn.filter(({ dimension }) => dimension === name),
      index,
    ),
  );
  const style =
    'text{font-family:system-ui,sans-serif;font-size:12px;fill:#222}.tick{font-size:11px;fill:#444}.end{text-anchor:end}' +
    '.middle{text-anchor:middle}.title{font-size:16px;font-weight:600}.name{font-weight:600}.grid{stroke:#e2e2e2}' +
    '.axis{stroke:#666}.linear{stroke:#777;stroke-dasharray:2 4;stroke-width:1.5}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    '<title id="t">How each cost grows with its work</title>',
    `<desc id="d">${escaped(descriptionOf(growths))}</desc><style>${style}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN + 8, 24, 'How each cost grows with its work', ' class="title"'),
    text(MARGIN + 8, 43, `Cost as a multiple of the cost at the smallest size; grey dots: linear. ${subtitle}`),
    ...panels,
    legend(dimensions.length),
    '</svg>\n',
  ].join('\n');
}

/** For who cannot see it: what is worse than linear, or that nothing is. */
function descriptionOf(growths: readonly Growth[]): string {
  const worse = growths.filter(({ growth }) => growth === 'worse than linear');
  if (worse.length === 0) return 'No cost grows worse than linear.';
  const named = worse.map(
    ({ cost, dimension, exponent }) => `${COSTS[cost].title} with ${dimension} (${exponent.toFixed(2)})`,
  );
  return `Worse than linear: ${named.join('; ')}.`;
}
