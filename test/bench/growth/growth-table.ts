import { figure } from '../report.js';
import { sizeLabel } from './chart.js';
import { COSTS, type Growth } from './costs.js';

/** How often the cost came in: a unit's cost stands in the table as it was measured, its exponent is that of all units. */
const isPerUnit = ({ points, total }: Growth): boolean => points.some(({ cost }, index) => total[index]?.cost !== cost);

function row(growth: Growth): string {
  const { title, unit } = COSTS[growth.cost];
  const [first, last] = [growth.points[0], growth.points.at(-1)];
  const middle = growth.points[Math.floor(growth.points.length / 2)];
  const cells = [
    growth.dimension,
    title,
    unit,
    ...[first, middle, last].map((point) =>
      point === undefined ? '' : `${figure(point.cost)} (${sizeLabel(point.size)})`,
    ),
    `${growth.exponent.toFixed(2)}${isPerUnit(growth) ? ' (all)' : ''}`,
    growth.growth === 'worse than linear' ? `**${growth.growth}**` : growth.growth,
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * Every cost as a Markdown row: its figure at the smallest, a middle and the largest size (in brackets), the exponent, and
 * what that is called. "(all)" says that the exponent is that of the cost of all units together.
 */
export function growthTable(growths: readonly Growth[]): string {
  const head = ['grows with', 'what', 'unit', 'smallest', 'middle', 'largest', 'exponent', 'growth'];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...growths.map(row)].join('\n');
}
