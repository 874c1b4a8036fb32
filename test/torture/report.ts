/** How many details of one kind are kept; the count goes on. */
const DETAILS_MAX = 20;

export type Failing = 'lost' | 'doubled' | 'violated';

/** What a run tried and what went wrong. Anything lost, doubled or violated makes the run fail. */
export class Report {
  private readonly counts = new Map<string, number>();
  private readonly figures = new Map<string, string>();
  private readonly failures: Record<Failing, { count: number; details: string[] }> = {
    lost: { count: 0, details: [] },
    doubled: { count: 0, details: [] },
    violated: { count: 0, details: [] },
  };

  isUnfinished = false;

  /** @param progress hears a line now and then, for people who wait */
  constructor(private readonly progress: (line: string) => void = () => undefined) {}

  /** Counts something that was tried or seen: kills, requests, conflicts, … A run that counts nothing proves nothing and fails. */
  tried(what: string, count = 1): void {
    this.counts.set(what, this.count(what) + count);
  }

  count(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  /** A figure worth knowing, with its unit: shown as it is. */
  figure(name: string, value: string): void {
    this.figures.set(name, value);
  }

  /** Something that was acknowledged is not there. */
  lost(detail: string): void {
    this.fail('lost', detail);
  }

  /** Something that may be there once is there more often. */
  doubled(detail: string): void {
    this.fail('doubled', detail);
  }

  /** Another promise is broken. */
  violated(detail: string): void {
    this.fail('violated', detail);
  }

  /** The case goes on behind our back: nothing after it can be trusted, so the command ends. */
  unfinished(detail: string): void {
    this.isUnfinished = true;
    this.violated(detail);
  }

  /** Answers whether it holds, and calls it violated when it does not. */
  check(holds: boolean, detail: () => string): boolean {
    if (!holds) this.violated(detail());
    return holds;
  }

  say(line: string): void {
    this.progress(line);
  }

  failed(): boolean {
    return this.counts.size === 0 || Object.values(this.failures).some(({ count }) => count > 0);
  }

  failuresOf(kind: Failing): { readonly count: number; readonly details: readonly string[] } {
    return this.failures[kind];
  }

  text(): string {
    const lines: string[] = [];
    for (const [what, count] of this.counts) lines.push(`  ${count.toLocaleString('en')} ${what}`);
    if (this.counts.size === 0) lines.push('  nothing was tried');
    for (const [name, value] of this.figures) lines.push(`  ${name}: ${value}`);
    for (const kind of ['lost', 'doubled', 'violated'] as const) {
      const { count, details } = this.failures[kind];
      lines.push(`  ${kind}: ${count.toLocaleString('en')}`);
      for (const detail of details) lines.push(`    - ${detail}`);
      if (count > details.length) lines.push(`    … and ${count - details.length} more`);
    }
    return lines.join('\n');
  }

  private fail(kind: Failing, detail: string): void {
    const failures = this.failures[kind];
    failures.count += 1;
    if (failures.details.length >= DETAILS_MAX) return;
    failures.details.push(detail);
    this.progress(`${kind}: ${detail}`);
  }
}
