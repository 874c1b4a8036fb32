import { setImmediate } from 'node:timers/promises';
import {
  decodeEvent,
  type EventBatch,
  type EventStore,
  type StoredEvent,
  upcasterKey,
  type Upcasters,
} from '#lib/event-store';
import { OwnershipLost, type ViewDatabase } from '#lib/read-models';
import { LOG_POSITION_MAX, type ProjectedEvent, type Projection } from '../projection.js';
import { type BatchChanges, reasonOf, type SettlingTrouble } from '../batch-changes.js';
import { type Batch, GenerationWriter } from './generation-writer.js';
import { Settling } from './settling.js';

/** Events taken from the log at a time. */
const SUBSCRIPTION_BATCH_events = 128;
/** While catching up, one transaction takes about so much event data: some 100,000 observations. */
const TRANSACTION_SIZE_chars = 2_000_000;
const TRANSACTION_EVENTS_MAX = 20_000;
/** How far the views are behind the log. */
export interface ProjectionProgress {
  /** Log position of the views, as decimal text. */
  readonly position: string;
  readonly caughtUp: boolean;
  readonly lag_events: number;
  readonly lag_seconds: number;
  /** Events parked so far. */
  readonly parked: number;
  /** KPIs whose figures or definition changed with the last batch. */
  readonly kpiIds: readonly string[];
}

export interface RunnerOptions {
  readonly store: EventStore;
  readonly database: ViewDatabase;
  readonly projections: readonly Projection[];
  readonly upcasters?: Upcasters;
  readonly onProgress?: (progress: ProjectionProgress) => void;
  /** A figure could not be computed: it stays stale, and who asks for it is told why. Told once for each reason. */
  readonly onSettlingTrouble?: (trouble: SettlingTrouble) => void;
  /** Milliseconds since the Unix epoch; what lag in seconds is told by. */
  readonly now_ms?: () => number;
  /**
   * Runs what only the owner of the whole folder may do, and throws `OwnershipLost` otherwise. Without it, a runner that tries
   * again after trouble would take its generation back from a newer owner.
   */
  readonly whileOwned?: <Result>(work: () => Result) => Result;
}

export type RunnerEnd = 'stopped' | 'ownership-lost';

/**
 * Follows the log and writes one generation of the views, from its checkpoint on. Work between two awaits is one
 * transaction, so other work of the thread waits at most that long.
 */
export class ProjectionRunner {
  private writer: GenerationWriter | undefined;
  private readonly settling = new Settling();
  private unsettled = false;
  private failing: AbortController | undefined;
  private pending: StoredEvent[] = [];
  private pendingSize_chars = 0;
  /** When the newest event that was written was recorded. */
  private recordedAt_ms: number | null = null;

  constructor(private readonly options: RunnerOptions) {}

  /** Log position of the views; 0 before `run`. */
  get position(): number {
    return this.writer?.position ?? 0;
  }

  /**
   * Runs until the signal or until another writer takes the generation over.
   * @throws what the store throws, and SqliteError when the views' file is in trouble; nothing half-done remains
   */
  async run(signal: AbortSignal): Promise<RunnerEnd> {
    const { store } = this.options;
    const writer = this.beginWriting();
    if (writer === null) return 'ownership-lost';
    this.writer = writer;
    this.pending = [];
    this.pendingSize_chars = 0;
    const after = BigInt(writer.position);
    // Marked figures of an interrupted run are computed with the first batch.
    this.unsettled = true;
    const failing = new AbortController();
    this.failing = failing;
    const subscription = {
      after,
      batchSize: SUBSCRIPTION_BATCH_events,
      signal: AbortSignal.any([signal, failing.signal]),
    };
    try {
      for await (const batch of store.subscribe(subscription)) {
        if (subscription.signal.aborted) break;
        if (this.gather(batch)) await this.writePending(batch);
      }
      if (failing.signal.aborted) throw failing.signal.reason;
      return 'stopped';
    } catch (error) {
      if (error instanceof OwnershipLost) return 'ownership-lost';
      throw error;
    } finally {
      this.settling.cancel();
    }
  }

  /** Takes the generation over; null when somebody else owns the folder by now. */
  private beginWriting(): GenerationWriter | null {
    const { database, projections, whileOwned = (work) => work() } = this.options;
    try {
      return whileOwned(() => new GenerationWriter(database, projections));
    } catch (error) {
      if (error instanceof OwnershipLost) return null;
      throw error;
    }
  }

  /** True when what has been gathered should be written now. */
  private gather({ events, caughtUp }: EventBatch): boolean {
    for (const event of events) {
      // A store may deliver again after a lost connection.
      if (event.position <= BigInt(this.writer!.position)) continue;
      this.pending.push(event);
      this.pendingSize_chars += event.data.length;
    }
    return (
      caughtUp || this.pendingSize_chars >= TRANSACTION_SIZE_chars || this.pending.length >= TRANSACTION_EVENTS_MAX
    );
  }

  private async writePending(batch: EventBatch): Promise<void> {
    const writer = this.writer!;
    const to = Math.max(Number(batch.checkpoint), writer.position);
    if (to > LOG_POSITION_MAX) throw new Error(`log position ${batch.checkpoint} is beyond what the views can hold`);
    const head = batch.caughtUp ? to : Number((await this.options.store.head())?.position ?? 0);
    const caughtUp = to >= head;
    let kpiIds: readonly string[] = [];
    if (to > writer.position || (caughtUp && this.unsettled)) kpiIds = this.write(to, caughtUp);
    this.report(head, kpiIds);
    await setImmediate();
  }

  /** Ids of the KPIs that the transaction touched. */
  private write(to: number, caughtUp: boolean): readonly string[] {
    const settle = this.settling.isDue(performance.now(), caughtUp);
    const changes = this.apply(this.takePending(to, settle));
    const now_ms = performance.now();
    this.unsettled = !settle;
    if (settle) this.settling.done(now_ms, changes.settling_ms);
    else if (caughtUp) this.settling.later(now_ms, () => this.settleLater());
    return [...changes.kpiIds];
  }

  private apply(batch: Batch): BatchChanges {
    const changes = this.writer!.write(batch);
    for (const trouble of changes.troubles) this.options.onSettlingTrouble?.(trouble);
    return changes;
  }

  /** Runs between two transactions of the loop; what goes wrong ends the loop. */
  private settleLater(): void {
    if (!this.unsettled || this.failing?.signal.aborted) return;
    const { position } = this.writer!;
    try {
      const batch = { events: [], undecodable: [], to: position, recordedAt_ms: null, settle: true };
      this.settling.done(performance.now(), this.apply(batch).settling_ms);
      this.unsettled = false;
    } catch (error) {
      this.failing?.abort(error);
    }
  }

  private takePending(to: number, settle: boolean): Batch {
    const { upcasters } = this.options;
    const events: ProjectedEvent[] = [];
    const undecodable: { position: number; type: string; reason: string }[] = [];
    for (const stored of this.pending) {
      const { stream, type, metadata, recordedAt_ms } = stored;
      const position = Number(stored.position);
      try {
        const { data } = decodeEvent(stored, upcasters);
        const isLifted = upcasters?.has(upcasterKey(type, stored.schemaVersion)) ?? false;
        const text = isLifted ? undefined : stored.data;
        events.push({ position, recordedAt_ms, stream, type, data, text, metadata });
      } catch (error) {
        undecodable.push({ position, type, reason: reasonOf(error) });
      }
    }
    const recordedAt_ms = this.pending.at(-1)?.recordedAt_ms ?? null;
    this.pending = [];
    this.pendingSize_chars = 0;
    this.recordedAt_ms = recordedAt_ms ?? this.recordedAt_ms;
    return { events, undecodable, to, recordedAt_ms, settle };
  }

  private report(head: number, kpiIds: readonly string[]): void {
    const { onProgress, now_ms = Date.now } = this.options;
    const { position, parked } = this.writer!;
    const caughtUp = position >= head;
    const age_ms = this.recordedAt_ms === null ? 0 : now_ms() - this.recordedAt_ms;
    onProgress?.({
      position: String(position),
      caughtUp,
      // A count where positions are dense, a measure of distance where they are not.
      lag_events: Math.max(0, head - position),
      lag_seconds: caughtUp ? 0 : Math.max(0, age_ms / 1000),
      parked,
      kpiIds,
    });
  }
}
