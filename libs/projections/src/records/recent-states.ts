/**
 * States that are kept in memory while a generation is written: those that were used last. There are two halves; when the
 * younger one is full, it becomes the older one and what was in that is forgotten. (One map that was emptied when full was
 * rejected: a log that goes round more records than it held read every state from the table again.)
 */
export class RecentStates<State> {
  private younger = new Map<string, State>();
  private older = new Map<string, State>();

  /** Between `half` and twice as many states are kept. */
  constructor(private readonly half: number) {}

  /** The state kept under the key; undefined when there is none (any more). */
  get(key: string): State | undefined {
    const held = this.younger.get(key);
    if (held !== undefined) return held;
    const kept = this.older.get(key);
    if (kept !== undefined) this.set(key, kept);
    return kept;
  }

  set(key: string, state: State): void {
    if (this.younger.size >= this.half && !this.younger.has(key)) {
      this.older = this.younger;
      this.younger = new Map();
    }
    this.younger.set(key, state);
  }
}
