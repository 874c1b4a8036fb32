import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figure } from '../report.js';
import { appendTold } from './bulk-log.js';
import { growthChart } from './chart.js';
import { COSTS, type Growth, growthsOf, type Measured } from './costs.js';
import { type Dimension, DIMENSIONS } from './dimensions.js';
import { growthTable } from './growth-table.js';
import { type Effort, measureWorld, newWorld, projectAgain } from './measure-world.js';
import { organisationLife } from './organisation-life.js';

const USAGE = `npm run bench -- --growth [options]

Measures how each cost grows with its work, and names what is worse than linear: history, domain events, series, KPIs,
decisions about one KPI. Prints a table; at the end it rebuilds 100,000 domain events.

  --quick        small worlds, for a look
  --only NAMES   dimensions whose name contains one of these words (comma-separated): history, domain, series, kpis, …
  --svg FILE     writes the picture
  --json FILE    writes every figure
`;

const FULL: Effort = { queries: 300, limit_ms: 1_200, commands: 150, isQuick: false };
const QUICK: Effort = { queries: 40, limit_ms: 200, commands: 20, isQuick: true };
/** Units whose year is 105,000 domain events, and a tenth of it. */
const REBUILT_UNITS = { full: 1_000, quick: 100 } as const;
const DOMAIN_GOAL_per_second = 100_000;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Runs `use` with an empty folder, which is removed afterwards. */
async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-growth-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureDimension(dimension: Dimension, effort: Effort): Promise<Measured> {
  const sizes: Measured['sizes'][number][] = [];
  await withFolder(async (root) => {
    let world = newWorld(join(root, 'world'));
    mkdirSync(world.folder);
    for (const size of effort.isQuick ? dimension.sizes.quick : dimension.sizes.full) {
      const startedAt = performance.now();
      sizes.push({ size, costs: await measureWorld(world, dimension, size, effort) });
      say(`${dimension.name}  ${figure(size)}  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
      if (dimension.isGrowing) continue;
      rmSync(world.folder, { recursive: true });
      world = newWorld(world.folder);
      mkdirSync(world.folder);
    }
  });
  return { dimension: dimension.name, counted: dimension.counted, perUnit: dimension.perUnit, sizes };
}

interface DomainRebuild {
  readonly events: number;
  readonly events_per_second: number;
}

/** A year of an organisation, projected from zero into all views. */
async function rebuildDomainEvents(units: number): Promise<DomainRebuild> {
  return withFolder(async (folder) => {
    const { events } = await appendTold(join(folder, 'log.db'), organisationLife(units), 'domain');
    const { took_ms } = await projectAgain(folder);
    return { events, events_per_second: (events / took_ms) * 1_000 };
  });
}

function writeJson(file: string, growths: readonly Growth[], rebuilt: DomainRebuild | null): void {
  const rows = growths.map(({ total, cost, ...growth }) => ({ ...growth, cost, ...COSTS[cost], total }));
  writeFileSync(file, `${JSON.stringify({ growths: rows, domainEventsRebuilt: rebuilt }, null, 2)}\n`);
}

/** The command `npm run bench -- --growth`; options as in the usage. */
export async function runGrowth(args: readonly string[]): Promise<void> {
  const options = {
    growth: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    svg: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return console.log(USAGE);
  const effort = values.quick ? QUICK : FULL;
  const words = values.only?.toLowerCase().split(',') ?? [''];
  const chosen = DIMENSIONS.filter(({ name }) => words.some((word) => name.toLowerCase().includes(word)));
  const growths: Growth[] = [];
  for (const dimension of chosen) growths.push(...growthsOf(await measureDimension(dimension, effort)));
  const isDomainWanted = chosen.some(({ name }) => name === 'domain events');
  const rebuilt = isDomainWanted ? await rebuildDomainEvents(REBUILT_UNITS[values.quick ? 'quick' : 'full']) : null;

  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
  console.log(`\n${machine}\n\n${growthTable(growths)}`);
  if (rebuilt !== null) {
    const { events, events_per_second } = rebuilt;
    console.log(`\n| what | unit | goal | Tallystick |\n| --- | --- | --- | --- |`);
    const goal = figure(DOMAIN_GOAL_per_second);
    console.log(`| domain events rebuilt (${figure(events)}) | events/s | ${goal} | ${figure(events_per_second)} |`);
  }
  const worse = growths.filter(({ growth }) => growth === 'worse than linear');
  for (const { cost, dimension, exponent } of worse) {
    say(`worse than linear: ${COSTS[cost].title}, with ${dimension} (exponent ${exponent.toFixed(2)})`);
  }
  if (values.svg !== undefined) writeFileSync(values.svg, growthChart(growths, machine));
  if (values.json !== undefined) writeJson(values.json, growths, rebuilt);
}
