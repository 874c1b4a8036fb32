import type { ProjectionLag } from '#lib/projections';

/** What the views have just taken in. */
export interface ViewChange {
  /** Log position (decimal text) that the live views have reached. */
  readonly position: string;
  /** KPIs whose figures may have changed; empty when none did. */
  readonly kpiIds: readonly string[];
}

/**
 * How far the live views are. The app feeds it from the projector, wherever that runs; the edge waits on it.
 */
export abstract class ViewProgress {
  /** True as soon as the live views contain everything up to `position`; false after `timeout_ms`. */
  abstract waitFor(position: bigint, timeout_ms: number): Promise<boolean>;
  /** Lag of the live views behind the log. */
  abstract lag(): ProjectionLag;
  /** A number that is the same for the same live views, and the position they stand at; computed off the main thread. */
  abstract digest(): Promise<{ readonly digest: string; readonly position: string }>;
  /** Hears of every step of the live views, after queries can see it. Returns the way to stop hearing. */
  abstract onChange(listener: (change: ViewChange) => void): () => void;
}

/** Starts a rebuild of the views beside the live ones. */
export abstract class ViewRebuilds {
  /** Begins a rebuild, or joins the one that is running; resolves when it has begun. */
  abstract start(): Promise<{ readonly generation: number }>;
  /** The rebuild under way, or null. */
  abstract running(): { readonly generation: number; readonly position: string } | null;
}
