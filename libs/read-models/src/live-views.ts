import { isForeignSchema, ViewsNotReady } from './errors.js';
import { type Generations } from './generations.js';
import { type ViewDatabase } from './view-database.js';

/** How old the knowledge of the pointer file may get. Reading it costs some 20 µs, too much for every query. */
const POINTER_AGE_MAX_ms = 100;
/** The pointer may move between reading it and opening what it named. */
const OPEN_TRIES = 3;

/** Gives queries the live generation, read-only, and follows the pointer when a rebuild has been swapped in. */
export class LiveViews {
  private database: ViewDatabase | undefined;
  private generation: number | null = null;
  private checked_ms = Number.NEGATIVE_INFINITY;

  constructor(private readonly generations: Generations) {}

  /**
   * Runs `work` on one moment of the live views.
   * @throws ViewsNotReady when there is no generation to read, or its tables are those of another program version
   */
  read<T>(work: (database: ViewDatabase) => T): T {
    const database = this.current();
    try {
      return database.snapshot(() => work(database));
    } catch (error) {
      if (isForeignSchema(error)) throw new ViewsNotReady('the views are being rebuilt for this program version');
      throw error;
    }
  }

  /** Number of the generation that answers now; null before the first. */
  get liveGeneration(): number | null {
    return this.generation;
  }

  /** Looks at the pointer again with the next read. Call when a swap was reported. */
  refresh(): void {
    this.checked_ms = Number.NEGATIVE_INFINITY;
  }

  close(): void {
    this.database?.close();
    this.database = undefined;
    this.generation = null;
    this.refresh();
  }

  private current(): ViewDatabase {
    const now_ms = performance.now();
    if (this.database !== undefined && now_ms - this.checked_ms < POINTER_AGE_MAX_ms) return this.database;
    for (let attempt = 1; attempt <= OPEN_TRIES; attempt += 1) {
      const live = this.generations.live();
      if (live === null) break;
      this.checked_ms = now_ms;
      if (live === this.generation && this.database !== undefined) return this.database;
      const opened = this.tryOpen(live);
      if (opened !== undefined) return this.become(live, opened);
    }
    throw new ViewsNotReady('there are no views to read yet');
  }

  private become(generation: number, database: ViewDatabase): ViewDatabase {
    this.database?.close();
    this.database = database;
    this.generation = generation;
    return database;
  }

  private tryOpen(generation: number): ViewDatabase | undefined {
    let database: ViewDatabase | undefined;
    try {
      database = this.generations.open(generation, { readOnly: true });
      database.get('SELECT position FROM checkpoint');
      return database;
    } catch {
      // Swapped away and deleted in this very moment, or not yet filled: the pointer is read again.
      database?.close();
      return undefined;
    }
  }
}
