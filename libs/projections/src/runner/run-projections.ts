import { setTimeout } from 'node:timers/promises';
import { type EventStore, type Upcasters } from '#lib/event-store';
import { Checkpoint, FolderOwnership, Generations, OwnershipLost, type ViewDatabase } from '#lib/read-models';
import { ALL_PROJECTIONS, signatureOf } from '../all-projections.js';
import { type SettlingTrouble } from '../batch-changes.js';
import { type Projection } from '../projection.js';
import { deferred } from './deferred.js';
import { type ProjectionProgress, ProjectionRunner, type RunnerEnd } from './projection-runner.js';

/** First pause after trouble with store or file, doubled up to the second. */
const RETRY_FIRST_ms = 100;
const RETRY_LAST_ms = 5_000;

export interface HostProgress extends ProjectionProgress {
  /** The generation that answers queries. */
  readonly generation: number;
  /** Log position of a generation that is being built beside it; null when none is. */
  readonly rebuildPosition: string | null;
}

export interface ProjectionsOptions {
  readonly store: EventStore;
  readonly viewsFolder: string;
  /** Default: ALL_PROJECTIONS. */
  readonly projections?: readonly Projection[];
  readonly upcasters?: Upcasters;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HostProgress) => void;
  /** A generation was swapped in: readers should look at the pointer again. */
  readonly onSwap?: (generation: number) => void;
  /** Store or file failed; it is tried again after a pause. */
  readonly onTrouble?: (error: unknown) => void;
  /** A figure could not be computed: it stays stale, and who asks for it is told why. Told once for each reason. */
  readonly onSettlingTrouble?: (trouble: SettlingTrouble) => void;
  readonly now_ms?: () => number;
}

/** A generation that is being written. */
interface Job {
  readonly generation: number;
  readonly database: ViewDatabase;
  readonly runner: ProjectionRunner;
  readonly stop: AbortController;
  end: Promise<RunnerEnd>;
}

/** Starts writing the views and resolves when the first generation is open. */
export async function runProjections(options: ProjectionsOptions): Promise<ProjectionHost> {
  const host = new ProjectionHost(options);
  await host.start();
  return host;
}

/**
 * Keeps the views of one folder up to date, and builds new generations beside the live one. Meant to live in a worker
 * thread: between two awaits it works up to one transaction long.
 */
export class ProjectionHost {
  private readonly generations: Generations;
  private readonly projections: readonly Projection[];
  private live: Job | undefined;
  private rebuilding: { readonly job: Job; readonly swapped: Promise<number> } | undefined;
  private last: HostProgress | undefined;
  private ownership: FolderOwnership | undefined;
  private stopping = false;
  private readonly ended = deferred<RunnerEnd>();

  constructor(private readonly options: ProjectionsOptions) {
    this.generations = new Generations(options.viewsFolder);
    this.projections = options.projections ?? ALL_PROJECTIONS;
    options.signal?.addEventListener('abort', () => void this.stop(), { once: true });
  }

  /** Resolves when nothing is written any more: stopped, or another process has taken the views over. */
  get done(): Promise<RunnerEnd> {
    return this.ended.promise;
  }

  /** The last report; undefined before the first. */
  get progress(): HostProgress | undefined {
    return this.last;
  }

  /**
   * Takes the folder over and opens the live generation, or starts one. One of another program version is replaced when its
   * successor is ready.
   */
  async start(): Promise<void> {
    try {
      this.openViews();
    } catch (error) {
      if (!(error instanceof OwnershipLost)) throw error;
      await this.lose();
    }
  }

  private openViews(): void {
    // Before anything is looked at: from here on no earlier owner can move the pointer.
    this.ownership = FolderOwnership.take(this.options.viewsFolder);
    const live = this.generations.live();
    const kind = live === null ? 'none' : this.kindOf(live);
    this.ownership.whileOwned(() => this.generations.removeOthers());
    if (kind === 'ours') this.live = this.begin(live!, this.generations.open(live!));
    else if (kind === 'foreign') void this.beginRebuild();
    else {
      const job = this.beginNew();
      // Nobody could be served better by waiting: the views show how far they are.
      this.live = job;
      this.ownership.whileOwned(() => {
        this.generations.swap(job.generation);
        this.generations.removeOthers();
      });
      this.options.onSwap?.(job.generation);
    }
  }

  /**
   * Builds a new generation from the whole log while the live one goes on; resolves with its number when it has been
   * swapped in. A second call while one is being built waits for that one.
   */
  rebuild(): Promise<number> {
    if (this.stopping) return Promise.reject(new Error('the projections are being stopped'));
    if (this.rebuilding !== undefined) return this.rebuilding.swapped;
    try {
      return this.beginRebuild();
    } catch (error) {
      if (error instanceof OwnershipLost) void this.lose();
      return Promise.reject(error);
    }
  }

  /** Finishes the transaction at hand, closes the files. An unfinished rebuild is dropped. */
  async stop(): Promise<void> {
    if (!this.stopping) {
      this.stopping = true;
      await this.end('stopped');
    }
    await this.ended.promise;
  }

  private async end(end: RunnerEnd): Promise<void> {
    const jobs = [this.live, this.rebuilding?.job].filter((job) => job !== undefined);
    for (const job of jobs) job.stop.abort();
    await Promise.allSettled(jobs.map((job) => job.end));
    for (const job of jobs) job.database.close();
    this.ownership?.close();
    this.ended.resolve(end);
  }

  /** Another process owns the views: nothing of this one may be seen any more. */
  private async lose(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await this.end('ownership-lost');
  }

  private kindOf(generation: number): 'ours' | 'foreign' | 'broken' {
    try {
      const database = this.generations.open(generation);
      try {
        return new Checkpoint(database).signature() === signatureOf(this.projections) ? 'ours' : 'foreign';
      } finally {
        database.close();
      }
    } catch (error) {
      // Views are disposable: a file that cannot be read is built again.
      this.options.onTrouble?.(error);
      return 'broken';
    }
  }

  private beginRebuild(): Promise<number> {
    const { promise, resolve, reject } = deferred<number>();
    let old: Job | undefined;
    const job: Job = this.beginNew((progress) => {
      if (this.rebuilding?.job !== job || !progress.caughtUp) return;
      // The live generation stands still from here on, or the new one might run after it for ever under load.
      old ??= this.live;
      old?.stop.abort();
      if (job.runner.position >= (old?.runner.position ?? 0)) this.swapIn(job, old).then(resolve, reject);
    });
    this.rebuilding = { job, swapped: promise };
    job.end.then(() => reject(new Error('the rebuild was stopped before it had caught up'))).catch(reject);
    // Nobody may be waiting: a rebuild of another program version's views is begun by start().
    promise.catch(() => undefined);
    return promise;
  }

  private async swapIn(job: Job, old: Job | undefined): Promise<number> {
    try {
      // Read under the fence: what it names now is what this generation replaces.
      const before = this.ownership!.whileOwned(() => {
        const pointed = this.generations.live();
        this.generations.swap(job.generation);
        return pointed;
      });
      this.rebuilding = undefined;
      this.live = job;
      this.options.onSwap?.(job.generation);
      await old?.end.catch(() => undefined);
      old?.database.close();
      if (before !== null) this.generations.remove(before);
      return job.generation;
    } catch (error) {
      if (error instanceof OwnershipLost) void this.lose();
      throw error;
    }
  }

  private beginNew(onProgress?: (progress: ProjectionProgress) => void): Job {
    // Under the fence, so that no two owners begin a file of the same number.
    const { generation, database } = this.ownership!.whileOwned(() => {
      const created = this.generations.create(signatureOf(this.projections));
      created.database.transaction(() => {
        for (const projection of this.projections) projection.createTables(created.database);
      });
      return created;
    });
    return this.begin(generation, database, onProgress);
  }

  private begin(generation: number, database: ViewDatabase, onProgress?: (progress: ProjectionProgress) => void): Job {
    const { store, upcasters, now_ms, onSettlingTrouble } = this.options;
    const report = (progress: ProjectionProgress): void => {
      this.report(generation, progress);
      onProgress?.(progress);
    };
    const runner = new ProjectionRunner({
      store,
      database,
      projections: this.projections,
      upcasters,
      now_ms,
      onProgress: report,
      onSettlingTrouble,
      whileOwned: (work) => this.ownership!.whileOwned(work),
    });
    const stop = new AbortController();
    const job: Job = { generation, database, runner, stop, end: this.keepRunning(runner, stop.signal) };
    void job.end.then((end) => this.ownerChanged(job, end));
    return job;
  }

  /** Trouble with the disk or the store is not the end: nothing half-done remains, so the same is tried again. */
  private async keepRunning(runner: ProjectionRunner, signal: AbortSignal): Promise<RunnerEnd> {
    for (let pause_ms = RETRY_FIRST_ms; ; pause_ms = Math.min(RETRY_LAST_ms, pause_ms * 2)) {
      try {
        return await runner.run(signal);
      } catch (error) {
        if (signal.aborted) return 'stopped';
        this.options.onTrouble?.(error);
        await setTimeout(pause_ms, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return 'stopped';
      }
    }
  }

  private ownerChanged(job: Job, end: RunnerEnd): void {
    const isOurs = job === this.live || job === this.rebuilding?.job;
    if (end === 'ownership-lost' && isOurs) void this.lose();
  }

  private report(generation: number, progress: ProjectionProgress): void {
    const isLive = this.live === undefined || this.live.generation === generation;
    if (!isLive && this.last === undefined) return;
    const base = isLive ? progress : this.last!;
    const rebuildPosition = this.rebuilding === undefined ? null : String(this.rebuilding.job.runner.position);
    this.last = {
      ...base,
      kpiIds: isLive ? progress.kpiIds : [],
      generation: this.live?.generation ?? generation,
      rebuildPosition,
    };
    this.options.onProgress?.(this.last);
  }
}
