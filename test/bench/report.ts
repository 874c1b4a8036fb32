/** What is measured; the order is that of the table. */
export const METRICS = {
  'accepted-batches': {
    title: 'observations acknowledged, HTTP batches of 1,000, 8 connections',
    unit: 'observations/s',
    goal: 1_000_000,
  },
  'accepted-batches-p99': { title: '  their latency, 99th percentile', unit: 'ms', goal: null },
  'accepted-batches-16': {
    title: 'observations acknowledged, HTTP batches of 1,000, 16 connections',
    unit: 'observations/s',
    goal: 1_000_000,
  },
  'accepted-batches-16-p99': { title: '  their latency, 99th percentile', unit: 'ms', goal: null },
  'lag-after-load': { title: 'time until the views had all of it', unit: 'ms', goal: null },
  'accepted-singles': {
    title: 'observations acknowledged, one a request, 64 connections',
    unit: 'observations/s',
    goal: 40_000,
  },
  'accepted-singles-p50': { title: '  their latency, median', unit: 'ms', goal: null },
  'accepted-singles-p99': { title: '  their latency, 99th percentile', unit: 'ms', goal: 20 },
  'steady-accepted': {
    title: 'observations acknowledged at a steady 300,000/s by the clock, 32 connections',
    unit: 'observations/s',
    goal: 300_000,
  },
  'steady-accepted-p99': { title: '  their latency from when they were due, 99th percentile', unit: 'ms', goal: null },
  'steady-lag-p50': { title: '  lag of the views behind an acknowledgement, median', unit: 'ms', goal: null },
  'steady-lag-p99': {
    title: '  lag of the views behind an acknowledgement, 99th percentile (looked at every 10 ms)',
    unit: 'ms',
    goal: 1_000,
  },
  'steady-lag-max': { title: '  lag of the views behind an acknowledgement, greatest', unit: 'ms', goal: null },
  projected: { title: 'observations projected, catching up with intake idle', unit: 'observations/s', goal: 1_000_000 },
  rebuilt: {
    title: 'observations rebuilt into all views beside the live ones',
    unit: 'observations/s',
    goal: 1_000_000,
  },
  'kpi-query-p50': { title: 'KPI query, median', unit: 'ms', goal: null },
  'kpi-query-p99': { title: 'KPI query, 99th percentile', unit: 'ms', goal: 5 },
  'log-size': { title: 'log', unit: 'bytes/observation', goal: 20 },
  'views-size': { title: 'views', unit: 'bytes/observation', goal: 40 },
  'start-time': { title: 'start with this history in the log', unit: 'ms', goal: null },
  'history-size': { title: 'a long history, once a run: observations of 200 series', unit: 'observations', goal: null },
  'history-log-size': { title: 'long history: log', unit: 'bytes/observation', goal: 20 },
  'history-views-size': { title: 'long history: views', unit: 'bytes/observation', goal: 40 },
  'history-start-time': {
    title: 'long history: start until ready and a KPI query is answered, page cache warm (each start a value)',
    unit: 'ms',
    goal: 5_000,
  },
  'history-memory': { title: 'long history: most memory of the system', unit: 'MiB', goal: 512 },
  'history-query-p50': { title: 'long history: KPI query, median (each stretch a value)', unit: 'ms', goal: null },
  'history-query-p99': { title: 'long history: KPI query, 99th percentile', unit: 'ms', goal: 5 },
  'history-query-short-p50': {
    title: '10,000 observations over the same months: KPI query, median',
    unit: 'ms',
    goal: null,
  },
  'history-query-short-p99': {
    title: '10,000 observations over the same months: KPI query, 99th percentile',
    unit: 'ms',
    goal: 5,
  },
  'history-query-young-p99': {
    title: '10,000 observations of half a day (one period): KPI query, 99th percentile',
    unit: 'ms',
    goal: 5,
  },
  'history-query-ratio': {
    title: 'long history ÷ 10,000 observations over the same months: KPI query, 99th percentile, in turn',
    unit: 'ratio',
    goal: 1.2,
  },
  'as-of-position-p99': { title: 'long history: KPI as of a position, 99th percentile, warm', unit: 'ms', goal: 50 },
  'as-of-time-p99': { title: 'long history: KPI as of a time, 99th percentile, warm', unit: 'ms', goal: 50 },
  'as-of-position-cold-p99': {
    title: 'long history: KPI as of a position, 99th percentile, just started, page cache empty',
    unit: 'ms',
    goal: 50,
  },
  'as-of-time-cold-p99': {
    title: 'long history: KPI as of a time, 99th percentile, just started, page cache empty',
    unit: 'ms',
    goal: 50,
  },
  'postgres-writers': {
    title: 'PostgreSQL: events acknowledged, 16 writers that wait for one event each (ours in dense order)',
    unit: 'events/s',
    goal: 18_000,
  },
  'postgres-writers-p99': { title: '  their latency, 99th percentile', unit: 'ms', goal: null },
  'postgres-writers-cpu': { title: '  time of the writing process on the processor', unit: 'µs/event', goal: null },
  'postgres-sync-probe': { title: '  fdatasync of 4 KiB just before ours', unit: 'syncs/s', goal: null },
  'postgres-batches': {
    title: 'PostgreSQL: observations acknowledged, HTTP batches of 1,000, 16 connections',
    unit: 'observations/s',
    goal: 500_000,
  },
  'postgres-batches-p99': { title: '  their latency, 99th percentile', unit: 'ms', goal: null },
  'postgres-batches-straight': {
    title: 'PostgreSQL: observations in batches of 1,000 straight into the log, 16 writers',
    unit: 'observations/s',
    goal: null,
  },
  'copy-to-postgres': {
    title: '`log copy` from SQLite to PostgreSQL, both digests included',
    unit: 'observations/s',
    goal: null,
  },
  'copy-from-postgres': { title: '`log copy` back to SQLite', unit: 'observations/s', goal: null },
  'soak-accepted': { title: 'soak: observations acknowledged', unit: 'observations/s', goal: null },
  'soak-memory-most': { title: 'soak: most memory', unit: 'MiB', goal: 512 },
  'soak-memory-first': { title: 'soak: memory, median of the first third', unit: 'MiB', goal: null },
  'soak-memory-last': { title: 'soak: memory, median of the last third', unit: 'MiB', goal: null },
  'soak-memory-slope': { title: 'soak: memory, slope', unit: 'MiB/min', goal: null },
  'sync-probe': { title: 'fdatasync of 4 KiB, the limit of single commits', unit: 'syncs/s', goal: null },
  'load-ceiling-batches': {
    title: 'load generator against a server that does nothing, batches',
    unit: 'observations/s',
    goal: null,
  },
  'load-ceiling-singles': {
    title: 'load generator against a server that does nothing, singles',
    unit: 'observations/s',
    goal: null,
  },
} as const satisfies Record<string, { title: string; unit: string; goal: number | null }>;
export type MetricName = keyof typeof METRICS;

/** Who was measured. */
export const SUBJECTS = {
  tallystick: 'Tallystick',
  'emmett-readings': 'Emmett SQLite, an event a reading',
  'emmett-batch': 'Emmett SQLite, the same batch event',
  'sqlite-readings': 'better-sqlite3, an event a reading',
  'sqlite-batch': 'better-sqlite3, the same batch event',
  'emmett-postgres': 'Emmett PostgreSQL',
  'postgres-insert': 'bare INSERT, a row a transaction',
} as const;
export type Subject = keyof typeof SUBJECTS;

/** One line of `--json`: a figure of ours beside a peer's; `peer` is null where there is none. */
export interface JsonLine {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number | null;
  readonly peer: string | null;
  readonly peerValue: number | null;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, least and greatest of the rounds. @throws RangeError for none */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** Collects the values of all rounds. */
export class Results {
  private readonly values = new Map<string, number[]>();

  record(metric: MetricName, subject: Subject, value: number): void {
    const key = `${metric} ${subject}`;
    this.values.set(key, [...(this.values.get(key) ?? []), value]);
  }

  spread(metric: MetricName, subject: Subject): Spread | undefined {
    const values = this.values.get(`${metric} ${subject}`);
    return values === undefined ? undefined : spreadOf(values);
  }

  /** Ratio of ours to a peer's, paired inside each round, then the median: what the machine did meanwhile cancels out. */
  ratio(metric: MetricName, peer: Subject): number | undefined {
    const ours = this.values.get(`${metric} tallystick`) ?? [];
    const theirs = this.values.get(`${metric} ${peer}`) ?? [];
    const ratios = ours.flatMap((value, round) => {
      const other = theirs[round];
      return other === undefined || other === 0 ? [] : [value / other];
    });
    return ratios.length === 0 ? undefined : spreadOf(ratios).median;
  }

  json(): JsonLine[] {
    return metricNames().flatMap((name): JsonLine[] => {
      const ours = this.spread(name, 'tallystick');
      if (!ours) return [];
      const line = { name, value: ours.median, unit: METRICS[name].unit, goal: METRICS[name].goal };
      const beside = peers().flatMap((peer) => {
        const theirs = this.spread(name, peer);
        return theirs ? [{ ...line, peer: SUBJECTS[peer], peerValue: theirs.median }] : [];
      });
      return beside.length > 0 ? beside : [{ ...line, peer: null, peerValue: null }];
    });
  }

  /**
   * The figures as a Markdown table: median (least–greatest) of the rounds, and ours as a multiple of each peer's. Peers that
   * were not measured have no column.
   */
  table(): string {
    const measured = subjects().filter((subject) => metricNames().some((name) => this.spread(name, subject)));
    const head = ['what', 'unit', 'goal', ...measured.map((subject) => SUBJECTS[subject])];
    const rows = metricNames()
      .filter((name) => measured.some((subject) => this.spread(name, subject)))
      .map((name) => {
        const { title, unit, goal } = METRICS[name];
        const cells = measured.map((subject) => this.cell(name, subject));
        return [title.trim(), unit, goal === null ? '' : figure(goal), ...cells];
      });
    return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }

  private cell(metric: MetricName, subject: Subject): string {
    const spread = this.spread(metric, subject);
    if (!spread) return '';
    const range = spread.min === spread.max ? '' : ` (${figure(spread.min)}–${figure(spread.max)})`;
    const compares = subject !== 'tallystick' && METRICS[metric].unit.endsWith('/s');
    const ratio = compares ? this.ratio(metric, subject) : undefined;
    return `${figure(spread.median)}${range}${ratio === undefined ? '' : `, ours ×${figure(ratio)}`}`;
  }
}

const metricNames = (): MetricName[] => Object.keys(METRICS) as MetricName[];
const subjects = (): Subject[] => Object.keys(SUBJECTS) as Subject[];
const peers = (): Subject[] => subjects().filter((subject) => subject !== 'tallystick');

/** Three significant digits, with thousands separated. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const scale = 10 ** (2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Math.round(value * scale) / scale;
  return rounded.toLocaleString('en-US', { maximumFractionDigits: digits });
}
