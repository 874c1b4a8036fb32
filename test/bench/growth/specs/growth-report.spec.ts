import { describe, expect, it } from '@jest/globals';
import { growthChart, sizeLabel } from '../chart.js';
import { COST_NAMES, COSTS, growthsOf, type Measured } from '../costs.js';
import { growthTable } from '../growth-table.js';

const world = (dimension: string, sizes: readonly number[]): Measured => ({
  dimension,
  counted: `things of "${dimension}"`,
  perUnit: ['accept'],
  sizes: sizes.map((size) => ({
    size,
    costs: { accept: 1.5, 'catch-up': size * 2, list: size ** 2, 'kpi-p50': 0.5 },
  })),
});
const growths = growthsOf(world('events & series', [100, 200, 400, 800, 1_600]));

describe('the report of growth', () => {
  it('counts the cost of one unit for all of them', () => {
    const accept = growths.find(({ cost }) => cost === 'accept');
    expect(accept).toMatchObject({ growth: 'linear' });
    expect(accept?.exponent).toBeCloseTo(1, 9);
    expect(accept?.points[0]?.cost).toBe(1.5);
    expect(accept?.total[0]?.cost).toBe(150);
  });

  it('names what is worse than linear, and only that', () => {
    const rows = growthTable(growths).split('\n');
    expect(rows.filter((row) => row.includes('**worse than linear**'))).toHaveLength(1);
    expect(rows.find((row) => row.includes(COSTS.list.title))).toContain('| 2.00 | **worse than linear** |');
    expect(rows.find((row) => row.includes(COSTS.accept.title))).toContain('1.00 (all)');
    expect(rows).toHaveLength(2 + growths.length);
  });

  it('leaves a cost out that was not measured at every size', () => {
    const [first, ...rest] = world('x', [1, 2, 4]).sizes;
    const measured = { ...world('x', []), sizes: [{ size: first?.size ?? 0, costs: { accept: 1 } }, ...rest] };
    expect(growthsOf(measured).map(({ cost }) => cost)).toEqual(['accept']);
  });

  it('shortens sizes', () => {
    expect([100, 1_024, 12_800, 250_000, 8_000_000].map(sizeLabel)).toEqual(['100', '1,024', '12.8 k', '250 k', '8 M']);
  });
});

describe('the picture of growth', () => {
  const dimensions = ['a', 'b', 'c', 'd', 'e'];
  const sizes = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800];
  const everything = dimensions.flatMap((dimension) =>
    growthsOf({
      dimension,
      counted: 'things',
      perUnit: [],
      sizes: sizes.map((size) => ({ size, costs: Object.fromEntries(COST_NAMES.map((name) => [name, size])) })),
    }),
  );

  it('has a panel a dimension, a legend, and stays small', () => {
    const svg = growthChart(everything, 'of a test');
    expect(svg.match(/<g transform=/g)).toHaveLength(dimensions.length + 1);
    expect(Buffer.byteLength(svg)).toBeLessThan(60_000);
    for (const name of COST_NAMES.filter((cost) => COSTS[cost].isDrawn)) expect(svg).toContain(COSTS[name].title);
  });

  it('draws no two costs alike', () => {
    const svg = growthChart(everything.slice(0, COST_NAMES.length), '');
    const legend = svg.slice(svg.lastIndexOf('<g transform='));
    const samples = legend
      .split('<line ')
      .slice(1)
      .map((entry) => entry.replace(/(x1|y1|x2|y2|cx|cy)="[^"]*"|<text.*$|d="M[\d. ]+/g, ''));
    expect(new Set(samples).size).toBe(samples.length);
  });

  it('is well-formed, whatever the names', () => {
    const svg = growthChart(growths, '<a> & "b"');
    expect(svg).toContain('&lt;a&gt; &amp; &quot;b&quot;');
    const opened: string[] = [];
    for (const [, closing, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (closing) expect(opened.pop()).toBe(name);
      else if (!self) opened.push(name ?? '');
    }
    expect(opened).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws a linear cost on the dots of linear growth', () => {
    const svg = growthChart(growthsOf({ ...world('x', [1, 10, 100]), perUnit: [] }), '');
    const guide = /<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" class="linear"/.exec(svg);
    const [, catchUp] = /all views from zero[^<]*<\/title><polyline points="([^"]+)"/.exec(svg) ?? [];
    const points = catchUp?.split(' ').map((point) => point.split(','));
    expect(points?.[0]).toEqual([guide?.[1], guide?.[2]]);
    expect(points?.at(-1)).toEqual([guide?.[3], guide?.[4]]);
  });

  it('tells who cannot see it what is worse than linear', () => {
    expect(growthChart(growths, '')).toContain(
      `Worse than linear: ${COSTS.list.title} with events &amp; series (2.00).`,
    );
    const good = growths.filter(({ cost }) => cost !== 'list');
    expect(growthChart(good, '')).toContain('No cost grows worse than linear.');
  });
});
