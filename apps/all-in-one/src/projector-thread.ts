/**
 * The main thread's end of the projector thread: what the views have reached, who waits for it, and rebuilds.
 * The thread is started again when it dies; nothing is lost, because views continue from their checkpoint.
 */
import { Worker } from 'node:worker_threads';
import type { ViewChange, ViewProgress, ViewRebuilds } from '#lib/http';
import type { Health, Logger, Metrics } from '#lib/platform';
import type { HostProgress, ProjectionLag } from '#lib/projections';
import type { LiveViews } from '#lib/read-models';
import type { FromProjector, ProjectorThreadData, ToProjector } from './projector-messages.js';

/** Pause before a projector thread that died is started again. */
const RESTART_PAUSE_ms = 1000;
/** A transaction of 100,000 observations needs some 20 MB; without bounds V8 would let the heap grow into gigabytes first. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };
/** How many callers may wait for the views; more are told at once that the views are behind. */
const WAITERS_MAX = 10_000;
/**
 * Under load the thread takes what has gathered: a message to a sleeping thread costs 0.1 ms here, and a transaction of the
 * views for every commit would take the second core from the doors. The pause grows with the work that it saves, because
 * ten single observations of a series cost the views little more than one: for each millisecond that the thread was busy it
 * is left alone for four. It is never left alone for more than a tenth of a second.
 */
const WAKE_PAUSE_MIN_ms = 10;
const WAKE_PAUSE_MAX_ms = 100;
const PAUSE_PER_WORK = 4;
/** Name of the views among the health checks. */
const HEALTH_NAME = 'views';

interface ViewsDigest {
  readonly digest: string;
  readonly position: string;
}

interface Waiter {
  readonly position: bigint;
  readonly settle: (isReached: boolean) => void;
}

export interface ProjectorThreadOptions {
  readonly data: ProjectorThreadData;
  readonly liveViews: LiveViews;
  /** Newest committed log position that is known in this thread; other processes may have committed since. */
  readonly headPosition: () => bigint;
  /** Whether the difference of two positions counts events. */
  readonly hasDensePositions: boolean;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export class ProjectorThread implements ViewProgress {
  /** Rebuilds happen in the same thread, a transaction of each generation in turn. */
  readonly rebuilds: ViewRebuilds = {
    start: async () => this.beginRebuild(),
    running: () => this.runningRebuild(),
  };
  private worker: Worker | null = null;
  private progress: HostProgress | null = null;
  private progressAt_ms = 0;
  /** Below every position until the thread has reported. */
  private reached = -1n;
  private isStopping = false;
  private isWaking = false;
  private wokenAt_ms = 0;
  private wakePause_ms = WAKE_PAUSE_MIN_ms;
  /** A wake was sent and has not been answered by a report. */
  private isWakeSent = false;
  private isReplaced = false;
  private rebuildWanted = false;
  private readonly waiters = new Set<Waiter>();
  private readonly listeners = new Set<(change: ViewChange) => void>();
  private readonly digests = new Map<
    number,
    { resolve: (answer: ViewsDigest) => void; reject: (error: Error) => void }
  >();
  private digestId = 0;
  private settleEnded: () => void = () => undefined;

  constructor(private readonly options: ProjectorThreadOptions) {
    options.health.expect(HEALTH_NAME);
  }

  /** Starts the thread. It reports by itself; the views become ready with its first report. */
  start(): this {
    const worker = new Worker(new URL('./projector.worker.js', import.meta.url), {
      workerData: this.options.data,
      resourceLimits: HEAP_LIMITS,
    });
    worker.on('message', (message: FromProjector) => this.hear(message));
    worker.on('error', (error) => this.options.logger.error({ err: error }, 'the projector thread failed'));
    worker.once('exit', (code) => this.exited(code));
    this.worker = worker;
    return this;
  }

  /** True when the thread has reported for the first time: then the views can answer. False after `timeout_ms`. */
  firstReport(timeout_ms: number): Promise<boolean> {
    return this.waitFor(0n, timeout_ms);
  }

  /**
   * Something was committed: look at the log now rather than at the next poll. One message is enough until the thread has
   * reported: a message for each of thousands of commits a second was a sixth of what a single observation costs.
   */
  wake(): void {
    if (this.isWaking) return;
    this.isWaking = true;
    const pause_ms = this.wokenAt_ms + this.wakePause_ms - performance.now();
    if (pause_ms <= 0) this.wakeNow();
    else setTimeout(() => this.wakeNow(), pause_ms).unref();
  }

  private wakeNow(): void {
    this.wokenAt_ms = performance.now();
    this.isWakeSent = true;
    this.send({ kind: 'wake' });
  }

  /** Reports that come by themselves say nothing of how long the work that was asked for takes, and end no pause. */
  private wakeAnswered(): void {
    this.isWakeSent = false;
    this.isWaking = false;
    this.wakePause_ms = pauseAfter(this.progressAt_ms - this.wokenAt_ms);
  }

  waitFor(position: bigint, timeout_ms: number): Promise<boolean> {
    if (this.reached >= position) return Promise.resolve(true);
    if (this.isStopping || this.waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        settle: (isReached) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve(isReached);
        },
      };
      const timer = setTimeout(() => waiter.settle(false), timeout_ms);
      this.waiters.add(waiter);
    });
  }

  lag(): ProjectionLag {
    const { progress } = this;
    const reached = this.reached < 0n ? 0n : this.reached;
    const behind = Number(this.options.headPosition() - reached);
    // Where positions count bytes (EventStoreDB), all that can be said without reading is whether something is missing.
    const lag_events = this.options.hasDensePositions ? behind : Math.min(behind, 1);
    const sinceReport_seconds = (performance.now() - this.progressAt_ms) / 1000;
    return {
      lag_events: Math.max(0, lag_events),
      // A report that has grown old under waiting events means that the projector stands still: that counts, too.
      lag_seconds: lag_events > 0 ? (progress?.lag_seconds ?? 0) + sinceReport_seconds : 0,
      position: String(reached),
      parked: progress?.parked ?? 0,
    };
  }

  onChange(listener: (change: ViewChange) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private beginRebuild(): { readonly generation: number } {
    this.rebuildWanted = true;
    this.send({ kind: 'rebuild' });
    return { generation: (this.progress?.generation ?? 0) + 1 };
  }

  private runningRebuild(): { readonly generation: number; readonly position: string } | null {
    if (!this.rebuildWanted && (this.progress?.rebuildPosition ?? null) === null) return null;
    return { generation: (this.progress?.generation ?? 0) + 1, position: this.progress?.rebuildPosition ?? '0' };
  }

  /**
   * The order-free digest of the live views, taken in the projector thread.
   * @throws Error when the thread ends before it has answered
   */
  digest(): Promise<ViewsDigest> {
    if (this.worker === null) return Promise.reject(new Error('the projector thread is not running'));
    const id = ++this.digestId;
    return new Promise((resolve, reject) => {
      this.digests.set(id, { resolve, reject });
      this.send({ kind: 'digest', id });
    });
  }

  /** Lets the transaction at hand finish and ends the thread. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const waiter of [...this.waiters]) waiter.settle(false);
    if (this.worker === null) return;
    const ended = new Promise<void>((resolve) => (this.settleEnded = resolve));
    this.send({ kind: 'stop' });
    await ended;
  }

  private send(message: ToProjector): void {
    this.worker?.postMessage(message);
  }

  private hear(message: FromProjector): void {
    switch (message.kind) {
      case 'progress':
        return this.advance(message.progress);
      case 'swapped':
        if (this.progress !== null)
          this.progress = { ...this.progress, generation: message.generation, rebuildPosition: null };
        return this.options.liveViews.refresh();
      case 'rebuild-ended':
        this.rebuildWanted = false;
        if (message.error !== null)
          this.options.logger.error({ reason: message.error }, 'the rebuild of the views failed');
        return;
      case 'digest':
        this.digests.get(message.id)?.resolve({ digest: message.digest, position: message.position });
        return void this.digests.delete(message.id);
      case 'trouble':
        return this.options.logger.error({ reason: message.message }, 'the projector met trouble and tries again');
      case 'settling-trouble': {
        const { projection, kpiId, reason } = message;
        this.options.metrics.countUncomputedFigure();
        return this.options.logger.error({ projection, kpiId, reason }, "a KPI's figures cannot be computed");
      }
      case 'ended':
        this.isReplaced = message.end === 'ownership-lost';
    }
  }

  private advance(progress: HostProgress): void {
    this.progress = progress;
    this.progressAt_ms = performance.now();
    if (this.isWakeSent) this.wakeAnswered();
    const position = BigInt(progress.position);
    const hasMoved = position !== this.reached;
    this.reached = position;
    if (this.options.headPosition() > position) this.wake();
    this.options.health.up(HEALTH_NAME);
    for (const waiter of [...this.waiters]) if (waiter.position <= position) waiter.settle(true);
    if (!hasMoved && progress.kpiIds.length === 0) return;
    for (const listener of this.listeners) listener({ position: progress.position, kpiIds: progress.kpiIds });
  }

  private exited(code: number): void {
    this.worker = null;
    this.isWaking = false;
    this.isWakeSent = false;
    for (const { reject } of this.digests.values()) reject(new Error('the projector thread ended'));
    this.digests.clear();
    this.settleEnded();
    this.rebuildWanted = false;
    if (this.isStopping) return;
    // Started again, it would take the views back from whoever took them over, and so on for ever.
    if (this.isReplaced) return this.options.health.fail(HEALTH_NAME, 'another process has taken them over');
    this.options.health.down(HEALTH_NAME, `their thread ended with code ${code} and is started again`);
    this.options.logger.error({ code }, 'the projector thread ended and is started again');
    setTimeout(() => {
      if (!this.isStopping) this.start();
    }, RESTART_PAUSE_ms).unref();
  }
}

const pauseAfter = (work_ms: number): number =>
  Math.min(WAKE_PAUSE_MAX_ms, Math.max(WAKE_PAUSE_MIN_ms, work_ms * PAUSE_PER_WORK));
